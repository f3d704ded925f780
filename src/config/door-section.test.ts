import assert from 'node:assert/strict';
import test from 'node:test';
import { doorFaults, doorOf, parsed, SEQUENCE } from '../../test/support/config-text.ts';
import { formatIpAddress } from '../net/ip-address.ts';

test('a door with a sequence alone has the defaults of knockd, and runs nothing', () => {
  assert.deepEqual(doorOf('Sequence = 7000'), {
    name: 'door',
    sequence: { kind: 'fixed', steps: [{ port: 7000, protocol: 'tcp' }] },
    seqTimeoutMs: 25_000,
    tcpFlags: { mask: 0, value: 0 },
    target: undefined,
    ipv4: { start: undefined, stop: undefined },
    ipv6: { start: undefined, stop: undefined },
    cmdTimeoutMs: 10_000,
    opening: undefined,
    closes: [],
    allowFrom: [],
  });
});

test('a door may take its sequences from a file', () => {
  const { sequence } = parsed('[a]\nOne_Time_Sequences = /etc/knockd/a').doors[0]!;
  assert.deepEqual(sequence, { kind: 'one-time', path: '/etc/knockd/a' });
});

const ALIASES: readonly (readonly [alias: string, key: string, value: string])[] = [
  ['Timeout', 'Seq_Timeout', '7'],
  ['Command', 'Start_Command', 'open %IP%'],
  ['Command_6', 'Start_Command_6', 'open6 %IP%'],
];

for (const [alias, key, value] of ALIASES) {
  test(`${alias} is another name of ${key}`, () => {
    const door = doorOf(SEQUENCE, `${key} = ${value}`);
    assert.deepEqual(doorOf(SEQUENCE, `${alias.toUpperCase()} = ${value}`), door);
    assert.notDeepEqual(doorOf(SEQUENCE), door);
  });

  test(`${alias} and ${key} together set the same twice`, () => {
    assert.deepEqual(doorFaults(SEQUENCE, `${key} = ${value}`, `${alias} = ${value}`), [
      `4:1 '${alias}' is set twice, first in line 3 | keep one of the two`,
    ]);
  });
}

const BOTH = ['Start_Command = open', 'Stop_Command = shut'] as const;

const FALLBACKS: readonly (readonly [
  title: string,
  lines: readonly string[],
  start: string | undefined,
  stop: string | undefined,
])[] = [
  ['IPv6 runs the commands of IPv4 when it has none of its own', BOTH, 'open', 'shut'],
  ['IPv6 runs its own commands', [...BOTH, 'Start_Command_6 = o6', 'Stop_Command_6 = s6'], 'o6', 's6'],
  [
    'empty commands for IPv6 run nothing',
    [...BOTH, 'Start_Command_6 =', 'Stop_Command_6 = '],
    undefined,
    undefined,
  ],
  ['start and stop fall back apart: own start', [...BOTH, 'Command_6 = o6'], 'o6', 'shut'],
  ['start and stop fall back apart: no stop', [...BOTH, 'Stop_Command_6 ='], 'open', undefined],
  ['the commands for IPv6 may stand first', ['Command_6 =', ...BOTH], undefined, 'shut'],
  ['commands for IPv6 alone are enough', ['Command_6 = o6', 'Stop_Command_6 = s6'], 'o6', 's6'],
];

for (const [title, lines, start, stop] of FALLBACKS) {
  test(title, () => {
    const door = doorOf(SEQUENCE, ...lines);
    assert.deepEqual(door.ipv6, { start, stop });
    const isIpv4Given = lines.includes(BOTH[0]);
    assert.deepEqual(door.ipv4, {
      start: isIpv4Given ? 'open' : undefined,
      stop: isIpv4Given ? 'shut' : undefined,
    });
  });
}

test('an empty command for IPv4 runs nothing for either family', () => {
  const { ipv4, ipv6 } = doorOf(SEQUENCE, 'Start_Command =');
  assert.deepEqual([ipv4.start, ipv6.start], [undefined, undefined]);
});

const TARGETS: readonly (readonly [written: string, address: string])[] = [
  ['192.0.2.1', '192.0.2.1'],
  ['2001:DB8::0:1', '2001:db8::1'],
];

for (const [written, address] of TARGETS) {
  test(`the target ${written} is the address ${address}`, () => {
    const { target } = doorOf(SEQUENCE, `Target = ${written}`);
    assert.equal(target === undefined ? '' : formatIpAddress(target), address);
  });
}

const EXAMPLE = "write 'Sequence = 7301,48122:udp,15904'";
const NAMES = 'write an IPv4 or IPv6 address; names are not looked up';

const REFUSED: readonly (readonly [title: string, lines: readonly string[], ...faults: readonly string[]])[] =
  [
    ['no sequence', ['Command = x'], `1:2 door 'door' has no sequence | ${EXAMPLE} with ports of your own`],
    ['an empty sequence', ['Sequence ='], `2:11 'Sequence' has an empty value | ${EXAMPLE}`],
    ['a sequence without a value', ['Sequence'], `2:1 'Sequence' needs a value | ${EXAMPLE}`],
    [
      'a sequence and a one-time file',
      ['One_Time_Sequences = /a', SEQUENCE],
      "3:1 door 'door' has both a fixed sequence and one-time sequences | keep either 'Sequence' or 'One_Time_Sequences'",
    ],
    [
      'a key set twice',
      [SEQUENCE, 'sequence = 1'],
      "3:1 'sequence' is set twice, first in line 2 | keep one of the two",
    ],
    [
      'a command without a value',
      [SEQUENCE, 'Command_6'],
      "3:1 'Command_6' needs a value | write 'Start_Command_6 = /sbin/ip6tables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT'",
    ],
    ['a host name as target', [SEQUENCE, 'Target = gate'], `3:10 'gate' is no IP address | ${NAMES}`],
    [
      'a network as target',
      [SEQUENCE, 'Target = 10.0.0.0/8'],
      "3:10 '10.0.0.0/8' is no IP address | one address is expected, not a network",
    ],
    [
      'a command that no shell could be given',
      [SEQUENCE, `Command = ${'x'.repeat(65_537)}`],
      '3:11 the command is too long | put what exceeds 65536 bytes into a script',
    ],
  ];

for (const [title, lines, ...faults] of REFUSED) {
  test(`${title} is an error`, () => assert.deepEqual(doorFaults(...lines), faults));
}

test('two doors cannot use up one file of one-time sequences', () => {
  const text = '[a]\nOne_Time_Sequences = /s\n[b]\nOne_Time_Sequences = /s';
  assert.deepEqual(doorFaults(...text.split('\n')).slice(1), [
    "5:22 one-time file '/s' is there already, in line 3 | give each door a file of its own",
  ]);
});
