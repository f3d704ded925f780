/** The backend `iptables` with real tables and real connections, for both of Debian's variants. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { FOREVER_MS } from '../../src/base/duration.ts';
import type { GuardedDoor, PortGrant } from '../../src/firewall/firewall.ts';
import { Iptables } from '../../src/firewall/iptables.ts';
import { type RunProgram, runProgram } from '../../src/firewall/run-program.ts';
import { HeldLine } from './line.ts';
import {
  CLIENT4,
  CLIENT6,
  errorOf,
  folderOfVariant,
  isOpen,
  momentNow,
  must,
  type NativeScene,
  OTHER4,
  runOn,
  SERVER4,
  SERVER6,
  SERVICE_PORT,
  setNativeScene,
} from './native-firewall-scene.ts';

const skip = await enterLab();

const SSH: GuardedDoor = {
  name: 'ssh',
  ports: [{ protocol: 'tcp', first: SERVICE_PORT, last: SERVICE_PORT }],
  ipv6PrefixLength: 128,
};

/** A name and ports that go through every way of writing them. */
const ODD: GuardedDoor = {
  name: `all "quoted" 'ports' \\ $HOME *: ü 😀`,
  ports: [
    { protocol: 'tcp', first: 80, last: 80 },
    { protocol: 'tcp', first: 8000, last: 8080 },
    { protocol: 'udp', first: 53, last: 53 },
    { protocol: 'udp', first: 60_000, last: 61_000 },
  ],
  ipv6PrefixLength: 64,
};

