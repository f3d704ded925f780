/** The backend `ufw` with the real one and real connections. The tests share it, since each of its runs takes long. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { FOREVER_MS } from '../../src/base/duration.ts';
import type { GuardedDoor, PortGrant } from '../../src/firewall/firewall.ts';
import type { RunProgram } from '../../src/firewall/run-program.ts';
import { Ufw } from '../../src/firewall/ufw.ts';
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
  runOn,
  SERVER4,
  SERVER6,
  SERVICE_PORT,
  setNativeScene,
} from './native-firewall-scene.ts';
import { hideFilesOfUfw, missingUfw, setDefault } from './ufw-scene.ts';

const skip = (await enterLab()) ?? missingUfw();

const SSH: GuardedDoor = {
  name: 'ssh',
  ports: [{ protocol: 'tcp', first: SERVICE_PORT, last: SERVICE_PORT }],
  ipv6PrefixLength: 128,
};
/** The same first rule, a name that needs encoding, ports that ufw sorts. */
const SAME: GuardedDoor = { ...SSH, name: `it's "the" same` };
const WIDE: GuardedDoor = {
  name: 'wide',
  ports: [
    { protocol: 'tcp', first: 8000, last: 8080 },
    { protocol: 'tcp', first: SERVICE_PORT, last: SERVICE_PORT },
    { protocol: 'tcp', first: 100, last: 100 },
    { protocol: 'udp', first: 60_000, last: 61_000 },
  ],
  ipv6PrefixLength: 64,
};
const DOORS = [SSH, SAME, WIDE];

let scene: NativeScene;
let firewall: Ufw;
let repaired: PortGrant[];
const ends: (() => Promise<void>)[] = [];

if (skip === undefined) {
  before(async () => {
    scene = await setNativeScene({ after: (end) => ends.push(end) });
    hideFilesOfUfw(scene.folder);
    await ufw('default', 'reject', 'incoming');
    await ufw('--force', 'enable');
    await ufw(
      'allow',
      'from',
      '192.0.2.200',
      'to',
      'any',
      'port',
      '443',
      'proto',
      'tcp',
      'comment',
      'by hand',
    );
    // ufw completes its tables only when a rule is put before others.
    await ufw('prepend', 'allow', 'from', '192.0.2.201');
    await ufw('delete', 'allow', 'from', '192.0.2.201');
  });
  after(async () => {
    for (const end of ends) await end();
  });
  beforeEach(async () => {
    repaired = [];
    firewall = newFirewall();
    must(await firewall.reconcile({ doors: DOORS, grants: [] }, momentNow()));
  });
}

function ufw(...args: readonly string[]): Promise<string> {
  return scene.server.exec('ufw', args);
}

function newFirewall(run: RunProgram = runOn(scene.server)): Ufw {
  return new Ufw({ run, repaired: ({ added }) => repaired.push(...added) });
}

function grant(source: string, endMs: number = FOREVER_MS, door = SSH): PortGrant {
  return { door: door.name, source, endMs };
}

/** What the kernel has of ufw, and what ufw has written down. */
function everything(): readonly string[] {
  const files = ['user.rules', 'user6.rules'].map((name) => readFileSync(`/etc/ufw/${name}`, 'utf8'));
  const tables = ['iptables-save', 'ip6tables-save'].map((save) => scene.server.runSync(save, []));
  const text = [...files, ...tables].join('').replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '');
  return text.split('\n');
}

test('a door opens for its source alone, and closes; a session outlives it', { skip }, async () => {
  const before = everything();
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
  assert.deepEqual(everything(), before);
});

test('a door opens over IPv6, for an address and for a prefix, beside rules for IPv4', {
  skip,
}, async (t) => {
  if (!scene.lab.hasIpv6) return t.skip('no IPv6');
  must(await firewall.open(grant(OTHER4), momentNow()));
  for (const source of [CLIENT6, 'fd00:9::/64']) {
    assert.ok(!(await isOpen(scene.client, SERVER6)));
    must(await firewall.open(grant(source), momentNow()));
    assert.ok(await isOpen(scene.client, SERVER6), source);
    must(await firewall.close(grant(source)));
  }
});

test('rules stand before those of the administrator', { skip }, async () => {
  await ufw('prepend', 'deny', 'from', CLIENT4);
  must(await firewall.open(grant(CLIENT4), momentNow()));
  assert.ok(await isOpen(scene.client, SERVER4));
  await ufw('delete', 'deny', 'from', CLIENT4);
});

test('renewing moves the end and leaves one rule', { skip }, async () => {
  for (const endMs of [20e12, 30e12, FOREVER_MS, 10e12]) {
    must(await firewall.open(grant(CLIENT4, endMs), momentNow()));
    assert.deepEqual(must(await firewall.list(momentNow())), [grant(CLIENT4, endMs)]);
    assert.equal(must(await firewall.show()).split('\n').length, 2);
  }
  assert.ok(await isOpen(scene.client, SERVER4));
});

test('two doors with one rule: it is open until both are closed', { skip }, async () => {
  must(await firewall.open(grant(CLIENT4, 20e12), momentNow()));
  must(await firewall.open(grant(CLIENT4, 30e12, SAME), momentNow()));
  assert.equal(must(await firewall.list(momentNow())).length, 2);
  assert.match(
    must(await firewall.show()),
    /^ufw allow from 10.9.0.2 [^\n]* comment 'postern:it%27s%20%22the%22%20same:\d+'\n$/,
  );
  must(await firewall.close(grant(CLIENT4, 0, SAME)));
  assert.ok(await isOpen(scene.client, SERVER4));
  assert.match(must(await firewall.show()), /postern:ssh:/);
  must(await firewall.close(grant(CLIENT4)));
  assert.equal(must(await firewall.show()), '');
});

