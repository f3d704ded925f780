import assert from 'node:assert/strict';
import test from 'node:test';
import { optionFaults, optionsOf, parsed } from '../../test/support/config-text.ts';
import type { Options } from './config.ts';

test('without options there are the defaults of knockd, and those of the documentation', () => {
  const expected: Options = {
    useSyslog: false,
    logFile: undefined,
    pidFile: '/var/run/knockd.pid',
    interfaces: { kind: 'default' },
    reorderWindowMs: 100,
    maxStrays: 16,
    banTimeMs: 0,
    ignorePorts: [],
    maxAttempts: 1_048_576,
    onStop: 'close',
    commandTimeoutMs: 30_000,
    stateDir: '/var/lib/postern',
    firewall: 'nftables',
    chain: 'INPUT',
    mark: { value: 1, mask: 1 },
    controlSocket: '/run/postern/control.sock',
  };
  assert.deepEqual(parsed('').options, expected);
  assert.deepEqual(optionsOf(), expected);
});

const SET: readonly (readonly [line: string, options: Partial<Options>])[] = [
  ['usesyslog', { useSyslog: true }],
  ['logfile = /var/log/my knockd.log', { logFile: '/var/log/my knockd.log' }],
  ['PIDFILE = /run/k.pid', { pidFile: '/run/k.pid' }],
  ['On_Stop = Keep', { onStop: 'keep' }],
  ['On_Stop = close', { onStop: 'close' }],
  ['StateDir = /srv/state', { stateDir: '/srv/state' }],
  ['Interface = eth0', { interfaces: { kind: 'named', names: ['eth0'] } }],
  ['Interface = eth0 ,wg0', { interfaces: { kind: 'named', names: ['eth0', 'wg0'] } }],
  ['Interface = ANY', { interfaces: { kind: 'any' } }],
  ['Interface = auto', { interfaces: { kind: 'auto' } }],
  ['Interface = abcdefghijklmno', { interfaces: { kind: 'named', names: ['abcdefghijklmno'] } }],
  ['Interface = br-lan.100', { interfaces: { kind: 'named', names: ['br-lan.100'] } }],
  ['Ignore_Ports = 80', { ignorePorts: [{ first: 80, last: 80, protocol: undefined }] }],
  [
    'Ignore_Ports = 443:TCP, 33434 - 33534 : udp',
    {
      ignorePorts: [
        { first: 443, last: 443, protocol: 'tcp' },
        { first: 33_434, last: 33_534, protocol: 'udp' },
      ],
    },
  ],
  ['Ignore_Ports = 1-65535', { ignorePorts: [{ first: 1, last: 65_535, protocol: undefined }] }],
  ['Firewall = UFW', { firewall: 'ufw' }],
  ['Firewall = nftables', { firewall: 'nftables' }],
  ['Firewall = firewalld', { firewall: 'firewalld' }],
  ['Firewall = iptables\nChain = knock-in', { firewall: 'iptables', chain: 'knock-in' }],
  [`Firewall = iptables\nChain = ${'c'.repeat(28)}`, { firewall: 'iptables', chain: 'c'.repeat(28) }],
  ['Firewall = nftables-mark', { firewall: 'nftables-mark' }],
  [
    'Mark = 0x10/0xF0\nFirewall = nftables-mark',
    { firewall: 'nftables-mark', mark: { value: 16, mask: 240 } },
  ],
  ['Firewall = nftables-mark\nMark = 3', { firewall: 'nftables-mark', mark: { value: 3, mask: 3 } }],
  [
    'Firewall = nftables-mark\nMark = 0x80000000 / 4294967295',
    { firewall: 'nftables-mark', mark: { value: 0x8000_0000, mask: 0xffff_ffff } },
  ],
  ['Control_Socket = /run/k.sock', { controlSocket: '/run/k.sock' }],
  [`Control_Socket = /${'s'.repeat(106)}`, { controlSocket: `/${'s'.repeat(106)}` }],
];

for (const [line, options] of SET) {
  test(`'${line}' is read`, () => assert.deepEqual(optionsOf(line), { ...parsed('').options, ...options }));
}

const INTERFACE_EXAMPLE = "write 'Interface = eth0, wg0'";
const PORTS = 'ports go from 1 to 65535';
const NUMBER = 'a number of 32 bits is expected, such as 0x1';

