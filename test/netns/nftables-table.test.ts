/** The backend nftables and its table: what stands in the kernel after each call, whatever others did to it. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { Host } from '../../lab/host.ts';
import { until } from '../../lab/until.ts';
import { FOREVER_MS } from '../../src/base/duration.ts';
import { unwrap } from '../../src/base/result.ts';
import type { FirewallPlan, PortGrant, Reconciled } from '../../src/firewall/firewall.ts';
import { NftablesFirewall } from '../../src/firewall/nftables.ts';
import { nftablesGeneration } from '../../src/native/nftables-socket.ts';
import { door, lasting } from './guard-scene.ts';

const lab = await enterLab();
const skip = lab ?? (existsSync('/usr/sbin/nft') ? undefined : 'nftables is not installed');

const self = new Host('self', []);

/** The backend in this process, on the lab's own empty firewall. */
class Bench {
  readonly repaired: Reconciled[] = [];
  readonly firewall: NftablesFirewall;

  constructor(t?: TestContext) {
    this.firewall = new NftablesFirewall({
      policy: { kind: 'guard' },
      repaired: (what) => this.repaired.push(what),
    });
    t?.after(() => nft('flush ruleset'));
  }

  async reconcile(plan: FirewallPlan): Promise<Reconciled> {
    return unwrap(await this.firewall.reconcile(plan, now()));
  }

  async open(grant: PortGrant): Promise<void> {
    unwrap(await this.firewall.open(grant, now()));
  }

  async check(): Promise<void> {
    unwrap(await this.firewall.check(now()));
  }

  /** `DOOR SOURCE` of each grant in the kernel. */
  async listed(): Promise<string[]> {
    return texts(unwrap(await this.firewall.list(now())));
  }

  async show(): Promise<string> {
    return unwrap(await this.firewall.show());
  }
}

function texts(grants: readonly PortGrant[]): string[] {
  return grants.map(({ door: name, source }) => `${name} ${source}`).sort();
}