for (const variant of ['nft', 'legacy'] as const) {
  const missing = existsSync(`/usr/sbin/iptables-${variant}-restore`) ? undefined : `no iptables-${variant}`;
  const real = (name: string, run: (t: TestContext) => Promise<void>) =>
    test(`iptables-${variant}: ${name}`, { skip: skip ?? missing }, run);

  real('a door opens for its source alone, and closes', async (t) => {
    const { scene, firewall } = await guarded(t, variant);
    assert.ok(!(await isOpen(scene.client, SERVER4)));
    must(await firewall.open(grant(CLIENT4), momentNow()));
    assert.ok(await isOpen(scene.client, SERVER4));
    assert.ok(!(await isOpen(scene.other, SERVER4)));
    must(await firewall.close(grant(CLIENT4)));
    assert.ok(!(await isOpen(scene.client, SERVER4)));
    must(await firewall.close(grant(CLIENT4)));
  });

  real('a door opens over IPv6, for an address and for a prefix', async (t) => {
    const { scene, firewall } = await guarded(t, variant);
    if (!scene.lab.hasIpv6) return t.skip('no IPv6');
    for (const source of [CLIENT6, 'fd00:9::/64']) {
      assert.ok(!(await isOpen(scene.client, SERVER6)));
      must(await firewall.open(grant(source), momentNow()));
      assert.ok(await isOpen(scene.client, SERVER6), source);
      must(await firewall.close(grant(source)));
    }
    assert.ok(!(await isOpen(scene.client, SERVER6)));
  });

  real('an established session outlives its door', async (t) => {
    const { scene, firewall } = await guarded(t, variant);
    must(await firewall.open(grant(CLIENT4), momentNow()));
    const line = await HeldLine.open(scene.client, SERVER4, SERVICE_PORT);
    await line.talk();
    must(await firewall.close(grant(CLIENT4)));
    assert.ok(!(await isOpen(scene.client, SERVER4)));
    await line.talk();
  });

  real('renewing moves the end and leaves one rule', async (t) => {
    const { firewall } = await guarded(t, variant);
    for (const endMs of [20e12, 30e12, FOREVER_MS, 40e12]) {
      must(await firewall.open(grant(CLIENT4, endMs), momentNow()));
      assert.deepEqual(must(await firewall.list()), [grant(CLIENT4, endMs)]);
      assert.equal(must(await firewall.show()).split('\n').length, 2);
    }
  });

  real('what a killed daemon left is closed by the next one, what is planned stays', async (t) => {
    const { scene, firewall, run, rules } = await guarded(t, variant);
    const before = rules();
    const stale = [grant(CLIENT4), { ...grant(OTHER4), door: ODD.name }, grant('fd00:9::/64')];
    for (const each of stale) must(await firewall.open(each, momentNow()));
    const next = new Iptables({ chain: 'INPUT', run });
    assert.deepEqual(must(await next.list()), must(await firewall.list()));
    const reconciled = must(
      await next.reconcile({ doors: [SSH], grants: [stale[0]!, grant('10.9.0.9')] }, momentNow()),
    );
    assert.deepEqual(reconciled.removed, stale.slice(1));
    assert.deepEqual(reconciled.added, [grant('10.9.0.9')]);
    assert.ok(await isOpen(scene.client, SERVER4));
    must(await next.remove());
    assert.equal(must(await next.show()), '');
    assert.equal(rules(), before);
  });

  real("the administrator's rules stay as they are, byte for byte, around every operation", async (t) => {
    const { firewall, rules } = await guarded(t, variant);
    const before = rules();
    const grants = [grant(CLIENT4), grant('192.0.2.0/24'), grant('fd00:9::/64'), grant('0.0.0.0/0')];
    for (const door of [SSH, ODD]) {
      for (const each of grants) must(await firewall.open({ ...each, door: door.name }, momentNow()));
    }
    assert.equal(must(await firewall.list()).length, 8);
    assert.notEqual(rules(), before);
    for (const each of must(await firewall.list())) must(await firewall.close(each));
    assert.equal(rules(), before);
  });

  real('after somebody flushed the chain, the next change brings back what was open', async (t) => {
    const { scene, firewall, tables, repaired } = await guarded(t, variant);
    must(await firewall.open(grant(CLIENT4), momentNow()));
    must(await firewall.open(grant(OTHER4), momentNow()));
    must(await firewall.open(grant('192.0.2.1', Date.now() - 1000), { monotonicMs: 0, wallMs: 0 }));
    tables('-F', 'INPUT');
    must(await firewall.open(grant(CLIENT4), momentNow()));
    assert.ok(await isOpen(scene.client, SERVER4));
    assert.ok(await isOpen(scene.other, SERVER4));
    assert.deepEqual(repaired, [grant(OTHER4)]);
    tables('-F', 'INPUT');
    must(await firewall.close(grant(CLIENT4)));
    assert.deepEqual(must(await firewall.list()), [grant(OTHER4)]);
  });

  real('rules that only look like ours are not ours', async (t) => {
    const { firewall, rules, tables } = await guarded(t, variant);
    const comment = ['-m', 'comment', '--comment', 'postern:ssh:forever'];
    tables('-A', 'INPUT', '-i', 'lo', '-p', 'tcp', '--dport', '22', ...comment, '-j', 'ACCEPT');
    tables('-A', 'INPUT', '-p', 'tcp', '--dport', '22', ...comment, '-j', 'DROP');
    tables(
      '-A',
      'INPUT',
      '-p',
      'tcp',
      '--dport',
      '22',
      '-m',
      'comment',
      '--comment',
      'postern:ssh:soon',
      '-j',
      'ACCEPT',
    );
    const before = rules();
    assert.deepEqual(must(await firewall.list()), []);
    must(await firewall.remove());
    assert.equal(rules(), before);
  });

  real(
    'a thousand opens that wait together are a few runs, and one more is one run without reading',
    async (t) => {
      const { firewall, runs } = await guarded(t, variant);
      const sources = Array.from({ length: 1000 }, (_, i) => `10.20.${i >> 8}.${i & 255}`);
      runs.length = 0;
      const results = await Promise.all(sources.map((source) => firewall.open(grant(source), momentNow())));
      for (const result of results) must(result);
      assert.deepEqual(runs, Array(8).fill('iptables-restore'));
      runs.length = 0;
      must(await firewall.open(grant(CLIENT4), momentNow()));
      must(await firewall.close(grant(sources[500]!)));
      assert.deepEqual(runs, ['iptables-restore', 'iptables-restore']);
      assert.equal(must(await firewall.list()).length, 1000);
      must(await firewall.remove());
      assert.deepEqual(must(await firewall.list()), []);
    },
  );

  real('rules go to the chain that is named; one that is missing is named', async (t) => {
    const { scene, run, tables } = await guarded(t, variant);
    const firewall = new Iptables({ chain: 'KNOCKED', run });
    const plan = { doors: [SSH], grants: [grant(CLIENT4)] };
    const failed = await firewall.reconcile(plan, momentNow());
    assert.match(errorOf(failed).message, /'KNOCKED': iptables has no chain of this name/);
    tables('-N', 'KNOCKED');
    tables('-I', 'INPUT', '-j', 'KNOCKED');
    const { warnings } = must(await firewall.reconcile(plan, momentNow()));
    assert.deepEqual(warnings, []);
    assert.ok(await isOpen(scene.client, SERVER4));
    assert.match(must(await firewall.show()), /^iptables -A KNOCKED /);
    assert.match(errorOf(await firewall.open(grant(CLIENT6), momentNow())).message, /ip6tables has no chain/);
  });

  real('without ip6tables IPv4 works, and IPv6 says what is missing', async (t) => {
    const { scene, run } = await guarded(t, variant);
    const without: RunProgram = (file, args, options) =>
      file.startsWith('ip6') ? runProgram(`/nowhere/${file}`, args, options) : run(file, args, options);
    const firewall = new Iptables({ chain: 'INPUT', run: without });
    const plan = { doors: [SSH], grants: [grant(CLIENT4), grant(CLIENT6)] };
    const { warnings, added } = must(await firewall.reconcile(plan, momentNow()));
    assert.deepEqual(added, [grant(CLIENT4)]);
    assert.match(warnings.join(), /no door opens over IPv6: .*ip6tables-save.* Debian's package 'iptables'/);
    assert.ok(await isOpen(scene.client, SERVER4));
    const error = errorOf(await firewall.open(grant(CLIENT6), momentNow()));
    assert.match(error.message, /ip6tables-save': it is not on this system/);
    must(await firewall.remove());
  });

  real('a plan can be seen before anything is changed', async (t) => {
    const { firewall, rules } = await guarded(t, variant);
    const before = rules();
    const plan = { doors: [SSH], grants: [grant(CLIENT4)] };
    assert.match(
      must(await firewall.describe(plan, momentNow())),
      /^# No guard.*\n.*\n\*filter\n-I INPUT -s 10.9.0.2\/32 /,
    );
    assert.equal(rules(), before);
  });

  real('a chain that lets everybody in is told', async (t) => {
    const { firewall, tables } = await guarded(t, variant);
    const warnings = async () =>
      must(await firewall.reconcile({ doors: [SSH], grants: [] }, momentNow())).warnings;
    assert.deepEqual(await warnings(), []);
    tables('-I', 'INPUT', '-p', 'tcp', '--dport', '2000:3000', '-j', 'ACCEPT');
    assert.match(
      (await warnings()).join(),
      /^iptables lets everybody use tcp\/2222 of door 'ssh': the rule '-A INPUT /,
    );
    tables('-F', 'INPUT');
    tables('-P', 'INPUT', 'ACCEPT');
    assert.match((await warnings()).join(), /the policy of chain 'INPUT' is ACCEPT/);
  });
}

/** A server that resets what its rules do not let in, and its backend after a first reconciliation. */
async function guarded(t: TestContext, variant: 'nft' | 'legacy') {
  const scene = await setNativeScene(t);
  const folder = folderOfVariant(scene, variant);
  const runs: string[] = [];
  const onServer = runOn(scene.server, folder);
  const run: RunProgram = (file, args, options) => {
    runs.push(file);
    return onServer(file, args, options);
  };
  for (const program of families(scene)) {
    scene.server.runSync(`${folder}/${program}-restore`, [], ADMINISTRATOR);
  }
  const repaired: PortGrant[] = [];
  const firewall = new Iptables({ chain: 'INPUT', run, repaired: ({ added }) => repaired.push(...added) });
  must(await firewall.reconcile({ doors: [SSH, ODD], grants: [] }, momentNow()));
  const tables = (...args: string[]) => scene.server.runSync(`${folder}/iptables`, ['-w', ...args]);
  const rules = () =>
    families(scene)
      .map((program) =>
        scene.server.runSync(`${folder}/${program}-save`, []).replaceAll(/^#.*\n|\[\d+:\d+\]/gm, ''),
      )
      .join('');
  return { scene, firewall, repaired, run, runs, tables, rules };
}

const ADMINISTRATOR = `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:OWN - [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -m comment --comment "by hand: \\"quoted\\" \\\\ 'words'" -j OWN
-A INPUT -p ipv6-icmp -j ACCEPT
-A INPUT -p tcp -j REJECT --reject-with tcp-reset
-A OWN -p udp -m multiport --dports 53,67:68 -m comment --comment postern -j ACCEPT
COMMIT
`;

function families({ lab }: NativeScene): readonly string[] {
  return lab.hasIpv6 ? ['iptables', 'ip6tables'] : ['iptables'];
}

function grant(source: string, endMs: number = FOREVER_MS): PortGrant {
  return { door: SSH.name, source, endMs };
}
