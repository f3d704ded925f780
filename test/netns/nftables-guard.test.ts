/** The backend nftables with real packets: what is let in, what is dropped, and when. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Host } from '../../lab/host.ts';
import { until } from '../../lab/until.ts';
import { FOREVER_MS } from '../../src/base/duration.ts';
import type { PortGrant } from '../../src/firewall/firewall.ts';
import {
  CLIENT4,
  CLIENT6,
  door,
  isOpen,
  lasting,
  OTHER4,
  SERVER4,
  SERVER6,
  Session,
  SSH,
  Station,
  setGuardScene,
  untilOpen,
  untilShut,
  WEB,
} from './guard-scene.ts';

const lab = await enterLab();
const skip = lab ?? (existsSync('/usr/sbin/nft') ? undefined : 'nftables is not installed');

const DOORS = [door('ssh', `tcp/${SSH}`)];
const NO_GRANTS = { doors: DOORS, grants: [] };

test('a door is shut for all, open for who has a grant, and shut again when it is closed', {
  skip,
}, async (t) => {
  const { server, client, other } = await setGuardScene(t);
  const firewall = await Station.start(server);
  await untilOpen(client, SERVER4);
  await firewall.reconcile(NO_GRANTS);
  assert.equal(await isOpen(client, SERVER4), false);
  assert.equal(await isOpen(client, SERVER6), false);
  await untilOpen(client, SERVER4, WEB); // no door has this port
  await untilOpen(server, '127.0.0.1'); // loopback is never cut off
  await untilOpen(server, SERVER6); // nor is what the host says to itself
  await firewall.open(lasting('ssh', CLIENT4, 60_000));
  await firewall.open(lasting('ssh', CLIENT6, 60_000));
  await untilOpen(client, SERVER4);
  await untilOpen(client, SERVER6);
  assert.equal(await isOpen(other, SERVER4), false);
  await firewall.call('close', { door: 'ssh', source: CLIENT4 });
  await firewall.call('close', { door: 'ssh', source: CLIENT4 });
  assert.equal(await isOpen(client, SERVER4), false);
  await untilOpen(client, SERVER6);
});

test('the kernel closes on time though the process was killed, the guard stands, and a session lives on', {
  skip,
}, async (t) => {
  const { server, client } = await setGuardScene(t);
  const firewall = await Station.start(server);
  await firewall.reconcile(NO_GRANTS);
  await firewall.open(lasting('ssh', CLIENT4, 4000));
  const session = await Session.open(client, SERVER4);
  await firewall.kill();
  await untilShut(client, SERVER4);
  await session.says('still here');
  assert.equal(await isOpen(client, SERVER4), false);
  const next = await Station.start(server);
  assert.deepEqual(await next.call('list'), []);
});

test('a renewed grant gets the new end, a later, an earlier or none', { skip }, async (t) => {
  const { server } = await setGuardScene(t);
  const firewall = await Station.start(server);
  await firewall.reconcile(NO_GRANTS);
  for (const forMs of [5000, 60_000, 20_000]) {
    const grant = lasting('ssh', CLIENT4, forMs);
    await firewall.open(grant);
    const [found] = (await firewall.call('list')) as PortGrant[];
    assert.ok(Math.abs(found!.endMs - grant.endMs) < 1000, `${forMs}: ${found!.endMs - grant.endMs}`);
  }
  await firewall.open({ door: 'ssh', source: CLIENT4, endMs: FOREVER_MS });
  assert.equal(((await firewall.call('list')) as PortGrant[])[0]?.endMs, FOREVER_MS);
  assert.match(await nft(server, 'list', 'table', 'inet', 'postern'), /elements = \{ 10\.9\.0\.2 \}/);
  await firewall.open(lasting('ssh', CLIENT4, 300));
  await until(async () => ((await firewall.call('list')) as PortGrant[]).length === 0);
});

test('a prefix lets in all of it and no more', { skip }, async (t) => {
  const { server, client, other } = await setGuardScene(t);
  const firewall = await Station.start(server);
  await firewall.reconcile({ doors: [door('ssh', `tcp/${SSH}`, 64)], grants: [] });
  await firewall.open(lasting('ssh', 'fd00:9::/64', 60_000));
  await untilOpen(client, SERVER6);
  assert.equal(await isOpen(other, SERVER6), false);
  await firewall.open(lasting('ssh', '10.9.0.2/31', 60_000));
  await untilOpen(client, SERVER4); // a length that the door does not have by itself
  await untilOpen(other, SERVER4);
  await firewall.call('close', { door: 'ssh', source: '10.9.0.2/31' });
  assert.equal(await isOpen(client, SERVER4), false);
  assert.deepEqual(firewall.repaired, []);
});

test('doors that share ports each let their own in', { skip }, async (t) => {
  const { server, client, other } = await setGuardScene(t);
  const firewall = await Station.start(server);
  const doors = [door('both', `tcp/${SSH}-${WEB}`), door('web', `tcp/${WEB}`)];
  await firewall.reconcile({
    doors,
    grants: [lasting('both', CLIENT4, 60_000), lasting('web', OTHER4, 60_000)],
  });
  assert.deepEqual([await isOpen(client, SERVER4, SSH), await isOpen(client, SERVER4, WEB)], [true, true]);
  assert.deepEqual([await isOpen(other, SERVER4, SSH), await isOpen(other, SERVER4, WEB)], [false, true]);
});

for (const loose of [1, 0]) {
  test(`a connection older than any rule lives on, nf_conntrack_tcp_loose = ${loose}`, {
    skip,
  }, async (t) => {
    const { server, client, other } = await setGuardScene(t);
    const sessions = [await Session.open(client, SERVER4), await Session.open(client, SERVER6)];
    await server.exec('sysctl', ['-qw', `net.netfilter.nf_conntrack_tcp_loose=${loose}`]);
    const firewall = await Station.start(server);
    await firewall.reconcile(NO_GRANTS);
    for (const session of sessions) await session.says('after the guard went up');
    assert.equal(await isOpen(client, SERVER4), false);
    assert.equal(await isOpen(other, SERVER4), false);
    await firewall.reconcile({ doors: [...DOORS, door('web', `tcp/${WEB}`)], grants: [] });
    for (const session of sessions) await session.says('after the doors changed');
  });
}

test('flushed by others: the next opening puts all back, and says so', { skip }, async (t) => {
  const { server, client, other } = await setGuardScene(t);
  const firewall = await Station.start(server);
  await firewall.reconcile({ doors: DOORS, grants: [lasting('ssh', CLIENT4, 60_000)] });
  await nft(server, 'flush', 'ruleset');
  await untilOpen(other, SERVER4);
  await firewall.open(lasting('ssh', CLIENT6, 60_000));
  assert.equal(firewall.repaired.length, 1);
  assert.deepEqual(firewall.repaired[0]?.added.map(({ source }) => source).sort(), [CLIENT4, CLIENT6]);
  await untilOpen(client, SERVER4);
  await untilOpen(client, SERVER6);
  assert.equal(await isOpen(other, SERVER4), false);
});

test('while doors change, who has a grant is never shut out and nobody else comes in', {
  skip,
}, async (t) => {
  const { server, client, other } = await setGuardScene(t);
  const firewall = await Station.start(server);
  const grants = [lasting('ssh', CLIENT4, 600_000)];
  await firewall.reconcile({ doors: DOORS, grants });
  const tries = async (from: Host, wanted: 'in' | 'out') => {
    const limit = wanted === 'in' ? 5 : 0.15;
    const attempt = `timeout ${limit} bash --norc -c 'exec 3<>/dev/tcp/${SERVER4}/${SSH}' 2>/dev/null`;
    const script = `for i in $(seq 25); do ${attempt} && echo in || echo out; done`;
    const { stdout } = await from.attempt('bash', ['--norc', '-c', script], { timeoutMs: 120_000 });
    return new Set(stdout.trim().split('\n'));
  };
  const watching = Promise.all([tries(client, 'in'), tries(other, 'out')]);
  let isOver = false;
  void watching.then(() => {
    isOver = true;
  });
  for (let i = 0; !isOver; i++) {
    const more = i % 2 === 0 ? [door(`web${i}`, `tcp/${WEB}`)] : [];
    await firewall.reconcile({ doors: [...DOORS, ...more], grants });
  }
  assert.deepEqual(await watching, [new Set(['in']), new Set(['out'])]);
});

test('marked packets pass a firewall that drops by default, and only they', { skip }, async (t) => {
  const { server, client, other } = await setGuardScene(t);
  const mark = { value: 0x10, mask: 0xf0 };
  server.iptables('-P', 'INPUT', 'DROP');
  server.iptables('-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'ESTABLISHED', '-j', 'ACCEPT');
  // The other bits are somebody else's, and stay.
  server.iptables('-A', 'INPUT', '-m', 'mark', '--mark', '0x12', '-j', 'ACCEPT');
  server.iptables('-t', 'mangle', '-A', 'INPUT', '-j', 'MARK', '--set-mark', '0xf2');
  const firewall = await Station.start(server, { firewall: 'nftables-mark', mark });
  await firewall.reconcile(NO_GRANTS);
  assert.equal(await isOpen(client, SERVER4), false);
  await firewall.open(lasting('ssh', CLIENT4, 60_000));
  await untilOpen(client, SERVER4);
  assert.equal(await isOpen(other, SERVER4), false);
  const session = await Session.open(client, SERVER4);
  await firewall.call('close', { door: 'ssh', source: CLIENT4 });
  assert.equal(await isOpen(client, SERVER4), false);
  await session.says('still here');
  await firewall.call('remove');
  assert.equal(await firewall.call('show'), '');
});

test('without a file to spare doors open and close, and the rest is an error, not the end', {
  skip,
}, async (t) => {
  const { server, client } = await setGuardScene(t);
  const firewall = await Station.start(server);
  await firewall.reconcile(NO_GRANTS);
  const { pid } = firewall.process;
  // Descriptors are given out from the lowest: with this limit there is none left.
  const used = readdirSync(`/proc/${pid}/fd`).map(Number);
  const free = Array.from({ length: 100 }, (_, fd) => fd).find((fd) => !used.includes(fd)) ?? 0;
  await server.exec('prlimit', ['--pid', `${pid}`, `--nofile=${free}`]);
  await assert.rejects(firewall.call('show'), /EMFILE/);
  await assert.rejects(firewall.reconcile({ doors: [door('web', `tcp/${WEB}`)], grants: [] }), /EMFILE/);
  await firewall.open(lasting('ssh', CLIENT4, 60_000));
  await untilOpen(client, SERVER4);
  await firewall.call('close', { door: 'ssh', source: CLIENT4 });
  assert.equal(await isOpen(client, SERVER4), false);
});

async function nft(host: Host, ...args: readonly string[]): Promise<string> {
  return host.exec('nft', args);
}
