/** Doors with ports on real iptables, with the daemon: what it opens it closes, and what a killed one left too. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import {
  CLIENT4,
  type DoorScene,
  knock,
  SERVER4,
  setDoorScene,
  startDaemon,
  writeConf,
} from './door-scene.ts';
import { answers, HeldLine, startEchoServer } from './line.ts';

const skip = await enterLab();

const KNOCKS = ['7001', '8002', '9003'];

/** A server that resets what its rules do not let in, with one door. */
async function setIptablesScene(t: Parameters<typeof setDoorScene>[0], openFor: string): Promise<DoorScene> {
  const scene = setDoorScene(t);
  scene.server.iptables('-P', 'INPUT', 'DROP');
  scene.server.iptables('-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'ACCEPT');
  scene.server.iptables('-A', 'INPUT', '-p', 'tcp', '-j', 'REJECT', '--reject-with', 'tcp-reset');
  const door = `[ssh]\nSequence = ${KNOCKS}\nTCPFlags = syn\nOpen = tcp/22\nOpen_For = ${openFor}\n`;
  writeConf(scene, door, 'Firewall = iptables\n');
  await startEchoServer(scene.server, 22);
  return scene;
}

function isOpen(scene: DoorScene): Promise<boolean> {
  return answers(scene.client, SERVER4, 22);
}

test('a knock opens the port for its source until its time is up; a session lives on', {
  skip,
}, async (t) => {
  const scene = await setIptablesScene(t, '3s');
  const before = scene.server.iptables('-S');
  const daemon = await startDaemon(scene);
  assert.equal(await isOpen(scene), false, 'before the knock');
  await knock(scene.client, SERVER4, ...KNOCKS);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  const line = await HeldLine.open(scene.client, SERVER4, 22);
  assert.equal(await answers(scene.other, SERVER4, 22), false, 'another source');
  await daemon.waitFor(`${CLIENT4}: ssh: closing, its time is up`);
  await until(async () => !(await isOpen(scene)), { what: 'the port to be shut' });
  await line.talk();
  assert.equal(scene.server.iptables('-S'), before);
});

test('kill -9: the next start closes what is overdue, and keeps the rest', { skip }, async (t) => {
  const scene = await setIptablesScene(t, '1h');
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, ...KNOCKS);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  await daemon.stop('SIGKILL');
  assert.equal(await isOpen(scene), true, 'iptables knows no time');
  const second = await startDaemon(scene);
  await second.waitFor(`${CLIENT4}: ssh: still open until`);
  assert.equal(await isOpen(scene), true);
  await second.stop('SIGKILL');
  writeConf(scene, '[web]\nSequence = 1,2,3\nOpen = tcp/80\n', 'Firewall = iptables\n');
  await startDaemon(scene);
  await until(async () => !(await isOpen(scene)), { what: 'the port to be shut' });
});

test('a server whose chain lets everybody in is told so at the start', { skip }, async (t) => {
  const scene = await setIptablesScene(t, '1h');
  scene.server.iptables('-F', 'INPUT');
  scene.server.iptables('-P', 'INPUT', 'ACCEPT');
  const daemon = await startDaemon(scene);
  await daemon.waitFor(
    "iptables lets everybody use tcp/22 of door 'ssh': the policy of chain 'INPUT' is ACCEPT",
  );
});
