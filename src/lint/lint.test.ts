import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAIN, memorySource } from '../../test/support/config-text.ts';
import { parseConfigWithPlaces } from '../config/parse-config.ts';
import { lint, RULES } from './lint.ts';
import type { LintContext } from './rule.ts';

const NOTHING: LintContext = { isListening: () => false, modeOf: () => 0o100600 };

/** Three steps that no rule minds. */
const GOOD = 'Sequence = 7301,48122:udp,15904\nTCPFlags = syn';
const RULE = 'INPUT -s %IP% -p tcp --dport 22 -j ACCEPT';

/** `LINE:COLUMN CODE` for each warning. */
function warnings(text: string, context: Partial<LintContext> = {}): readonly string[] {
  const parsed = parseConfigWithPlaces(text, MAIN, memorySource());
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return lint({ ...parsed.value, context: { ...NOTHING, ...context } }).map(
    ({ line, column, code }) => `${line}:${column} ${code}`,
  );
}

function ofDoor(...lines: readonly string[]): readonly string[] {
  return warnings(['[door]', ...lines].join('\n'));
}

/** For each rule what triggers it, as lines of a door that is otherwise without fault, and what does not. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'well-known-sequence',
    ['Sequence = 2222:udp,3333:tcp,4444:udp\nTCPFlags = syn', 'Sequence = 7000, 8000, 9000\nTCPFlags = syn'],
    ['Sequence = 8000,7000,9000:udp\nTCPFlags = syn'],
  ],
  ['short-sequence', ['Sequence = 7301:udp', 'Sequence = 7301,15904:udp\nTCPFlags = syn'], [GOOD]],
  [
    'one-protocol',
    ['Sequence = 7301,48122,15904\nTCPFlags = syn', 'Sequence = 7301:udp,48122:udp,15904:udp'],
    [GOOD],
  ],
  [
    'ordered-ports',
    ['Sequence = 7301,15904:udp,48122\nTCPFlags = syn', 'Sequence = 48122,15904:udp,7301\nTCPFlags = syn'],
    ['Sequence = 7301,7301:udp,48122\nTCPFlags = syn', GOOD],
  ],
  [
    'close-steps',
    ['Sequence = 7301,7317,48122:udp\nTCPFlags = syn', 'Sequence = 48122:udp,7317,7301\nTCPFlags = syn'],
    ['Sequence = 7301,7318,48122:udp\nTCPFlags = syn', 'Sequence = 7301,7302:udp,48122\nTCPFlags = syn'],
  ],
  ['no-syn', ['Sequence = 7301,48122:udp,15904'], [GOOD, 'Sequence = 7301:udp,48122:udp,15904:udp']],
  [
    'append-accept',
    [
      `${GOOD}\nStart_Command = /sbin/iptables -A ${RULE}\nStop_Command = x\nStart_Command_6 =`,
      `${GOOD}\nStart_Command_6 = ip6tables --append ${RULE}\nStop_Command = x`,
    ],
    [`${GOOD}\nStart_Command = iptables -I ${RULE}\nStop_Command = x\nStart_Command_6 =`],
  ],
  [
    'start-without-stop',
    [`${GOOD}\nStart_Command = open %IP%`],
    [
      `${GOOD}\nStart_Command = open %IP%\nStop_Command = close %IP%`,
      `${GOOD}\nStart_Command = nft delete element inet f open { %IP% }`,
      `${GOOD}\nOpen = tcp/22`,
      GOOD,
    ],
  ],
  [
    'timeout-without-stop',
    [`${GOOD}\nCmd_Timeout = 20`],
    [`${GOOD}\nStart_Command = open %IP%\nStop_Command = close %IP%\nCmd_Timeout = 20`],
  ],
  [
    'no-address',
    [`${GOOD}\nStart_Command = open\nStop_Command = close`],
    [`${GOOD}\nStart_Command = open %IP%\nStop_Command = close`],
  ],
  [
    'ipv4-only-command',
    [`${GOOD}\nStart_Command = iptables -I ${RULE}\nStop_Command = iptables -D ${RULE}`],
    [
      `${GOOD}\nStart_Command = iptables -I ${RULE}\nStop_Command = x\nStart_Command_6 = ip6tables -I ${RULE}`,
      `${GOOD}\nStart_Command = iptables -I ${RULE}\nStop_Command = x\nStart_Command_6 =`,
      `${GOOD}\nTarget = 192.0.2.1\nStart_Command = iptables -I ${RULE}\nStop_Command = x`,
    ],
  ],
];

for (const [code, bad, good] of CASES) {
  test(`${code} is told where it stands, and only there`, () => {
    for (const lines of bad)
      assert.ok(
        ofDoor(lines).some((each) => each.endsWith(` ${code}`)),
        lines,
      );
    for (const lines of good)
      assert.deepEqual(
        ofDoor(lines).filter((each) => each.endsWith(` ${code}`)),
        [],
        lines,
      );
  });
}

test('a door as it should be has no warning', () => {
  assert.deepEqual(ofDoor(GOOD, 'Open = tcp/22', 'Open_For = 30s'), []);
});

test('a sequence with which another begins is told, wherever the other stands', () => {
  const door = (name: string, sequence: string) => `[${name}]\nSequence = ${sequence}\nTCPFlags = syn\n`;
  const text =
    door('long', '7301,48122:udp,15904,22222:udp') +
    door('other', '7301,48122:udp,1590') +
    door('short', '7301,48122:udp,15904') +
    door('longest', '7301,48122:udp,15904,22222:udp,9');
  assert.deepEqual(warnings(text), ['2:1 prefix-sequence', '8:1 prefix-sequence']);
  assert.deepEqual(warnings(door('a', '7301,48122:udp,15904') + door('b', '7301,48122:udp,15904')), []);
});

test('a step on a port that listens is told', () => {
  const listens = (protocol: string, port: number) => protocol === 'udp' && port === 48122;
  assert.deepEqual(warnings(`[door]\n${GOOD}\n`, { isListening: listens }), ['2:1 listening-step']);
  assert.deepEqual(warnings(`[door]\n${GOOD}\n`, { isListening: (_, port) => port === 22 }), []);
});

test('a file that everyone can read is told, as a whole', () => {
  assert.deepEqual(warnings(`[door]\n${GOOD}\n`, { modeOf: () => 0o100644 }), ['0:0 readable-by-everyone']);
  assert.deepEqual(warnings(`[door]\n${GOOD}\n`, { modeOf: () => 0o100640 }), []);
  assert.deepEqual(warnings(`[door]\n${GOOD}\n`, { modeOf: () => undefined }), []);
});

test('Max_Strays says which steps are close', () => {
  const text = '[options]\nMax_Strays = 100\n[door]\nSequence = 7401,7301,48122:udp\nTCPFlags = syn\n';
  assert.deepEqual(warnings(text), ['4:1 close-steps']);
});

test('the example of the manual page of knockd gives the warnings that an expert would', () => {
  const text = `[options]
	logfile = /var/log/knockd.log
[openSSH]
	sequence    = 7000,8000,9000
	seq_timeout = 10
	tcpflags    = syn
	command     = /usr/sbin/iptables -A INPUT -s %IP% -j ACCEPT
[closeSSH]
	sequence    = 9000,8000,7000
	seq_timeout = 10
	tcpflags    = syn
	command     = /usr/sbin/iptables -D INPUT -s %IP% -j ACCEPT
`;
  assert.deepEqual(warnings(text), [
    ...['4:2 well-known-sequence', '4:2 one-protocol', '4:2 ordered-ports'],
    ...['7:2 append-accept', '7:2 start-without-stop', '7:2 ipv4-only-command'],
    ...['9:2 well-known-sequence', '9:2 one-protocol', '9:2 ordered-ports'],
    '12:2 ipv4-only-command',
  ]);
});

test('every rule has a code of its own and says why', () => {
  assert.equal(new Set(RULES.map(({ code }) => code)).size, RULES.length);
  for (const { code, why } of RULES) {
    assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)+$/);
    assert.match(why, /^[A-Z].{40,}\.$/);
  }
});

test('thousands of doors are looked at in good time', () => {
  const port = (index: number) => 1 + ((index * 7919) % 65_535);
  const doors = Array.from(
    { length: 10_000 },
    (_, i) =>
      `[door${i}]\nSequence = ${port(i)},${port(i + 20_000)}:udp,${port(i + 40_000)}\nTCPFlags = syn\n`,
  );
  assert.ok(warnings(doors.join('')).length < 10_000);
});
