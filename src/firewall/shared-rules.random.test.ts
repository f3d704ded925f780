/**
 * The backends whose rules several doors may share, `firewalld` and `ufw`, against firewalls in memory: while others
 * take rules away and programs fail, the firewall has what was last asked for, and every foreign rule.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryFirewalld } from '../../test/support/memory-firewalld.ts';
import { exited } from '../../test/support/memory-iptables.ts';
import { MemoryUfw } from '../../test/support/memory-ufw.ts';
import { type SeededRandom, seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { FOREVER_MS } from '../base/duration.ts';
import type { OpError } from '../base/op-error.ts';
import type { Result } from '../base/result.ts';
import type { PortRange } from '../net/port-range.ts';
import type { Firewall, FirewallPlan, GuardedDoor, PortGrant } from './firewall.ts';
import { Firewalld } from './firewalld.ts';
import { grantKey } from './grant-key.ts';
import type { ProgramEnd } from './run-program.ts';
import { Ufw } from './ufw.ts';

const seed = seedFromEnvironment();
console.log(`POSTERN_SEED=${seed}`);

const tcp = (first: number, last = first): PortRange => ({ protocol: 'tcp', first, last });

const DOORS: readonly GuardedDoor[] = [
  { name: 'a', ports: [tcp(22)], ipv6PrefixLength: 128 },
  { name: 'same "as" a', ports: [tcp(22)], ipv6PrefixLength: 128 },
  { name: 'c', ports: [tcp(22), tcp(80, 90), { ...tcp(53), protocol: 'udp' }], ipv6PrefixLength: 64 },
];
const SOURCES = ['192.0.2.1', '192.0.2.0/24', '2001:db8::1', '2001:db8::/64'];

/** A firewall in memory and what a test does to it. */
interface Subject {
  nowMs: number;
  readonly create: () => Firewall;
  /** `SOURCE PROTOCOL/PORT[-PORT]` of every rule of Postern's, sorted. */
  readonly open: () => readonly string[];
  readonly foreign: () => unknown;
  /** Takes all rules of Postern's away. */
  readonly takeAway: () => void;
  fault: () => ProgramEnd | undefined;
}

test('firewalld has what was last asked for', async () => {
  for (let round = 0; round < 60; round++) await playRound(seededRandom(seed + round), firewalldSubject());
});

test('ufw has what was last asked for', async () => {
  for (let round = 0; round < 60; round++) await playRound(seededRandom(seed + round), ufwSubject());
});

async function playRound(random: SeededRandom, subject: Subject): Promise<void> {
  const model = new Map<string, PortGrant>();
  const foreign = subject.foreign();
  let firewall = subject.create();
  let isCertain = true;
  must(await firewall.reconcile(planOf(model), moment(subject)));
  for (let step = 0; step < 25; step++) {
    const isFaulty = random.oneIn(6);
    if (random.oneIn(3)) subject.nowMs += random.below(4) * 1000;
    subject.fault = () => (isFaulty && random.oneIn(3) ? exited(1, '', 'ERROR: no') : undefined);
    if (random.oneIn(9)) {
      subject.takeAway();
      isCertain = false;
    }
    if (random.oneIn(8)) {
      subject.fault = () => undefined;
      if (random.oneIn(2)) firewall = subject.create(); // the daemon was killed
      must(await firewall.reconcile(planOf(model), moment(subject)));
      isCertain = true;
    } else {
      const haveSucceeded = await changeSome(random, firewall, subject, model);
      assert.ok(haveSucceeded || isFaulty, `without faults every change succeeds, seed ${random.seed}`);
      isCertain &&= haveSucceeded;
    }
    subject.fault = () => undefined;
    await closeOverdue(firewall, subject, model);
    assert.deepEqual(subject.foreign(), foreign);
    if (isCertain)
      check(subject, must(await firewall.list(moment(subject))), model, `seed ${random.seed}, step ${step}`);
  }
  must(await firewall.remove());
  assert.deepEqual(subject.open(), []);
  assert.deepEqual(subject.foreign(), foreign);
}

/** Whether all of them succeeded. */
async function changeSome(
  random: SeededRandom,
  firewall: Firewall,
  subject: Subject,
  model: Map<string, PortGrant>,
): Promise<boolean> {
  const changes = Array.from({ length: 1 + random.below(4) }, () => {
    const endMs = random.oneIn(4) ? FOREVER_MS : subject.nowMs + random.below(6) * 1000;
    return {
      isOpen: !random.oneIn(3),
      grant: { door: random.pick(DOORS).name, source: random.pick(SOURCES), endMs },
    };
  });
  const results = await Promise.all(
    changes.map(({ isOpen, grant }) =>
      isOpen ? firewall.open(grant, moment(subject)) : firewall.close(grant),
    ),
  );
  for (const { isOpen, grant } of changes) {
    if (isOpen && grant.endMs > subject.nowMs) model.set(grantKey(grant), grant);
    else model.delete(grantKey(grant));
  }
  return results.every((result) => result.ok);
}

