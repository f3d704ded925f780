import assert from 'node:assert/strict';
import test from 'node:test';
import { doorFaults, doorOf, SEQUENCE } from '../../test/support/config-text.ts';
import { FOREVER_MS } from '../base/duration.ts';
import { formatPortRanges } from '../net/port-range.ts';
import { formatPrefix } from '../net/prefix.ts';

const OPEN = 'Open = tcp/22';

test('a door with ports opens them for half a minute, to the address alone', () => {
  const { opening, ipv4, ipv6 } = doorOf(SEQUENCE, OPEN);
  const ports = [{ protocol: 'tcp', first: 22, last: 22 }];
  assert.deepEqual(opening, { ports, forMs: 30_000, ipv6PrefixLength: 128 });
  assert.deepEqual([ipv4, ipv6], Array(2).fill({ start: undefined, stop: undefined }));
});

const PORTS: readonly (readonly [written: string, read: string])[] = [
  ['tcp/22, udp/60000-61000', 'tcp/22,udp/60000-61000'],
  ['TCP/1-65535,Udp/1', 'tcp/1-65535,udp/1'],
  ['tcp/53,udp/53', 'tcp/53,udp/53'],
  ['tcp/80-80,tcp/81-90,tcp/79', 'tcp/80,tcp/81-90,tcp/79'],
];

for (const [written, read] of PORTS) {
  test(`'Open = ${written}' is ${read}`, () => {
    assert.equal(formatPortRanges(doorOf(SEQUENCE, `Open = ${written}`).opening?.ports ?? []), read);
  });
}

const DURATIONS: readonly (readonly [written: string, ms: number])[] = [
  ['45', 45_000],
  ['10m', 600_000],
  ['1ms', 1],
  ['365d', 31_536_000_000],
  ['Forever', FOREVER_MS],
];

for (const [written, ms] of DURATIONS) {
  test(`'Open_For = ${written}' is ${ms} ms`, () => {
    assert.equal(doorOf(SEQUENCE, OPEN, `Open_For = ${written}`).opening?.forMs, ms);
  });
}

test('a prefix is written with or without its slash', () => {
  for (const [written, length] of [
    ['/64', 64],
    ['48', 48],
    ['/128', 128],
  ] as const) {
    const door = doorOf(SEQUENCE, `Also_Prefix = ${written}`, OPEN);
    assert.equal(door.opening?.ipv6PrefixLength, length);
  }
});

test('networks that may use a door are read in canonical form', () => {
  const { allowFrom } = doorOf(SEQUENCE, 'Allow_From = 192.0.2.0/24, 2001:DB8:0::/32 ,203.0.113.9, ::/0');
  assert.deepEqual(allowFrom.map(formatPrefix), ['192.0.2.0/24', '2001:db8::/32', '203.0.113.9', '::/0']);
});

const FORM = 'write tcp/PORT or udp/FIRST-LAST; ports go from 1 to 65535';
const NETWORK = 'write an IPv4 or IPv6 address, or a network such as 192.0.2.0/24; names are not looked up';
const OWN_DOOR = 'give the command a door of its own with the same sequence';
const WITHOUT_OPEN = "write 'Open = tcp/22' with the ports to open, or leave the line out";
const YEAR = "it goes from 1ms to 365d, or 'forever'";