test('what a killed daemon left is closed by the next one, what is planned stays', { skip }, async () => {
  const before = everything();
  const left = [grant(CLIENT4), grant(OTHER4, FOREVER_MS, WIDE), grant('fd00:9::/64', 20e12, WIDE)];
  for (const each of left) must(await firewall.open(each, momentNow()));
  const next = newFirewall();
  const planned = [grant(CLIENT4), grant('192.0.2.9', 20e12)];
  const { removed, added } = must(await next.reconcile({ doors: DOORS, grants: planned }, momentNow()));
  assert.deepEqual(new Set(removed), new Set(left.slice(1)));
  assert.deepEqual(added, [planned[1]]);
  assert.ok(await isOpen(scene.client, SERVER4));
  assert.deepEqual(must(await next.list(momentNow())), planned);
  must(await next.remove());
  assert.deepEqual(everything(), before);
});

test('a rule of the administrator that says the same is not changed and stays', { skip }, async () => {
  const same = ['allow', 'from', CLIENT4, 'to', 'any', 'port', `${SERVICE_PORT}`, 'proto', 'tcp'];
  await ufw(...same);
  const before = everything();
  must(await firewall.open(grant(CLIENT4), momentNow()));
  must(await firewall.close(grant(CLIENT4)));
  assert.deepEqual(everything(), before);
  await ufw('delete', ...same);
  must(await firewall.open(grant(CLIENT4), momentNow()));
  await ufw(...same); // takes the rule over
  must(await firewall.close(grant(CLIENT4)));
  assert.ok((await ufw('show', 'added')).includes(`\nufw ${same.join(' ')}\n`));
  await ufw('delete', ...same);
});

test('after somebody deleted rules the next change brings back what is open', { skip }, async () => {
  must(await firewall.open(grant(CLIENT4, 20e12), momentNow()));
  must(await firewall.open(grant(OTHER4), momentNow()));
  for (const source of [CLIENT4, OTHER4]) {
    await ufw('delete', 'allow', 'from', source, 'to', 'any', 'port', `${SERVICE_PORT}`, 'proto', 'tcp');
  }
  must(await firewall.open(grant(CLIENT4, 30e12), momentNow()));
  assert.ok(await isOpen(scene.client, SERVER4));
  assert.ok(await isOpen(scene.other, SERVER4));
  assert.deepEqual(repaired, [grant(OTHER4)]);
});

test('rules and defaults that make a door useless are told', { skip }, async () => {
  const warnings = async () =>
    must(await firewall.reconcile({ doors: [SSH], grants: [] }, momentNow())).warnings;
  assert.deepEqual(await warnings(), []);
  await ufw('limit', `${SERVICE_PORT - 1}:${SERVICE_PORT}/tcp`);
  const [first = ''] = await warnings();
  assert.match(first, /^ufw lets everybody use tcp\/2222 of door 'ssh': '2221:2222\/tcp LIMIT IN Anywhere'$/);
  await ufw('delete', 'limit', `${SERVICE_PORT - 1}:${SERVICE_PORT}/tcp`);
  await ufw('default', 'allow', 'incoming');
  assert.match((await warnings()).join(), /'ufw default deny incoming' ends that/);
  await ufw('default', 'reject', 'incoming');
});

test('a plan can be seen before anything is changed', { skip }, async () => {
  const before = everything();
  assert.match(
    must(await firewall.describe({ doors: DOORS, grants: [grant(CLIENT4, 20e12)] }, momentNow())),
    /^# No guard.*\nufw prepend allow from 10.9.0.2 to any port 2222 proto tcp comment postern:ssh:20000000000\n$/,
  );
  assert.deepEqual(everything(), before);
});

test('without IPv6 in ufw, IPv4 works and IPv6 says so', { skip }, async () => {
  setDefault('IPV6', 'no');
  const plan = { doors: DOORS, grants: [grant(CLIENT4), grant(CLIENT6)] };
  const { warnings } = must(await firewall.reconcile(plan, momentNow()));
  assert.match(warnings.join(), /no door opens over IPv6: .*IPv6 support not enabled/);
  assert.ok(await isOpen(scene.client, SERVER4));
  assert.match(errorOf(await firewall.open(grant(CLIENT6), momentNow())).message, /IPv6 support not enabled/);
  setDefault('IPV6', 'yes');
});

test('an ufw that is not active, or not there, is told; its rules can be removed all the same', {
  skip,
}, async () => {
  must(await firewall.open(grant(CLIENT4), momentNow()));
  await ufw('disable');
  const plan = { doors: DOORS, grants: [] };
  const inactive = /'ufw': it is not active/;
  assert.match(errorOf(await newFirewall().reconcile(plan, momentNow())).message, inactive);
  assert.match(errorOf(await firewall.open(grant(OTHER4), momentNow())).message, inactive);
  must(await firewall.remove());
  assert.equal((await ufw('show', 'added')).includes('postern'), false);
  await ufw('--force', 'enable');
  const missing = newFirewall((_, args) => runOn(scene.server)('/nowhere/ufw', args));
  assert.equal(errorOf(await missing.reconcile(plan, momentNow())).target, 'ufw');
});
