import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, ok } from '../base/result.ts';
import type { Config } from './config.ts';
import { doorSettings, optionSettings, type Setting } from './config-texts.ts';
import { DOOR_KEYS, OPTION_KEYS } from './keys.ts';
import { parseConfig } from './parse-config.ts';

const FIRST_DOOR = '[a]\nSequence = 7001\n';

function parsed(text: string): Config {
  const source = {
    read: () => fail('not here'),
    list: () => ok([]),
    isSame: (a: string, b: string) => a === b,
  };
  const config = parseConfig(text, 'knockd.conf', source);
  assert.ok(config.ok, config.ok ? '' : JSON.stringify(config.error));
  return config.value;
}

function written({ options, doors }: Config): string {
  const lines = (settings: readonly Setting<string>[]) =>
    settings.map(({ key, value }) => (value === null ? key : `${key} = ${value}`)).join('\n');
  return [
    `[options]\n${lines(optionSettings(options))}`,
    ...doors.map((door) => `[${door.name}]\n${lines(doorSettings(door))}`),
  ].join('\n');
}

const TEXTS: readonly (readonly [string, string])[] = [
  ['nothing but a door', FIRST_DOOR],
  [
    'every option',
    `[options]\nUseSyslog\nLogFile = /a b.log\nPidFile = x.pid\nInterface = eth0, wg0\nReorder_Window = 0
Max_Strays = 3\nBan_Time = 90\nIgnore_Ports = 80, 443:tcp, 33434-33534:udp\nMax_Attempts = 2048\nOn_Stop = keep
Command_Timeout = 1500ms\nStateDir = /s\nFirewall = iptables\nChain = KNOCK\nControl_Socket = /run/x.sock\n${FIRST_DOOR}`,
  ],
  [
    'a mark',
    `[options]\nFirewall = nftables-mark\nMark = 0x80000001/0xf000000f\nInterface = any\n${FIRST_DOOR}`,
  ],
  [
    'a door with commands for each family',
    `[b]\nSequence = 7001,8002:udp,7001\nSeq_Timeout = 5\nTCPFlags = fin,!syn,!ack\nTarget = 2001:db8::1
Start_Command = a %IP%\nStart_Command_6 =\nCmd_Timeout = 0\nStop_Command = b\nStop_Command_6 = c\nAllow_From = 192.0.2.0/24, 2001:db8::/32\n`,
  ],
  [
    'doors with ports',
    `[b]\nSequence = 7001\nOpen = tcp/22, udp/60000-61000\nOpen_For = forever\nAlso_Prefix = /64\n[c]\nOne_Time_Sequences = /f\nClose = b\n[d]\nSequence = 1\nOpen = tcp/1\n`,
  ],
  [
    'doors that one packet opens',
    `[b]\nSpa_Key = plain:secret-key\nSpa_Hmac_Key = base64:MDEyMzQ1Njc4OWFiY2RlZg==\nSpa_Hmac_Type = sha512\nSpa_Port = 4000
Spa_User = alice, bob\nSpa_Max_Age = 60s\nSpa_Any_Source = yes\nSpa_Weak_Digests = yes\nOpen = tcp/22\nOpen_For_Max = 1h
[c]\nSpa_Key = plain:other-key\nSpa_Unauthenticated = yes\nStart_Command = a\n[d]\nSpa_Key = plain:third-key
Spa_Unauthenticated = yes\nOpen = tcp/1\nOpen_For = forever\n`,
  ],
  [
    'time-based sequences',
    '[b]\nTotp_Secret = JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\nTotp_Steps = 5\nTotp_Ports = 20000-30000\nOpen = tcp/22\n',
  ],
];

for (const [what, text] of TEXTS) {
  test(`${what}: written and read again it is the same`, () => {
    const config = parsed(text);
    const again = parsed(written(config));
    assert.deepEqual(again, config);
    // What keys hold is in no comparison.
    assert.equal(written(again), written(config));
  });
}

test('every key but Include is said in some configuration', () => {
  const configs = TEXTS.map(([, text]) => parsed(text));
  const said = configs.flatMap(({ options, doors }) => [
    ...optionSettings(options).map(({ key }) => key),
    ...doors.flatMap((door) => doorSettings(door).map(({ key }) => key)),
  ]);
  const known = [...Object.keys(OPTION_KEYS), ...Object.keys(DOOR_KEYS)].filter((key) => key !== 'Include');
  assert.deepEqual([...new Set<string>(said)].toSorted(), known.toSorted());
});

test('commands for IPv6 alone', () => {
  const config = parsed('[b]\nSequence = 1\nStart_Command_6 = a\nStop_Command_6 = b\n');
  assert.deepEqual(parsed(written(config)), config);
});