function now() {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

function nft(script: string): string {
  return self.runSync('nft', ['-f', '-'], `${script}\n`);
}

function generation(): number {
  const number = nftablesGeneration();
  assert.equal(typeof number, 'number');
  return number as number;
}

/** The name of a door's set for addresses of IPv4. */
function setOf(listing: string, comment: string): string {
  const sets = [
    ...listing.matchAll(/\tset (\w+) \{\n\t\ttype ipv4_addr\n\t\tflags timeout\n\t\tcomment "(.*)"\n/g),
  ];
  return sets.find(([, , text]) => text === comment)?.[1] ?? '';
}

const DOORS = [door('ssh', 'tcp/22'), door('dns', 'udp/53')];

test('a reconciliation that finds all right changes nothing, in this process and in the next one', {
  skip,
}, async (t) => {
  const grants = [
    lasting('ssh', '192.0.2.1', 60_000),
    { door: 'dns', source: '192.0.2.2', endMs: FOREVER_MS },
  ];
  const first = new Bench(t);
  assert.deepEqual(texts((await first.reconcile({ doors: DOORS, grants })).added), [
    'dns 192.0.2.2',
    'ssh 192.0.2.1',
  ]);
  const before = generation();
  const nothing = { removed: [], added: [], warnings: [], hindrances: [] };
  assert.deepEqual(await first.reconcile({ doors: DOORS, grants }), nothing);
  assert.equal(generation(), before);
  const handles = self.runSync('nft', ['-a', 'list', 'table', 'inet', 'postern']).match(/# handle \d+/g);
  assert.deepEqual(await new Bench().reconcile({ doors: DOORS, grants }), nothing);
  const after = self.runSync('nft', ['-a', 'list', 'table', 'inet', 'postern']).match(/# handle \d+/g);
  assert.deepEqual(after, handles, 'the table was replaced');
});

test('grants that differ are put right one by one, the table stays', { skip }, async (t) => {
  const bench = new Bench(t);
  const stays = lasting('ssh', '192.0.2.1', 60_000);
  await bench.reconcile({ doors: DOORS, grants: [stays, lasting('ssh', '192.0.2.2', 60_000)] });
  nft(`add element inet postern ${setOf(await bench.show(), 'dns')} { 203.0.113.9 }`);
  const handles = self.runSync('nft', ['-a', 'list', 'table', 'inet', 'postern']).match(/# handle \d+/g);
  const longer = { ...stays, endMs: stays.endMs + 3_600_000 };
  const done = await bench.reconcile({ doors: DOORS, grants: [longer, lasting('dns', 'fd00::1', 60_000)] });
  assert.deepEqual(texts(done.removed), ['dns 203.0.113.9', 'ssh 192.0.2.2']);
  assert.deepEqual(texts(done.added), ['dns fd00::1']);
  assert.deepEqual(await bench.listed(), ['dns fd00::1', 'ssh 192.0.2.1']);
  const [renewed] = unwrap(await bench.firewall.list(now())).filter(({ source }) => source === '192.0.2.1');
  assert.ok(Math.abs((renewed?.endMs ?? 0) - longer.endMs) < 1000);
  assert.deepEqual(
    self.runSync('nft', ['-a', 'list', 'table', 'inet', 'postern']).match(/# handle \d+/g),
    handles,
  );
});

for (const [what, change] of [
  ['a flushed ruleset', () => 'flush ruleset'],
  ['flushed rules', () => 'flush table inet postern'],
  ['a rule before ours', () => 'insert rule inet postern guard accept'],
  ['a rule more', (listing) => `add rule inet postern ports_1 ip saddr @${setOf(listing, 'ssh')} accept`],
  [
    'a strange set',
    () => 'add set inet postern door_x_0123456789abcdef_4 { type ipv4_addr; elements = { 9.9.9.9 }; }',
  ],
  ['a strange chain', () => 'add chain inet postern own { type filter hook input priority 5; }'],
  ['a table of another make', () => 'delete table inet postern\ntable inet postern {\n chain guard {\n }\n}'],
  ['a deleted element', (listing) => `flush set inet postern ${setOf(listing, 'ssh')}`],
] as [string, (listing: string) => string][]) {
  test(`after ${what} a reconciliation leads back to the same table`, { skip }, async (t) => {
    const bench = new Bench(t);
    const plan = { doors: DOORS, grants: [{ door: 'ssh', source: '192.0.2.1', endMs: FOREVER_MS }] };
    await bench.reconcile(plan);
    const right = await bench.show();
    nft(change(right));
    assert.notEqual(await bench.show(), right);
    for (const next of [bench, new Bench()]) {
      await next.reconcile(plan);
      assert.equal(await bench.show(), right);
      nft(change(right));
    }
  });
}

test('what was taken away comes back by a check, what was changed on purpose stays', { skip }, async (t) => {
  const bench = new Bench(t);
  await bench.check();
  await bench.reconcile({ doors: DOORS, grants: [lasting('ssh', '192.0.2.1', 60_000)] });
  await bench.open(lasting('ssh', '192.0.2.2', 60_000));
  await bench.open(lasting('ssh', '192.0.2.3', 1));
  unwrap(await bench.firewall.close({ door: 'ssh', source: '192.0.2.1' }));
  for (const script of ['flush ruleset', 'delete table inet postern', 'flush table inet postern']) {
    nft(script);
    bench.repaired.length = 0;
    await bench.check();
    assert.equal(bench.repaired.length, 1, script);
    assert.deepEqual(await bench.listed(), ['ssh 192.0.2.2']);
    assert.match(await bench.show(), /goto ports_1/);
  }
  const other = new Bench();
  await other.reconcile({ doors: [door('other', 'tcp/99')], grants: [] });
  await bench.check();
  assert.match(await bench.show(), /99 : goto/);
  unwrap(await bench.firewall.remove());
  await bench.check();
  assert.equal(await bench.show(), '');
});

test('a check changes nothing while others change only their own', { skip }, async (t) => {
  const bench = new Bench(t);
  await bench.reconcile({ doors: DOORS, grants: [] });
  for (let i = 0; i < 3; i++) {
    nft(`add table inet other${i}`);
    const before = generation();
    await bench.check();
    await bench.check();
    assert.equal(generation(), before);
  }
  assert.deepEqual(bench.repaired, []);
});

test('a trial that runs goes on through reconciliations, and a fallen guard stays down until it is wanted anew', {
  skip,
}, async (t) => {
  const bench = new Bench(t);
  const guard = bench.firewall.trial!;
  const plan = { doors: DOORS, grants: [lasting('ssh', '192.0.2.1', 60_000)] };
  assert.deepEqual(unwrap(await guard.state()), { kind: 'none' });
  unwrap(await guard.start(plan, now(), 3000));
  const isOnTrial = async () => unwrap(await guard.state()).kind;
  const other = new Bench();
  assert.match((await other.reconcile(plan)).warnings[0] ?? '', /^the guard is on trial for [123] s more/);
  assert.equal(await isOnTrial(), 'on trial');
  await other.reconcile({ doors: [...DOORS, door('more', 'tcp/99')], grants: [] });
  assert.equal(await isOnTrial(), 'on trial');
  await until(async () => (await isOnTrial()) === 'fallen');
  await other.reconcile({ doors: [...DOORS, door('more', 'tcp/99')], grants: [] });
  await other.check();
  assert.equal(await isOnTrial(), 'fallen');
  assert.deepEqual(unwrap(await guard.confirm()), { kind: 'fallen' });
  unwrap(await guard.start(plan, now(), 60_000));
  assert.equal(unwrap(await guard.confirm()).kind, 'on trial');
  assert.deepEqual(unwrap(await guard.state()), { kind: 'stands' });
  unwrap(await guard.start(plan, now(), 60_000));
  assert.deepEqual(unwrap(await guard.state()), { kind: 'stands' }, 'it stood as planned');
});

test('the end of a trial brings back what stood before, prefixes too, and nothing that is over', {
  skip,
}, async (t) => {
  const bench = new Bench(t);
  const doors = [door('ssh', 'tcp/22', 56)];
  const grants = [lasting('ssh', 'fd00:0:0:100::/56', 60_000), lasting('ssh', '192.0.2.1', 700)];
  await bench.reconcile({ doors, grants: [...grants, lasting('ssh', '198.51.100.0/24', 60_000)] });
  const right = (await bench.show()).replace(/\t*elements = .*\n/g, '');
  const trial = bench.firewall.trial!;
  unwrap(await trial.start({ doors: DOORS, grants: [] }, now(), 60_000));
  assert.match(await bench.show(), /udp dport/);
  await until(() => Date.now() > grants[1]!.endMs);
  assert.equal(unwrap(await trial.end(now())), 'restored');
  await until(async () => (await bench.listed()).length === 2);
  assert.deepEqual(await bench.listed(), ['ssh 198.51.100.0/24', 'ssh fd00:0:0:100::/56']);
  assert.equal((await bench.show()).replace(/\t*elements = .*\n/g, ''), right);
  assert.equal(unwrap(await trial.state()).kind, 'stands');
});

test('a firewall of others that would drop what the guard lets in is warned of', { skip }, async (t) => {
  const bench = new Bench(t);
  nft(
    'table inet theirs {\n chain in {\n type filter hook input priority 0; policy drop;\n tcp dport 53 accept\n }\n}',
  );
  const { warnings } = await bench.reconcile({ doors: DOORS, grants: [] });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^chain 'in' of table 'inet theirs' drops by default.* tcp\/22 of door 'ssh'/);
  nft('add rule inet theirs in tcp dport 22 accept');
  assert.deepEqual((await bench.reconcile({ doors: DOORS, grants: [] })).warnings, []);
});

test('doors with any names have sets of their own and are listed by their names', { skip }, async (t) => {
  const names = [
    'a"b',
    'a_b',
    'a b',
    'ä€😀',
    '\\',
    '%22',
    '"'.repeat(128),
    'a'.repeat(128),
    '};{',
    '$(id)',
    '#',
    '* /',
  ];
  const bench = new Bench(t);
  const grants = names.map((name, i) => lasting(name, `192.0.2.${i + 1}`, 60_000));
  await bench.reconcile({ doors: names.map((name) => door(name, 'tcp/22')), grants: grants.slice(1) });
  await bench.open(grants[0]!);
  assert.deepEqual(await bench.listed(), texts(grants));
  const byOther = await new Bench().listed();
  assert.deepEqual(
    byOther.filter((text) => !texts(grants).includes(text)).length,
    1,
    'the one with 128 quotation marks',
  );
  for (const { door: name, source } of grants) unwrap(await bench.firewall.close({ door: name, source }));
  assert.deepEqual(await bench.listed(), []);
});

test('errors are values and change nothing', { skip }, async (t) => {
  const bench = new Bench(t);
  const grant = lasting('ssh', '192.0.2.1', 60_000);
  const errors = async (wrong: PortGrant) => {
    const done = await bench.firewall.open(wrong, now());
    return done.ok ? undefined : done.error.message;
  };
  assert.match((await errors(grant)) ?? '', /'ssh': the firewall does not know it/);
  await bench.reconcile({ doors: DOORS, grants: [] });
  assert.match((await errors({ ...grant, door: 'web' })) ?? '', /'web': the firewall does not know it/);
  assert.match(
    (await errors({ ...grant, source: '192.0.2.1; flush ruleset' })) ?? '',
    /is no address or prefix/,
  );
  assert.equal(unwrap(await bench.firewall.close({ door: 'nowhere', source: '192.0.2.1' })), undefined);
  assert.equal(await errors({ ...grant, endMs: Date.now() - 1 }), undefined);
  await until(async () => (await bench.listed()).length === 0);
});

test('1,000 doors: up, kept, changed', { skip }, async (t) => {
  const doors = Array.from({ length: 1000 }, (_, i) =>
    door(`door ${i}`, `tcp/${1000 + i * 3}-${1001 + i * 3},tcp/22`),
  );
  const bench = new Bench(t);
  const grants = doors.map(({ name }, i) => lasting(name, `192.0.${i >> 8}.${i & 255}`, 600_000));
  const took = await timed(() => bench.reconcile({ doors, grants }));
  assert.equal((await bench.listed()).length, 1000);
  nft('add table inet other');
  const kept = await timed(async () =>
    assert.deepEqual((await bench.reconcile({ doors, grants })).added, []),
  );
  const opened: number[] = [];
  for (const { name } of doors.slice(0, 200)) {
    opened.push(await timed(() => bench.open(lasting(name, '198.51.100.1', 600_000))));
  }
  assert.equal((await bench.listed()).length, 1200);
  t.diagnostic(
    `1,000 doors: put up in ${ms(took)}, looked at in ${ms(kept)}, an opening ${ms(median(opened))}`,
  );
});

test('an opening costs the same with 50,000 grants as with one', { skip }, async (t) => {
  const figures: number[] = [];
  for (const count of [1, 1000, 50_000]) {
    const bench = new Bench(t);
    const grants = Array.from({ length: count }, (_, i) => lasting('ssh', address(i), 3_600_000));
    const up = await timed(() => bench.reconcile({ doors: DOORS, grants }));
    const opened: number[] = [];
    for (let i = 0; i < 500; i++) {
      const grant = lasting('ssh', address(100_000 + i), 3_600_000);
      opened.push(await timed(() => bench.open(grant)));
    }
    figures.push(median(opened));
    assert.equal((await bench.listed()).length, count + 500);
    t.diagnostic(`${count} grants: put up in ${ms(up)}, an opening ${ms(median(opened))} at the median`);
    unwrap(await bench.firewall.remove());
  }
  // Loose: what is read for each grant would cost a hundred times more.
  assert.ok(figures[2]! < figures[0]! * 5, `${figures}`);
});

function address(i: number): string {
  return `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function ms(value: number): string {
  return `${value.toPrecision(3)} ms`;
}
