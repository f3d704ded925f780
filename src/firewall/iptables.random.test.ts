/** The backend `iptables` against tables in memory, while others change them and programs fail. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exited, MemoryIptables } from '../../test/support/memory-iptables.ts';
import { type SeededRandom, seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import type { OpError } from '../base/op-error.ts';
import type { Result } from '../base/result.ts';
import type { FirewallPlan, GuardedDoor, PortGrant } from './firewall.ts';
import { grantKey } from './grant-key.ts';
import { Iptables } from './iptables.ts';

const seed = seedFromEnvironment();
console.log(`POSTERN_SEED=${seed}`);

const NOW = { monotonicMs: 0, wallMs: 1_000_000_000 };

const DOORS: readonly GuardedDoor[] = [
  { name: 'a', ports: [{ protocol: 'tcp', first: 22, last: 22 }], ipv6PrefixLength: 128 },
  {
    name: 'b "c"',
    ports: [
      { protocol: 'tcp', first: 22, last: 22 },
      { protocol: 'tcp', first: 80, last: 90 },
      { protocol: 'udp', first: 53, last: 53 },
    ],
    ipv6PrefixLength: 64,
  },
];
const SOURCES = ['192.0.2.1', '192.0.2.0/24', '198.51.100.7', '2001:db8::1', '2001:db8::/64'];

/** Of the administrator; the last two look like Postern's. */
const FOREIGN = [
  'INPUT -i lo -j ACCEPT',
  'INPUT -p tcp -m tcp --dport 443 -j ACCEPT',
  'INPUT -s 192.0.2.1/32 -p tcp -m tcp --dport 22 -j ACCEPT',
  'INPUT -s 192.0.2.1/32 -i eth0 -p tcp -m tcp --dport 22 -m comment --comment "postern:a:forever" -j ACCEPT',
];

test('what others do and what fails, the tables have what was last asked for, and every foreign rule', async () => {
  for (let round = 0; round < 200; round++) await playRound(seededRandom(seed + round));
});

async function playRound(random: SeededRandom): Promise<void> {
  const tables = new MemoryIptables();
  tables.rules.iptables.push(...FOREIGN);
  tables.rules.ip6tables.push(FOREIGN[0]!);
  let firewall = new Iptables({ chain: 'INPUT', run: tables.run });
  /** What must be there. A grant whose change failed is not looked at until the next one. */
  const model = new Map<string, PortGrant>();
  const unknown = new Set<string>();
  must(await firewall.reconcile(planOf(model), NOW));
  for (let step = 0; step < 30; step++) {
    const faults = random.oneIn(6);
    let runs = 0;
    tables.fault = () =>
      faults && runs++ < 3 && random.oneIn(2) ? exited(4, '', 'Resource temporarily unavailable') : undefined;
    if (random.oneIn(8)) interfere(random, tables, model, unknown);
    if (random.oneIn(10)) {
      tables.fault = () => undefined;
      if (random.oneIn(2)) firewall = new Iptables({ chain: 'INPUT', run: tables.run }); // the daemon was killed
      must(await firewall.reconcile(planOf(model), NOW));
      unknown.clear();
    } else {
      const haveSucceeded = await changeSome(random, firewall, model, unknown);
      assert.ok(haveSucceeded || faults, 'without faults every change succeeds');
    }
    tables.fault = () => undefined;
    check(tables, must(await firewall.list()), model, unknown);
  }
  must(await firewall.remove());
  assert.deepEqual(tables.rules.iptables, FOREIGN, `seed ${random.seed}`);
  assert.deepEqual(tables.rules.ip6tables, [FOREIGN[0]]);
}

/** Whether all of them succeeded. */
async function changeSome(
  random: SeededRandom,
  firewall: Iptables,
  model: Map<string, PortGrant>,
  unknown: Set<string>,
): Promise<boolean> {
  const changes = Array.from({ length: 1 + random.below(6) }, () => {
    const endMs = NOW.wallMs + random.below(5) * 1000;
    return {
      isOpen: !random.oneIn(3),
      grant: { door: random.pick(DOORS).name, source: random.pick(SOURCES), endMs },
    };
  });
  const results = await Promise.all(
    changes.map(({ isOpen, grant }) => (isOpen ? firewall.open(grant, NOW) : firewall.close(grant))),
  );
  for (const [index, { isOpen, grant }] of changes.entries()) {
    const key = grantKey(grant);
    if (isOpen && grant.endMs > NOW.wallMs) model.set(key, grant);
    else model.delete(key);
    if (results[index]!.ok) unknown.delete(key);
    else unknown.add(key);
  }
  return results.every((result) => result.ok);
}

/** Rules of Postern's are lost, or doubled under the daemon's feet. */
function interfere(
  random: SeededRandom,
  tables: MemoryIptables,
  model: Map<string, PortGrant>,
  unknown: Set<string>,
): void {
  const isForeign = (rule: string) => FOREIGN.includes(rule);
  tables.rules.iptables = tables.rules.iptables.filter((rule) => isForeign(rule) || random.oneIn(2));
  for (const key of model.keys()) unknown.add(key);
}

function check(
  tables: MemoryIptables,
  listed: readonly PortGrant[],
  model: ReadonlyMap<string, PortGrant>,
  unknown: ReadonlySet<string>,
): void {
  const known = (grants: Iterable<PortGrant>) =>
    [...grants]
      .filter((grant) => !unknown.has(grantKey(grant)))
      .map((grant) => JSON.stringify(grant))
      .sort();
  assert.deepEqual(known(listed), known(model.values()));
  assert.deepEqual(
    tables.rules.iptables.filter((rule) => FOREIGN.includes(rule)),
    FOREIGN,
  );
  const own = tables.rules.iptables.filter((rule) => !FOREIGN.includes(rule));
  assert.equal(new Set(own).size, own.length, 'no rule is there twice');
}

function planOf(model: ReadonlyMap<string, PortGrant>): FirewallPlan {
  return { doors: DOORS, grants: [...model.values()] };
}

function must<T>(result: Result<T, OpError>): T {
  if (!result.ok) throw result.error;
  return result.value;
}
