import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exited } from '../../test/support/memory-iptables.ts';
import { parsePortRange } from '../net/port-range.ts';
import type { GuardedDoor } from './firewall.ts';
import { firewallCmd } from './firewalld-command.ts';
import { portsIn, portsOfService } from './firewalld-services.ts';
import { zoneWarnings } from './firewalld-warnings.ts';
import { parseZones } from './firewalld-zones.ts';
import { formatRichRule, type PortAccess, parseRichRule } from './rich-rule.ts';
import type { ProgramEnd } from './run-program.ts';

/** As firewalld 1.3.3 prints it, but for most zones. */
const ZONES = `drop
  target: DROP
  icmp-block-inversion: no
  interfaces: 
  sources: 
  services: 
  ports: 
  rich rules: 

public (active)
  target: default
  icmp-block-inversion: no
  interfaces: eth0 eth1
  sources: 
  services: dhcpv6-client ssh
  ports: 8080/tcp 60000-61000/udp
  protocols: 
  forward: yes
  rich rules: 
	rule priority="-7301" family="ipv4" source address="192.0.2.1" port port="22" protocol="tcp" accept
	rule family="ipv4" source address="192.0.2.9" drop
`;

function access(source: string, ports: string): PortAccess {
  return { source, range: parsePortRange(ports)! };
}

test('zones, interfaces, services, ports and rich rules are read', () => {
  const [drop, pub, ...more] = parseZones(ZONES);
  assert.deepEqual(more, []);
  assert.deepEqual(drop, {
    name: 'drop',
    target: 'DROP',
    interfaces: [],
    services: [],
    ports: [],
    richRules: [],
  });
  assert.deepEqual(
    [pub?.name, pub?.target, pub?.interfaces, pub?.services, pub?.ports, pub?.richRules.length],
    ['public', 'default', ['eth0', 'eth1'], ['dhcpv6-client', 'ssh'], ['8080/tcp', '60000-61000/udp'], 2],
  );
  assert.deepEqual(parseZones(''), []);
  assert.deepEqual(parseZones('\n\n'), []);
});

test('rich rules are read as they are written, in both places', () => {
  for (const each of [access('192.0.2.1', 'tcp/22'), access('2001:db8::/64', 'udp/60000-61000')]) {
    for (const slot of [0, 1] as const) {
      assert.deepEqual(parseRichRule(formatRichRule(each, slot)), { access: each, slot });
    }
  }
});

test('a rich rule that says anything else is not ours', () => {
  const own = formatRichRule(access('192.0.2.1', 'tcp/22'), 0);
  for (const [from, to] of [
    ['-7301', '-7300'],
    ['accept', 'drop'],
    ['accept', 'log accept'],
    ['ipv4', 'ipv6'],
    ['192.0.2.1', '192.0.2.300'],
    ['192.0.2.1', '192.0.2.1/32'],
    ['port="22"', 'port="0"'],
    ['"tcp"', '"sctp"'],
    ['source address', 'source NOT address'],
    ['rule ', 'rule  '],
  ] as const) {
    assert.equal(parseRichRule(own.replace(from, to)), undefined, to);
  }
});

test('what a zone lets everybody use is told with how to end that', () => {
  const [, zone] = parseZones(ZONES);
  const door = (ports: string): GuardedDoor => ({
    name: 'd',
    ports: [parsePortRange(ports)!],
    ipv6PrefixLength: 128,
  });
  const ports = (service: string) => (service === 'ssh' ? ['22/tcp'] : []);
  const warn = (range: string) => zoneWarnings(zone!, ports, [door(range)]);
  assert.deepEqual(warn('tcp/443'), []);
  assert.deepEqual(warn('udp/22'), []);
  assert.match(
    warn('tcp/20-30').join(),
    /^zone 'public' lets everybody use tcp\/20-30 of door 'd': .*--zone=public --remove-service=ssh'/,
  );
  assert.match(warn('udp/61000').join(), /--remove-port=60000-61000\/udp/);
  assert.match(
    zoneWarnings({ ...zone!, target: 'ACCEPT' }, ports, [door('tcp/443')]).join(),
    /its target is ACCEPT/,
  );
});

test('services are looked up by harmless names, and their definitions read', () => {
  assert.deepEqual(portsOfService('../../../etc/passwd'), []);
  assert.deepEqual(portsOfService('no-such-service'), []);
  const definition = `<service><short>X</short><port protocol="tcp" port="22"/>
    <port port="5000-5010" protocol="udp" /><port protocol="tcp"/><source-port port="9" protocol="tcp"/></service>`;
  assert.deepEqual(portsIn(definition), ['22/tcp', '5000-5010/udp']);
});

test('what is so already is no failure and is counted; everything else is', async () => {
  const answer = (end: ProgramEnd) => firewallCmd(async () => end, []);
  const already = exited(
    0,
    'success',
    "Warning: ALREADY_ENABLED: 'rule' already in 'public'\nWarning: NOT_ENABLED: x\n",
  );
  assert.deepEqual(await answer(already), { ok: true, value: { stdout: 'success', already: 2 } });
  for (const end of [
    exited(0, 'success', 'Warning: ALREADY_ENABLED: x\nWarning: INVALID_ADDR: 192.0.2.300\n'),
    exited(105, '', 'Error: INVALID_ADDR: 192.0.2.300'),
    exited(252, '', 'FirewallD is not running'),
    exited(14, '', 'Error: DBUS_ERROR: Failed to connect to socket'),
  ]) {
    assert.equal((await answer(end)).ok, false, JSON.stringify(end));
  }
});
