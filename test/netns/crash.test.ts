/** What is open is closed again: after SIGKILL, and at a clean stop. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import {
  CLIENT4,
  type DoorScene,
  knock,
  OTHER4,
  recorded,
  recordingDoor,
  SERVER4,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();

function withDoor(scene: DoorScene, openForSeconds: number, options = ''): void {
  writeConf(
    scene,
    recordingDoor(scene, 'ssh', `Sequence = 7001,8002,9003\nCmd_Timeout = ${openForSeconds}`),
    options,
  );
}

async function openAndKill(scene: DoorScene): Promise<number> {
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  const openedMs = Date.now();
  await daemon.stop('SIGKILL');
  return openedMs;
}

test('after kill -9 the next start closes on time, once', { skip }, async (t) => {
  const scene = setDoorScene(t);
  withDoor(scene, 4);
  const openedMs = await openAndKill(scene);
  const next = await startDaemon(scene);
  await next.waitFor(`${CLIENT4}: ssh: still open until`);
  assert.deepEqual(recorded(scene), [`open ssh ${CLIENT4}`]);
  await untilRecorded(scene, `close ssh ${CLIENT4}`);
  // The start command was seen by polling, some moments after it ended.
  assert.ok(Date.now() - openedMs > 3000, 'not before its time');
  await next.waitFor(`${CLIENT4}: ssh: command timeout`);
  await next.stop();
  assert.deepEqual(recorded(scene), [`open ssh ${CLIENT4}`, `close ssh ${CLIENT4}`]);
});

test('what is overdue is closed at once by the next start, once', { skip }, async (t) => {
  const scene = setDoorScene(t);
  withDoor(scene, 1);
  const openedMs = await openAndKill(scene);
  await until(() => Date.now() > openedMs + 1100, { what: 'its time to pass' });
  assert.deepEqual(recorded(scene), [`open ssh ${CLIENT4}`]);
  const next = await startDaemon(scene);
  await next.waitFor(`${CLIENT4}: ssh: closing, overdue since the last run`);
  await untilRecorded(scene, `close ssh ${CLIENT4}`);
  await next.stop();
  const third = await startDaemon(scene);
  await third.stop();
  assert.deepEqual(recorded(scene), [`open ssh ${CLIENT4}`, `close ssh ${CLIENT4}`]);
});

test('SIGTERM closes every open door, then the daemon ends with 0', { skip }, async (t) => {
  const scene = setDoorScene(t);
  withDoor(scene, 600);
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await knock(scene.other, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  await untilRecorded(scene, `open ssh ${OTHER4}`);
  const { status } = await daemon.stop('SIGTERM');
  assert.equal(status, 0);
  assert.deepEqual(recorded(scene).slice(2).sort(), [`close ssh ${CLIENT4}`, `close ssh ${OTHER4}`]);
  assert.match(daemon.output, /shutting down/);
});

test('with On_Stop = keep a clean stop leaves the door to the next start', { skip }, async (t) => {
  const scene = setDoorScene(t);
  withDoor(scene, 600, 'On_Stop = keep');
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  await daemon.stop('SIGTERM');
  assert.deepEqual(recorded(scene), [`open ssh ${CLIENT4}`]);
  withDoor(scene, 600);
  const next = await startDaemon(scene);
  await next.waitFor(`${CLIENT4}: ssh: still open until`);
  await next.stop('SIGTERM');
  assert.deepEqual(recorded(scene), [`open ssh ${CLIENT4}`, `close ssh ${CLIENT4}`]);
});

test('SIGUSR2 ends the daemon with 0 and leaves the door to the next start', { skip }, async (t) => {
  const scene = setDoorScene(t);
  withDoor(scene, 600);
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  assert.equal((await daemon.stop('SIGUSR2')).status, 0);
  const next = await startDaemon(scene);
  await next.waitFor(`${CLIENT4}: ssh: still open until`);
  await next.stop('SIGTERM');
  assert.deepEqual(recorded(scene), [`open ssh ${CLIENT4}`, `close ssh ${CLIENT4}`]);
});

test('a second knock while the door is open runs no second start command', { skip }, async (t) => {
  const scene = setDoorScene(t);
  withDoor(scene, 600);
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await daemon.waitFor(`${CLIENT4}: ssh: open already, its time begins anew`);
  await daemon.stop('SIGTERM');
  assert.deepEqual(recorded(scene), [`open ssh ${CLIENT4}`, `close ssh ${CLIENT4}`]);
});
