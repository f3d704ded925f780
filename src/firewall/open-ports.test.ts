import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePortRange } from '../net/port-range.ts';
import { parseIptablesSave } from './iptables-save.ts';
import { openPortWarnings } from './open-ports.ts';

/** @param ports of one door `d` */
function warnings(table: string, ports = 'tcp/22', chain = 'INPUT'): readonly string[] {
  const ranges = ports.split(',').map((text) => parsePortRange(text)!);
  return openPortWarnings('iptables', chain, parseIptablesSave(table), [
    { name: 'd', ports: ranges, ipv6PrefixLength: 128 },
  ]);
}

const DROP = ':INPUT DROP [0:0]\n';
const ACCEPT = ':INPUT ACCEPT [0:0]\n';
const USER = ':U - [0:0]\n';

test('a policy that drops, and a last rule that refuses, shut the door', () => {
  assert.deepEqual(warnings(DROP), []);
  assert.deepEqual(warnings(`${ACCEPT}-A INPUT -j DROP`), []);
  assert.deepEqual(warnings(`${ACCEPT}-A INPUT -p tcp -j REJECT --reject-with tcp-reset`), []);
  assert.deepEqual(
    warnings(`${ACCEPT}-A INPUT -p tcp -m multiport --dports 20:25,80 -j DROP`, 'tcp/22,tcp/80'),
    [],
  );
});

test('a policy that accepts is told with all ports', () => {
  const way = `iptables lets everybody use tcp/22 of door 'd', udp/5-9 of door 'd': the policy of chain 'INPUT' is ACCEPT`;
  assert.deepEqual(warnings(ACCEPT, 'tcp/22,udp/5-9'), [way]);
  assert.deepEqual(warnings('', 'tcp/22,udp/5-9'), [way]);
});

test('a refusal of other packets shuts nothing', () => {
  for (const rule of [
    '-p udp -j DROP',
    '-p tcp -m tcp --dport 23 -j DROP',
    '-s 192.0.2.0/24 -j DROP',
    '! -s 192.0.2.0/24 -j DROP',
    '-i eth1 -j DROP',
    '-m conntrack --ctstate INVALID -j DROP',
    '-m limit --limit 1/sec -j DROP',
    '-j LOG',
  ]) {
    assert.equal(warnings(`${ACCEPT}-A INPUT ${rule}`).length, 1, rule);
  }
  assert.equal(warnings(`${ACCEPT}-A INPUT -p tcp -m tcp --dport 22 -j DROP`, 'tcp/22-23').length, 1);
});

test('a rule that accepts a port of the door from everybody is told; one for established connections is not', () => {
  const rule = '-A INPUT -p tcp -m tcp --dport 20:30 -m comment --comment "my ports" -j ACCEPT';
  assert.deepEqual(warnings(DROP + rule), [
    `iptables lets everybody use tcp/22 of door 'd': the rule '${rule}'`,
  ]);
  assert.equal(warnings(`${DROP}-A INPUT -p tcp -m state --state NEW -j ACCEPT`).length, 1);
  for (const other of [
    '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-s 192.0.2.1/32 -p tcp -m tcp --dport 22 -j ACCEPT',
    '-i lo -j ACCEPT',
    '-p udp -m udp --dport 22 -j ACCEPT',
    '-p icmp -j ACCEPT',
  ]) {
    assert.deepEqual(warnings(`${DROP}-A INPUT ${other}`), [], other);
  }
  assert.deepEqual(warnings(`${DROP}-A INPUT -j DROP\n${rule}`), [], 'behind a refusal');
});

test('jumps are followed and returned from, rings of them too', () => {
  assert.deepEqual(warnings(`${ACCEPT}${USER}-A INPUT -j U\n-A U -j DROP`), []);
  assert.equal(warnings(`${DROP}${USER}-A INPUT -j U\n-A U -p tcp -j ACCEPT`).length, 1);
  assert.equal(warnings(`${ACCEPT}${USER}-A INPUT -j U\n-A U -p tcp -j RETURN\n-A U -j DROP`).length, 1);
  assert.equal(warnings(`${ACCEPT}${USER}-A INPUT -s 192.0.2.1/32 -j U\n-A U -j DROP`).length, 1);
  assert.equal(warnings(`${ACCEPT}${USER}:V - [0:0]\n-A INPUT -j U\n-A U -j V\n-A V -j U`).length, 1);
});

test('what a chain of the administrator leaves to its caller is not judged', () => {
  assert.deepEqual(warnings(`${ACCEPT}${USER}`, 'tcp/22', 'U'), []);
});

test('a long list of ports is counted', () => {
  const [text = ''] = warnings(ACCEPT, Array.from({ length: 9 }, (_, i) => `tcp/${i + 1}`).join(','));
  assert.match(text, /tcp\/5 of door 'd' and 4 more: /);
});