const REFUSED: readonly (readonly [line: string, ...faults: readonly string[]])[] = [
  ['UseSyslog = no', "2:13 'UseSyslog' takes no value | write 'UseSyslog' alone, or leave the line out"],
  ['UseSyslog =', "2:12 'UseSyslog' takes no value | write 'UseSyslog' alone, or leave the line out"],
  ['LogFile', "2:1 'LogFile' needs a value | write 'LogFile = /var/log/knockd.log'"],
  ['LogFile =', "2:10 'LogFile' has an empty value | write 'LogFile = /var/log/knockd.log'"],
  ['PidFile = "/run/a"', `2:11 '"/run/a"' has quotes | write the path without quotes`],
  [`LogFile = /${'a'.repeat(4095)}`, '2:11 the path is too long | a path has at most 4095 bytes'],
  ['StateDir = state', "2:12 'state' is not absolute | begin the path with '/'"],
  ['On_Stop = open', "2:11 'open' is not known here | 'close' or 'keep' is expected"],
  ['Interface = eth0,', `2:18 an interface is missing | ${INTERFACE_EXAMPLE}`],
  ['Interface = eth0,any', "2:18 'any' cannot stand beside others | it must be the only one"],
  ['Interface = eth0 wg0', "2:13 'eth0 wg0' is no interface name | separate interfaces with commas"],
  ['Interface = eth0,eth0', "2:18 'eth0' is named twice | name each interface once"],
  ['Interface = /dev/eth0', "2:13 '/dev/eth0' is no interface name | write the name alone, such as 'eth0'"],
  ['Interface = eth0:1', "2:13 'eth0:1' is no interface name | leave out the ':' and what follows"],
  [
    'Interface = abcdefghijklmnop',
    "2:13 'abcdefghijklmnop' is too long | interface names have at most 15 bytes",
  ],
  [
    `Interface = ${Array.from({ length: 65 }, (_, i) => `e${10 + i}`).join()}`,
    "2:269 there are more than 64 interfaces | 'any' listens on all of them",
  ],
  ['Ignore_Ports = 90-80', "2:16 '90-80' runs backwards | write '80-90'"],
  ['Ignore_Ports = 0-80', `2:16 '0' is no port | ${PORTS}`],
  ['Ignore_Ports = 80-65536', `2:19 '65536' is no port | ${PORTS}`],
  ['Ignore_Ports = 80,http', `2:19 'http' is no port | ${PORTS}`],
  [
    'Ignore_Ports = 80:icmp',
    "2:19 'icmp' is no protocol that a knock can use | tcp and udp are; without one it is tcp",
  ],
  [
    `Ignore_Ports = ${Array(1025).fill('8').join()}`,
    '2:2064 there are too many ports | there may be 1024; write neighbours as a range, such as 8000-8100',
  ],
  [
    'Firewall = pf',
    "2:12 'pf' is not known here | 'nftables', 'nftables-mark', 'iptables', 'firewalld' or 'ufw' is expected",
  ],
  [
    'Chain = INPUT',
    "2:1 'Chain' means nothing to nftables | write 'Firewall = iptables', or leave the line out",
  ],
  [
    'Mark = 1\nFirewall = ufw',
    "2:1 'Mark' means nothing to ufw | write 'Firewall = nftables-mark', or leave the line out",
  ],
  [
    'Firewall = iptables\nChain = a b',
    "3:9 'a b' is no name of a chain | one chain is expected, without spaces",
  ],
  ['Firewall = iptables\nChain = -I', "3:9 '-I' is no name of a chain | it cannot begin with '-'"],
  [
    'Firewall = iptables\nChain = DROP',
    "3:9 'DROP' is what a rule does, no chain | write 'INPUT', or a chain of yours",
  ],
  [
    `Firewall = iptables\nChain = ${'c'.repeat(29)}`,
    `3:9 '${'c'.repeat(29)}' is too long | chains have at most 28 bytes`,
  ],
  ['Firewall = nftables-mark\nMark = one', `3:8 'one' is no mark | ${NUMBER}`],
  ['Firewall = nftables-mark\nMark = 4294967296', `3:8 '4294967296' is no mark | ${NUMBER}`],
  ['Firewall = nftables-mark\nMark = 0x1/', `3:12 a number is missing | ${NUMBER}`],
  [
    'Firewall = nftables-mark\nMark = 0/1',
    "3:8 a mark of 0 is that of every other packet | write another, such as '0x1/0x1'",
  ],
  ['Firewall = nftables-mark\nMark = 0x3/0x1', "3:8 '0x3/0x1' has bits outside its mask | write '0x3/0x3'"],
  ['Firewall = nftables-mark\nMark = 1/0', "3:8 '1/0' has bits outside its mask | write '0x1/0x1'"],
  ['Control_Socket = run/k.sock', "2:18 'run/k.sock' is not absolute | begin the path with '/'"],
  [
    `Control_Socket = /${'s'.repeat(107)}`,
    `2:18 '/${'s'.repeat(59)}…' is too long | the path of a socket has at most 107 bytes`,
  ],
];

for (const [line, ...faults] of REFUSED) {
  test(`'${line.slice(0, 40)}' is an error`, () => assert.deepEqual(optionFaults(line), faults));
}

test('an option set again in a later section is an error', () => {
  assert.deepEqual(optionFaults('LogFile = /a', '[options]', 'logfile = /b'), [
    "4:1 'logfile' is set twice, first in line 2 | keep one of the two",
  ]);
});

test('a kind of firewall that is not known makes no fault of what it would need', () => {
  assert.equal(optionFaults('Firewall = pf', 'Chain = INPUT', 'Mark = 1').length, 1);
});