/** As the daemon does. */
async function closeOverdue(
  firewall: Firewall,
  { nowMs }: Subject,
  model: Map<string, PortGrant>,
): Promise<void> {
  for (const [key, grant] of model) {
    if (grant.endMs > nowMs) continue;
    must(await firewall.close(grant));
    model.delete(key);
  }
}

function check(
  subject: Subject,
  listed: readonly PortGrant[],
  model: ReadonlyMap<string, PortGrant>,
  when: string,
): void {
  const accesses = [...model.values()].flatMap(({ door, source }) =>
    DOORS.find(({ name }) => name === door)!.ports.map(
      ({ protocol, first, last }) => `${source} ${protocol}/${first}-${last}`,
    ),
  );
  assert.deepEqual(subject.open(), [...new Set(accesses)].sort(), when);
  const sorted = (grants: Iterable<PortGrant>) => [...grants].map((grant) => JSON.stringify(grant)).sort();
  assert.deepEqual(sorted(listed), sorted(model.values()), when);
}

function firewalldSubject(): Subject {
  const memory = new MemoryFirewalld();
  memory.nowMs = 1_000_000_000;
  for (const rules of memory.zones.values())
    rules.set('rule family="ipv4" source address="192.0.2.1" drop', undefined);
  const foreign = () =>
    [...memory.zones].map(([zone]) => [zone, memory.rules(zone).filter((rule) => !isOwn(rule))]);
  const isOwn = (rule: string) => rule.includes('priority="-730');
  const openIn = (zone: string) => memory.rules(zone).filter(isOwn).map(accessOf).sort();
  return {
    get nowMs() {
      return memory.nowMs;
    },
    set nowMs(nowMs) {
      memory.nowMs = nowMs;
    },
    create: () => new Firewalld({ run: memory.run, nowMs: () => memory.nowMs }),
    open: () => {
      assert.deepEqual(openIn('drop'), []);
      assert.deepEqual(openIn('external'), openIn('public'));
      return openIn('public');
    },
    foreign,
    takeAway: () => {
      for (const rules of memory.zones.values())
        for (const rule of rules.keys()) if (isOwn(rule)) rules.delete(rule);
    },
    get fault() {
      return memory.fault;
    },
    set fault(fault) {
      memory.fault = fault;
    },
  };
}

function accessOf(rule: string): string {
  const [, source, low, high = low, protocol] =
    / source address="([^"]+)" port port="(\d+)(?:-(\d+))?" protocol="(\w+)"/.exec(rule) ?? [];
  return `${source} ${protocol}/${low}-${high}`;
}

function ufwSubject(): Subject {
  const memory = new MemoryUfw();
  memory.rules.set('allow 22/tcp', '');
  memory.rules.set('allow from 192.0.2.9 to any port 22 proto tcp', 'postern');
  const isOwn = (comment: string) => comment.startsWith('postern:');
  return {
    nowMs: 1_000_000_000,
    create: () => new Ufw({ run: memory.run }),
    open: () =>
      [...memory.rules]
        .filter(([, comment]) => isOwn(comment))
        .flatMap(([rule]) => {
          const [, source, ports = '', protocol] =
            /^allow from (\S+) to any port (\S+) proto (\w+)$/.exec(rule) ?? [];
          return ports.split(',').map((entry) => {
            const [low, high = low] = entry.split(':');
            return `${source} ${protocol}/${low}-${high}`;
          });
        })
        .filter((access, index, all) => all.indexOf(access) === index)
        .sort(),
    foreign: () => [...memory.rules].filter(([, comment]) => !isOwn(comment)),
    takeAway: () => {
      for (const [rule, comment] of memory.rules) if (isOwn(comment)) memory.rules.delete(rule);
    },
    get fault() {
      return memory.fault;
    },
    set fault(fault) {
      memory.fault = fault;
    },
  };
}

function moment({ nowMs }: Subject) {
  return { monotonicMs: 0, wallMs: nowMs };
}

function planOf(model: ReadonlyMap<string, PortGrant>): FirewallPlan {
  return { doors: DOORS, grants: [...model.values()] };
}

function must<T>(result: Result<T, OpError>): T {
  if (!result.ok) throw result.error;
  return result.value;
}