/** Lines behind the sequence: they begin in line 3. */
const REFUSED: readonly (readonly [lines: readonly string[], ...faults: readonly string[]])[] = [
  [['Open ='], "3:7 'Open' has an empty value | write 'Open = tcp/22'"],
  [['Open = 22'], "3:8 '22' says no ports to open | write 'tcp/22'"],
  [['Open = tcp/22, 53/UDP'], "3:16 '53/UDP' says no ports to open | write 'udp/53'"],
  [['Open = 5000-5010:udp'], "3:8 '5000-5010:udp' says no ports to open | write 'udp/5000-5010'"],
  [
    ['Open = tcp/90-80'],
    "3:8 'tcp/90-80' says no ports to open | the range runs backwards: write 'tcp/80-90'",
  ],
  [['Open = tcp/22 udp/53'], "3:8 'tcp/22 udp/53' says no ports to open | separate ports with commas"],
  [['Open = tcp/ssh'], `3:8 'tcp/ssh' says no ports to open | ${FORM}`],
  [['Open = tcp/0'], `3:8 'tcp/0' says no ports to open | ${FORM}`],
  [['Open = icmp/1'], `3:8 'icmp/1' says no ports to open | ${FORM}`],
  [['Open = tcp/65536'], `3:8 'tcp/65536' says no ports to open | ${FORM}`],
  [['Open = tcp/22,'], `3:15 a port is missing | ${FORM}`],
  [['Open = "tcp/22"'], `3:8 '"tcp/22"' says no ports to open | write the value without quotes`],
  [
    ['Open = tcp/22 # ssh'],
    "3:8 'tcp/22 # ssh' says no ports to open | a comment cannot follow a value: give it a line of its own",
  ],
  [['Open = tcp/22,udp/22,tcp/22-22'], "3:22 'tcp/22-22' is named twice | name each port once"],
  [['Open = tcp/20-30,tcp/30-40'], "3:18 'tcp/30-40' overlaps 'tcp/20-30' | name each port once"],
  [
    [`Open = ${Array.from({ length: 65 }, (_, i) => `tcp/${100 + i}`).join()}`],
    '3:520 there are too many ports | there may be 64; write neighbours as a range, such as udp/60000-61000',
  ],
  [[OPEN, 'Open_For = 0'], `4:12 '0' is too short | ${YEAR}`],
  [[OPEN, 'Open_For = 366d'], `4:12 '366d' is too long | ${YEAR}`],
  [
    [OPEN, 'Open_For = ever'],
    "4:12 'ever' is no duration | write seconds as a number, or a number with ms, s, m, h or d, such as 30s, or 'forever'",
  ],
  ...['/47', '/129', '64/', '::/64'].map((written): [string[], string] => [
    [OPEN, `Also_Prefix = ${written}`],
    `4:15 '${written}' does not fit | an IPv6 prefix from /48 to /128 is expected, such as /64`,
  ]),
  [['Open_For = 30s'], `3:1 'Open_For' means nothing without 'Open' | ${WITHOUT_OPEN}`],
  [['also_prefix = 64'], `3:1 'also_prefix' means nothing without 'Open' | ${WITHOUT_OPEN}`],
  [
    ['Command = a', OPEN, 'Stop_Command =', 'Cmd_Timeout = 5', 'Stop_Command_6 = c', 'Command_6 = b'],
    `3:1 'Command' cannot stand beside 'Open' | ${OWN_DOOR}`,
    `5:1 'Stop_Command' cannot stand beside 'Open' | ${OWN_DOOR}`,
    "6:1 'Cmd_Timeout' cannot stand beside 'Open' | 'Open_For' says how long the ports stay open",
    `7:1 'Stop_Command_6' cannot stand beside 'Open' | ${OWN_DOOR}`,
    `8:1 'Command_6' cannot stand beside 'Open' | ${OWN_DOOR}`,
  ],
  [['Allow_From = 192.0.2.1/24'], "3:14 '192.0.2.1/24' is no address and no network | write '192.0.2.0/24'"],
  [
    ['Allow_From = 2001:db8::1/32'],
    "3:14 '2001:db8::1/32' is no address and no network | write '2001:db8::/32'",
  ],
  [
    ['Allow_From = 10.1.0.0/255.255.0.0'],
    "3:14 '10.1.0.0/255.255.0.0' is no address and no network | write '10.1.0.0/16'",
  ],
  [
    ['Allow_From = 10.0.0.0/255.0.255.0'],
    "3:14 '10.0.0.0/255.0.255.0' is no address and no network | the length behind the '/' goes from 0 to 32",
  ],
  [
    ['Allow_From = 10.0.0.0/33,::/129'],
    "3:14 '10.0.0.0/33' is no address and no network | the length behind the '/' goes from 0 to 32",
    "3:26 '::/129' is no address and no network | the length behind the '/' goes from 0 to 128",
  ],
  [['Allow_From = home.example'], `3:14 'home.example' is no address and no network | ${NETWORK}`],
  [
    ['Allow_From = fe80::1%eth0'],
    "3:14 'fe80::1%eth0' is no address and no network | leave out the '%' and the interface after it",
  ],
  [
    ['Allow_From = 192.0.2.1 192.0.2.2'],
    "3:14 '192.0.2.1 192.0.2.2' is no address and no network | separate networks with commas",
  ],
  [['Allow_From = ,::1'], `3:14 a network is missing | ${NETWORK}`],
  [['Allow_From = ::1,0::1/128'], "3:18 '0::1/128' is named twice | name each network once"],
  [
    [`Allow_From = ${Array.from({ length: 1025 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join()}`],
    '3:10838 there are too many networks | there may be 1024; write neighbours as one network',
  ],
];

for (const [lines, ...faults] of REFUSED) {
  test(`'${lines.join('; ').slice(0, 60)}' is an error`, () => {
    assert.deepEqual(doorFaults(SEQUENCE, ...lines), faults);
  });
}
