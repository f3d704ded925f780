/** The backend `firewalld` with the real one and real connections. The tests share it, since its start takes long. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import { FOREVER_MS } from '../../src/base/duration.ts';
import type { GuardedDoor, PortGrant } from '../../src/firewall/firewall.ts';
import { Firewalld } from '../../src/firewall/firewalld.ts';
import { missingForFirewalld, RealFirewalld } from './firewalld-scene.ts';
import { HeldLine } from './line.ts';
import {
  CLIENT4,
  CLIENT6,
  errorOf,
  isOpen,
  momentNow,
  must,
  type NativeScene,
  OTHER4,
  SERVER4,
  SERVER6,
  SERVICE_PORT,
  setNativeScene,
} from './native-firewall-scene.ts';

const skip = (await enterLab()) ?? missingForFirewalld();

const SSH: GuardedDoor = {
  name: 'ssh',
  ports: [{ protocol: 'tcp', first: SERVICE_PORT, last: SERVICE_PORT }],
  ipv6PrefixLength: 128,
};
const WIDE: GuardedDoor = {
  name: `wide "door"`,
  ports: [...SSH.ports, { protocol: 'udp', first: 60_000, last: 61_000 }],
  ipv6PrefixLength: 64,
};
const DOORS = [SSH, WIDE];

let scene: NativeScene;
let real: RealFirewalld;
let firewall: Firewalld;
let repaired: PortGrant[];
const ends: (() => Promise<void>)[] = [];

if (skip === undefined) {
  before(async () => {
    scene = await setNativeScene({ after: (end) => ends.push(end) });
    real = await RealFirewalld.start(scene.server, scene.folder);
  });
  after(async () => {
    await real.stop();
    for (const end of ends) await end();
  });
  beforeEach(async () => {
    repaired = [];
    firewall = newFirewall();
    must(await firewall.reconcile({ doors: DOORS, grants: [] }, momentNow()));
  });
}

function newFirewall(): Firewalld {
  return new Firewalld({ run: real.run, repaired: ({ added }) => repaired.push(...added) });
}

function grant(source: string, endMs: number = FOREVER_MS, door = SSH): PortGrant {
  return { door: door.name, source, endMs };
}

/** Everything that the kernel has of firewalld. */
function ruleset(): string {
  return scene.server.runSync('nft', ['list', 'ruleset']);
}

test('a door opens for its source alone, and closes; a session outlives it', { skip }, async () => {
  const before = ruleset();
  assert.ok(!(await isOpen(scene.client, SERVER4)));
  must(await firewall.open(grant(CLIENT4), momentNow()));
  assert.ok(await isOpen(scene.client, SERVER4));
  assert.ok(!(await isOpen(scene.other, SERVER4)));
  const line = await HeldLine.open(scene.client, SERVER4, SERVICE_PORT);
  await line.talk();
  must(await firewall.close(grant(CLIENT4)));
  assert.ok(!(await isOpen(scene.client, SERVER4)));
  await line.talk();
  must(await firewall.close(grant(CLIENT4)));
  assert.equal(ruleset(), before);
});

test('a door opens over IPv6, for an address and for a prefix', { skip }, async (t) => {
  if (!scene.lab.hasIpv6) return t.skip('no IPv6');
  for (const source of [CLIENT6, 'fd00:9::/64']) {
    assert.ok(!(await isOpen(scene.client, SERVER6)));
    must(await firewall.open(grant(source), momentNow()));
    assert.ok(await isOpen(scene.client, SERVER6), source);
    must(await firewall.close(grant(source)));
  }
});

test('firewalld closes on time, whatever becomes of the daemon', { skip }, async () => {
  must(await firewall.open(grant(CLIENT4, Date.now() + 2000), momentNow()));
  assert.ok(await isOpen(scene.client, SERVER4));
  await until(async () => !(await isOpen(scene.client, SERVER4)), { what: 'the port to be shut' });
  assert.deepEqual(must(await firewall.list(momentNow())), []);
});

test('renewing moves the end, later, earlier and to none, and leaves one rule', { skip }, async () => {
  // The shortest is looked at while it lasts, by programs that a slow machine takes a second for.
  const ends: number[] = [];
  for (const forMs of [600_000, 6000, 60_000]) {
    const wanted = grant(CLIENT4, Date.now() + forMs);
    ends.push(wanted.endMs);
    must(await firewall.open(wanted, momentNow()));
    assert.deepEqual(must(await firewall.list(momentNow())), [wanted]);
    assert.equal(must(await firewall.show()).split('\n').length, 2);
  }
  must(await firewall.open(grant(CLIENT4), momentNow()));
  await until(() => Date.now() > Math.min(...ends) + 500, { what: 'the shortest end to pass' });
  assert.ok(await isOpen(scene.client, SERVER4));
});

test('two doors with the same port: it is open until both are closed', { skip }, async () => {
  must(await firewall.open(grant(CLIENT4, Date.now() + 60_000), momentNow()));
  must(await firewall.open(grant(CLIENT4, Date.now() + 600_000, WIDE), momentNow()));
  assert.equal(must(await firewall.list(momentNow())).length, 2);
  must(await firewall.close(grant(CLIENT4, 0, WIDE)));
  assert.ok(await isOpen(scene.client, SERVER4));
  must(await firewall.close(grant(CLIENT4)));
  assert.ok(!(await isOpen(scene.client, SERVER4)));
  assert.equal(must(await firewall.show()), '');
});

