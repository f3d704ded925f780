import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FOREVER_MS } from '../base/duration.ts';
import { parsePortRange } from '../net/port-range.ts';
import type { GuardedDoor } from './firewall.ts';
import { placeGrants, textElements } from './nftables-grants.ts';
import { commentOf, doorIdentifier, nameFromComment } from './nftables-name.ts';
import { replaceScript, timeoutOf } from './nftables-script.ts';
import { setsInListing } from './nftables-set.ts';
import { structureOf } from './nftables-structure.ts';

const NOW = 1_800_000_000_000;

function door(name: string, ports: string, ipv6PrefixLength = 128): GuardedDoor {
  return { name, ports: ports.split(',').map((text) => parsePortRange(text)!), ipv6PrefixLength };
}

const GUARD = { kind: 'guard' } as const;

test('the script for two doors that share a port', () => {
  const doors = [door('ssh', 'tcp/22', 64), door('all', 'tcp/20-30,udp/53')];
  const grants = [
    { door: 'ssh', source: 'fd00:1::/64', endMs: FOREVER_MS },
    { door: 'all', source: '192.0.2.1', endMs: NOW + 93_784_005 },
    { door: 'all', source: '192.0.2.2', endMs: NOW },
    { door: 'gone', source: '192.0.2.3', endMs: FOREVER_MS },
  ];
  const structure = structureOf(doors, grants, GUARD);
  const elements = textElements(placeGrants(grants, structure.sets, NOW).values(), NOW);
  const [ssh, all] = ['ssh', 'all'].map(doorIdentifier);
  assert.equal(
    replaceScript('postern', structure.body, elements),
    `table inet postern {
}
delete table inet postern
table inet postern {
	set armed {
		type nf_proto
		flags timeout
	}
	set living_4 {
		type ipv4_addr . inet_service . inet_service
	}
	set living_6 {
		type ipv6_addr . inet_service . inet_service
	}
	set ${ssh}_4 {
		type ipv4_addr
		flags timeout
		comment "ssh"
	}
	set ${ssh}_6_64 {
		type ipv6_addr
		flags timeout
		comment "ssh"
	}
	set ${all}_4 {
		type ipv4_addr
		flags timeout
		comment "all"
	}
	set ${all}_6 {
		type ipv6_addr
		flags timeout
		comment "all"
	}
	chain ports_1 {
		ip saddr @${all}_4 accept
		ip6 saddr @${all}_6 accept
		drop
	}
	chain ports_2 {
		ip saddr @${ssh}_4 accept
		ip6 saddr & ffff:ffff:ffff:ffff:: @${ssh}_6_64 accept
		ip saddr @${all}_4 accept
		ip6 saddr @${all}_6 accept
		drop
	}
	chain guard {
		type filter hook input priority filter - 10; policy accept;
		iifname "lo" accept
		meta nfproto != @armed accept
		ct state established,related accept
		tcp flags & (syn | ack) == ack ip saddr . tcp sport . tcp dport @living_4 accept
		tcp flags & (syn | ack) == ack ip6 saddr . tcp sport . tcp dport @living_6 accept
		tcp dport vmap { 20-21 : goto ports_1, 22 : goto ports_2, 23-30 : goto ports_1 }
		udp dport vmap { 53 : goto ports_1 }
	}
	chain published {
		type filter hook forward priority filter - 10; policy accept;
		meta nfproto != @armed accept
		ct state established,related accept
		ct status dnat meta l4proto tcp ct original proto-dst vmap { 20-21 : goto ports_1, 22 : goto ports_2, 23-30 : goto ports_1 }
		ct status dnat meta l4proto udp ct original proto-dst vmap { 53 : goto ports_1 }
	}
}
add element inet postern ${ssh}_6_64 { fd00:1:: }
add element inet postern ${all}_4 { 192.0.2.1 timeout 1d2h3m4s5ms }
`,
  );
});

test('marks change the bits of the mask and no others', () => {
  const rule = (value: number, mask: number) =>
    /meta mark set .*/.exec(
      structureOf([door('a', 'tcp/1')], [], { kind: 'mark', mark: { value, mask } }).body,
    )?.[0];
  assert.equal(rule(1, 1), 'meta mark set meta mark & 0xfffffffe | 0x00000001 accept');
  assert.equal(rule(0x80000000, 0xf0000000), 'meta mark set meta mark & 0x0fffffff | 0x80000000 accept');
  assert.equal(rule(7, 0xffffffff), 'meta mark set 0x00000007 accept');
});

test('no character of a name gets into the script but letters, digits, and printable ones inside quotation marks', () => {
  const names = [
    'a"b',
    'x; flush ruleset',
    '}{',
    'ä€😀',
    '\\',
    '%22',
    '"'.repeat(128),
    'a'.repeat(128),
    '$(id)',
    ' ',
  ];
  const { body, sets } = structureOf(
    names.map((name) => door(name, 'tcp/22')),
    [],
    GUARD,
  );
  assert.equal(sets.size, names.length * 2);
  const bare = body.replace(/comment "[^"\n]*"/g, '');
  assert.match(bare, /^[\sa-zA-Z0-9_{};:@.,&|!=()"-]*$/);
  assert.equal(bare.match(/"/g)?.length, 2, 'those around lo');
  for (const comment of body.matchAll(/comment "(.*)"$/gm)) assert.ok(Buffer.byteLength(comment[1]!) <= 128);
});

test('names come back from comments, and differ where they look alike', () => {
  for (const name of ['ssh', 'a"b%22', '100%', 'ä€😀', 'a'.repeat(128), '\\']) {
    assert.equal(nameFromComment(commentOf(name)!), name);
  }
  assert.equal(commentOf('"'.repeat(128)), undefined);
  assert.equal(nameFromComment('50 % off'), '50 % off');
  assert.equal(new Set(['a b', 'a_b', 'a-b', 'a  b', 'A_b'].map(doorIdentifier)).size, 5);
  assert.ok(`${doorIdentifier('x'.repeat(128))}_6_127`.length < 128);
});

test('a listing gives its sets back; what others added is left out', () => {
  const { body, sets } = structureOf(
    [door('a "b"', 'tcp/22', 56), door('"'.repeat(128), 'udp/5')],
    [{ door: 'a "b"', source: '10.0.0.0/8' }],
    GUARD,
  );
  const found = setsInListing(`table inet postern {\n${body}\tset other {\n\t\ttype ipv4_addr\n\t}\n}\n`);
  const long = doorIdentifier('"'.repeat(128));
  assert.deepEqual(
    found,
    [...sets.values()].map((set) => (set.door.startsWith('""') ? { ...set, door: long } : set)),
  );
  assert.deepEqual(
    found.map(({ family, prefixLength }) => `${family}/${prefixLength}`),
    ['4/32', '4/8', '6/56', '4/32', '6/128'],
  );
});

test('time-outs are what is left, at least a millisecond, and no longer than the kernel counts', () => {
  assert.equal(timeoutOf(NOW + 1500, NOW), 1500);
  assert.equal(timeoutOf(NOW + 0.25, NOW), 1);
  assert.equal(timeoutOf(NOW - 5, NOW), 1);
  assert.equal(timeoutOf(FOREVER_MS, NOW), undefined);
  assert.equal(timeoutOf(FOREVER_MS - 1, NOW), 3_153_600_000_000);
});
