import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePortRange } from '../net/port-range.ts';
import { droppingChains, hindrancesByChain } from './nftables-others.ts';

const CHAINS = `table ip filter {
	chain INPUT {
		type filter hook input priority filter; policy drop;
	}
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
	}
	chain own {
	}
}
table bridge b {
	chain input {
		type filter hook input priority filter; policy drop;
	}
}
table inet postern {
	chain guard {
		type filter hook input priority filter - 10; policy accept;
	}
}
table inet theirs {
	chain in {
		type filter hook input priority filter + 10; policy drop;
	}
}
`;

function hindrances(rules: Readonly<Record<string, string>>, ...ports: readonly string[]) {
  const names = ['ssh', 'web', 'mail'];
  const doors = ports.map((port, i) => ({
    ...{ name: names[i]!, ports: [parsePortRange(port)!], ipv6PrefixLength: 128 },
  }));
  return hindrancesByChain(doors, (text) => {
    if (text === 'list chains') return { ok: true, text: CHAINS };
    const found = rules[text];
    return found === undefined ? { ok: false, text: 'Error: gone' } : { ok: true, text: found };
  });
}

function warnings(rules: Readonly<Record<string, string>>, ports: string): readonly string[] {
  return hindrances(rules, ports).map(([first]) => first!.text);
}

test('chains for packets to this host that drop by default', () => {
  assert.deepEqual(
    droppingChains(CHAINS).map(({ family, table, chain }) => `${family} ${table} ${chain}`),
    ['ip filter INPUT', 'inet theirs in'],
  );
  assert.deepEqual(droppingChains(''), []);
});

test('a chain that drops by default is warned of once, unless a rule of its table speaks of the port', () => {
  const ip = (rules: string) => ({ 'list table ip filter': rules });
  assert.deepEqual(warnings(ip('tcp dport { 80, 443 } accept'), 'tcp/22'), [
    "chain 'INPUT' of table 'ip filter' drops by default, and no rule there speaks of tcp/22 of door 'ssh': " +
      "let it accept that port, or use 'Firewall = nftables-mark'",
  ]);
  for (const rules of ['tcp dport 22 accept', 'tcp dport { 21, 22 } accept', 'tcp dport 22-30 accept']) {
    assert.deepEqual(warnings(ip(rules), 'tcp/22'), [], rules);
  }
  assert.equal(warnings(ip('tcp dport 2222 accept'), 'tcp/22').length, 1);
  assert.equal(warnings({ ...ip(''), 'list table inet theirs': '' }, 'udp/60000-61000').length, 2);
  assert.deepEqual(warnings({}, 'tcp/22'), [], 'what cannot be listed');
});

test('every door that a chain may drop is told, with the family that the chain sees', () => {
  const rules = {
    'list table ip filter': 'tcp dport 80 accept',
    'list table inet theirs': 'tcp dport 22 accept',
  };
  const found = hindrances(rules, 'tcp/22', 'tcp/80', 'tcp/25').flat();
  assert.deepEqual(
    found.map(({ door, family = 'both' }) => `${door} ${family}`),
    ['ssh ipv4', 'mail ipv4', 'web both', 'mail both'],
  );
});
