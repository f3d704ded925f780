/** Doors with ports on real nftables: open, closed on time, whatever becomes of the daemon. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import {
  CLIENT4,
  CLIENT6,
  type DoorScene,
  knock,
  SERVER4,
  SERVER6,
  setDoorScene,
  startDaemon,
  writeConf,
} from './door-scene.ts';
import { answers, HeldLine, startEchoServer } from './line.ts';

const skip = await enterLab();

const KNOCKS = ['7001', '8002', '9003'];
/** From the end of a grant to a port that is seen to be shut: the second of the promise, and the attempts. */
const LATE_MS = 1500;

async function setNativeScene(
  t: Parameters<typeof setDoorScene>[0],
  openFor: string,
  more = '',
): Promise<DoorScene> {
  const scene = setDoorScene(t);
  const door = `[ssh]\nSequence = ${KNOCKS}\nTCPFlags = syn\nOpen = tcp/22\nOpen_For = ${openFor}\n`;
  writeConf(scene, door + more);
  await startEchoServer(scene.server, 22, 80);
  return scene;
}

function shut(scene: DoorScene, address = SERVER4): Promise<true> {
  return until(async () => !(await answers(scene.client, address, 22)), { what: 'the port to be shut' });
}

test('a knock opens the port for its source, and a session lives on when it is shut again', {
  skip,
}, async (t) => {
  const scene = await setNativeScene(t, '3s');
  const daemon = await startDaemon(scene);
  assert.equal(await answers(scene.client, SERVER4, 22), false, 'before the knock');
  assert.equal(await answers(scene.client, SERVER4, 80), true, 'a port that is no door');
  await knock(scene.client, SERVER4, ...KNOCKS);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  const openedMs = Date.now();
  const line = await HeldLine.open(scene.client, SERVER4, 22);
  assert.equal(await answers(scene.other, SERVER4, 22), false, 'another source');
  await shut(scene);
  const openMs = Date.now() - openedMs;
  assert.ok(openMs > 2500 && openMs < 3000 + LATE_MS, `open for ${openMs} ms`);
  await line.talk();
  await daemon.waitFor(`${CLIENT4}: ssh: closing, its time is up`);
});

test('kill -9 right after opening: the kernel shuts the port on time, and the guard stands', {
  skip,
}, async (t) => {
  const scene = await setNativeScene(t, '3s');
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, ...KNOCKS);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  const openedMs = Date.now();
  await daemon.stop('SIGKILL');
  assert.equal(await answers(scene.client, SERVER4, 22), true, 'still open');
  const line = await HeldLine.open(scene.client, SERVER4, 22);
  await shut(scene);
  assert.ok(Date.now() - openedMs < 3000 + LATE_MS, 'on time');
  await line.talk();
  assert.equal(await answers(scene.other, SERVER4, 22), false, 'the guard');
});

test('kill -9 and restart: the grant keeps its end', { skip }, async (t) => {
  const scene = await setNativeScene(t, '6s');
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, ...KNOCKS);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  const openedMs = Date.now();
  await daemon.stop('SIGKILL');
  const next = await startDaemon(scene);
  await next.waitFor(`${CLIENT4}: ssh: still open until`);
  assert.equal(await answers(scene.client, SERVER4, 22), true, 'still open');
  await shut(scene);
  const openMs = Date.now() - openedMs;
  assert.ok(openMs > 5000 && openMs < 6000 + LATE_MS, `open for ${openMs} ms`);
  await next.waitFor(`${CLIENT4}: ssh: closing, its time is up`);
});

test('IPv6, a door for a whole prefix, and a closing door', { skip }, async (t) => {
  const shutDoor = '[shut]\nSequence = 9003,8002,7001\nClose = ssh\n';
  const scene = await setNativeScene(t, 'forever\nAlso_Prefix = /64', shutDoor);
  if (!scene.lab.hasIpv6) return t.skip('no IPv6');
  const daemon = await startDaemon(scene);
  assert.equal(await answers(scene.client, SERVER6, 22), false, 'before the knock');
  await knock(scene.client, SERVER6, ...KNOCKS);
  await daemon.waitFor('ssh: open until it is closed');
  assert.equal(await answers(scene.client, SERVER6, 22), true, CLIENT6);
  assert.equal(await answers(scene.client, SERVER4, 22), false, 'the other family');
  await knock(scene.client, SERVER6, ...[...KNOCKS].reverse());
  await shut(scene, SERVER6);
  await daemon.waitFor('ssh: closing, a closing door was knocked at');
});

test('a reload keeps open doors open, opens new ones, and closes those that are gone', {
  skip,
}, async (t) => {
  const scene = await setNativeScene(t, '1h');
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, ...KNOCKS);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  const ssh = '[ssh]\nSequence = 7001,8002,9003\nTCPFlags = syn\nOpen = tcp/22\nOpen_For = 1h\n';
  writeConf(scene, `${ssh}[web]\nSequence = 7101,8102,9103\nOpen = tcp/80\n`);
  daemon.kill('SIGHUP');
  await until(async () => !(await answers(scene.client, SERVER4, 80)), {
    what: 'the new door to be guarded',
  });
  assert.equal(await answers(scene.client, SERVER4, 22), true, 'ssh is open still');
  writeConf(scene, '[web]\nSequence = 7101,8102,9103\nOpen = tcp/80\n');
  daemon.kill('SIGHUP');
  await daemon.waitFor(`${CLIENT4}: ssh: closing, the configuration no longer has it`);
  assert.equal(await answers(scene.client, SERVER4, 22), true, 'no door any more: nothing guards it');
});

test('a clean stop closes grants, and the guard stands', { skip }, async (t) => {
  const scene = await setNativeScene(t, '1h');
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, ...KNOCKS);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  assert.equal((await daemon.stop('SIGTERM')).status, 0);
  assert.equal(await answers(scene.client, SERVER4, 22), false);
});