test('what a killed daemon left is closed by the next one, what is planned stays', { skip }, async () => {
  must(await firewall.open(grant(CLIENT4), momentNow()));
  must(await firewall.open(grant(OTHER4, FOREVER_MS, WIDE), momentNow()));
  const next = newFirewall();
  const planned = [grant(CLIENT4, Date.now() + 600_000), grant('192.0.2.9', Date.now() + 600_000, WIDE)];
  const reconciled = must(await next.reconcile({ doors: DOORS, grants: planned }, momentNow()));
  assert.ok(reconciled.removed.length > 0);
  assert.ok(reconciled.removed.every(({ source }) => source === OTHER4));
  assert.deepEqual(reconciled.added, [planned[1]]);
  assert.ok(await isOpen(scene.client, SERVER4));
  assert.ok(!(await isOpen(scene.other, SERVER4)));
  assert.deepEqual(must(await next.list(momentNow())), planned);
  const again = must(await next.reconcile({ doors: DOORS, grants: planned }, momentNow()));
  assert.deepEqual([again.added, again.removed], [[], []]);
});

test('after a reload of firewalld the next change brings back what is open', { skip }, async () => {
  must(await firewall.open(grant(CLIENT4), momentNow()));
  must(await firewall.open(grant(OTHER4), momentNow()));
  await real.cmd('--reload');
  assert.ok(!(await isOpen(scene.client, SERVER4)));
  must(await firewall.open(grant(CLIENT4), momentNow()));
  assert.ok(await isOpen(scene.client, SERVER4));
  assert.ok(await isOpen(scene.other, SERVER4));
  assert.deepEqual(repaired, [grant(OTHER4)]);
});

test("the administrator's rules stay as they are", { skip }, async () => {
  const own = [
    'rule family="ipv4" source address="10.9.0.2" port port="2222" protocol="tcp" drop',
    'rule priority="-7301" family="ipv4" source address="10.9.0.2" port port="2222" protocol="tcp" log prefix="mine" accept',
  ];
  for (const rule of own) await real.cmd(`--add-rich-rule=${rule}`);
  const before = await real.cmd('--list-all-zones');
  must(await firewall.open(grant(CLIENT4), momentNow()));
  must(await firewall.open(grant('2001:db8::/64', Date.now() + 60_000, WIDE), momentNow()));
  assert.equal(must(await firewall.show()).split('\n').length, 4);
  must(await firewall.remove());
  assert.equal(await real.cmd('--list-all-zones'), before);
  for (const rule of own) await real.cmd(`--remove-rich-rule=${rule}`);
});

test('doors open in every zone that has an interface', { skip }, async () => {
  await real.cmd('--zone=external', '--add-interface=eth0');
  try {
    must(await firewall.reconcile({ doors: DOORS, grants: [grant(CLIENT4)] }, momentNow()));
    assert.ok(await isOpen(scene.client, SERVER4));
    assert.match(must(await firewall.show()), /^external: rule .*\npublic: rule /);
  } finally {
    await real.cmd('--zone=external', '--remove-interface=eth0');
  }
  must(await firewall.reconcile({ doors: DOORS, grants: [grant(CLIENT4)] }, momentNow()));
  assert.match(must(await firewall.show()), /^public: rule [^\n]*\n$/);
});

test('services and ports of a zone that make a door useless are told', { skip }, async () => {
  const door = {
    name: 'd',
    ports: [{ protocol: 'tcp', first: 22, last: 22 }],
    ipv6PrefixLength: 128,
  } as const;
  const { warnings } = must(await firewall.reconcile({ doors: [door], grants: [] }, momentNow()));
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? '',
    /^zone 'public' lets everybody use tcp\/22 of door 'd': .*--remove-service=ssh/,
  );
});

test('a plan can be seen before anything is changed', { skip }, async () => {
  const before = ruleset();
  const plan = { doors: DOORS, grants: [grant(CLIENT4, Date.now() + 59_500)] };
  assert.match(
    must(await firewall.describe(plan, momentNow())),
    /^# No guard.*\nfirewall-cmd --zone=public --timeout=60 '--add-rich-rule=rule priority="-7301" family="ipv4" source address="10.9.0.2" port port="2222" protocol="tcp" accept'\n$/,
  );
  assert.equal(ruleset(), before);
});

test('a hundred opens that wait together are done, and one at a time', { skip }, async () => {
  const sources = Array.from({ length: 100 }, (_, i) => `10.20.0.${i + 1}`);
  const results = await Promise.all(
    sources.map((source) => firewall.open(grant(source, Date.now() + 600_000), momentNow())),
  );
  for (const result of results) must(result);
  assert.equal(must(await firewall.list(momentNow())).length, 100);
});

test('firewalld that is not running is told, and found again', { skip }, async () => {
  await real.stop();
  const error = errorOf(await firewall.open(grant(CLIENT4), momentNow()));
  assert.match(error.message, /'firewalld': it is not running/);
  assert.match(error.hint ?? '', /systemctl start firewalld/);
  assert.match(
    errorOf(await newFirewall().reconcile({ doors: DOORS, grants: [] }, momentNow())).message,
    /not running/,
  );
  await real.restart();
  must(await firewall.open(grant(CLIENT4), momentNow()));
  assert.ok(await isOpen(scene.client, SERVER4));
});
