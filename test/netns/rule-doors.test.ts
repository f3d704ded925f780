/** Doors with ports on real firewalld and ufw, with the daemon: a knock opens, and what is over is closed. */

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
  spawnDaemon,
  writeConf,
} from './door-scene.ts';
import { missingForFirewalld, RealFirewalld } from './firewalld-scene.ts';
import { answers, startEchoServer } from './line.ts';
import { hideFilesOfUfw, missingUfw } from './ufw-scene.ts';

const problem = await enterLab();

const KNOCKS = ['7001', '8002', '9003'];
const READY = 'starting up, listening on';

/** @param env of the daemon */
async function playDoor(
  scene: DoorScene,
  firewall: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const options = `Firewall = ${firewall}\n`;
  writeConf(scene, `[ssh]\nSequence = ${KNOCKS}\nTCPFlags = syn\nOpen = tcp/2222\nOpen_For = 1h\n`, options);
  await startEchoServer(scene.server, 2222);
  const isOpen = () => answers(scene.client, SERVER4, 2222);
  const daemon = spawnDaemon(scene, ['-i', 'eth0'], { env });
  await daemon.waitFor(READY);
  assert.equal(await isOpen(), false, 'before the knock');
  await knock(scene.client, SERVER4, ...KNOCKS);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  await until(isOpen, { what: 'the port to open' });
  assert.equal(await answers(scene.other, SERVER4, 2222), false, 'another source');
  await daemon.stop('SIGKILL');
  const second = spawnDaemon(scene, ['-i', 'eth0'], { env });
  await second.waitFor(`${CLIENT4}: ssh: still open until`);
  await second.waitFor(READY);
  await until(isOpen, { what: 'the port to be open still' });
  assert.equal((await second.stop('SIGTERM')).status, 0);
  assert.equal(await isOpen(), false, 'after a clean stop');
}

test('firewalld', { skip: problem ?? missingForFirewalld() }, async (t) => {
  const scene = setDoorScene(t);
  const real = await RealFirewalld.start(scene.server, scene.folder);
  t.after(() => real.stop());
  await playDoor(scene, 'firewalld', real.env);
});

test('ufw', { skip: problem ?? missingUfw() }, async (t) => {
  const scene = setDoorScene(t);
  hideFilesOfUfw(scene.folder);
  await scene.server.exec('ufw', ['default', 'reject', 'incoming']);
  await scene.server.exec('ufw', ['--force', 'enable']);
  await playDoor(scene, 'ufw', {});
});
