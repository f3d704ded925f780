/** Doors with time-based sequences: any client that knows the ports opens them, once for each step of time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import { parseTotpSecret } from '../../src/spa/totp-secret.ts';
import { DEFAULT_SHAPE, TOTP_STEP_MS, totpSequence, totpStep } from '../../src/spa/totp-sequence.ts';
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

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** What a client knocks in that step. */
function sequenceOf(step: number): readonly string[] {
  const secret = parseTotpSecret(SECRET);
  assert.ok(secret.ok);
  return totpSequence(secret.value, step, DEFAULT_SHAPE).map(({ port }) => `${port}`);
}

function withTotpDoor(scene: DoorScene): void {
  writeConf(scene, recordingDoor(scene, 'vault', `Totp_Secret = ${SECRET}\nTCPFlags = syn\nCmd_Timeout = 0`));
}

/** A step that has only begun, so that its neighbours are good for the whole of a test. */
async function safeStep(): Promise<number> {
  const isYoung = () => Date.now() % TOTP_STEP_MS < TOTP_STEP_MS / 2;
  await until(isYoung, { timeoutMs: TOTP_STEP_MS, what: 'a step of time to begin' });
  return totpStep(Date.now());
}

test('the sequence of this step opens the door once, whoever sends it again', { skip }, async (t) => {
  const scene = setDoorScene(t);
  withTotpDoor(scene);
  const daemon = await startDaemon(scene);
  const step = await safeStep();
  await knock(scene.client, SERVER4, ...sequenceOf(step));
  await untilRecorded(scene, `open vault ${CLIENT4}`);
  await untilRecorded(scene, `close vault ${CLIENT4}`);
  await knock(scene.client, SERVER4, ...sequenceOf(step));
  await daemon.waitFor(`${CLIENT4}: vault: refused: its sequence was used before`);
  await knock(scene.other, SERVER4, ...sequenceOf(step));
  await daemon.waitFor(`${OTHER4}: vault: refused: its sequence was used before`);
  assert.deepEqual(recorded(scene), [`open vault ${CLIENT4}`, `close vault ${CLIENT4}`]);
});

test('the steps before and after are good once, too, and others are not', { skip }, async (t) => {
  const scene = setDoorScene(t);
  withTotpDoor(scene);
  const daemon = await startDaemon(scene);
  const step = await safeStep();
  await knock(scene.client, SERVER4, ...sequenceOf(step + 5));
  for (const [index, good] of [step - 1, step, step + 1].entries()) {
    // A step of time may end in the middle of the test: the oldest sequence goes first.
    await knock(scene.client, SERVER4, ...sequenceOf(good));
    await untilRecorded(scene, `close vault ${CLIENT4}`, index + 1);
  }
  await knock(scene.client, SERVER4, ...sequenceOf(step + 1));
  await daemon.waitFor('its sequence was used before');
  assert.equal(recorded(scene).filter((line) => line.startsWith('open')).length, 3);
});

test('kill -9 does not make a used sequence good again', { skip }, async (t) => {
  const scene = setDoorScene(t);
  withTotpDoor(scene);
  const daemon = await startDaemon(scene);
  const step = await safeStep();
  await knock(scene.client, SERVER4, ...sequenceOf(step));
  await untilRecorded(scene, `close vault ${CLIENT4}`);
  await daemon.stop('SIGKILL');
  const next = await startDaemon(scene);
  await knock(scene.client, SERVER4, ...sequenceOf(step));
  await next.waitFor('its sequence was used before');
  assert.equal(recorded(scene).filter((line) => line.startsWith('open')).length, 1);
});
