/** SIGHUP: a bad file changes nothing; a good one keeps attempts and open doors. */

import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import {
  CLIENT4,
  confPath,
  knock,
  recorded,
  recordingDoor,
  SERVER4,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();

test('a bad file: the daemon stays, the old doors work, the log names file, line and column', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const door = recordingDoor(scene, 'ssh', 'Sequence = 7001,8002,9003');
  writeConf(scene, door);
  const daemon = await startDaemon(scene);
  writeConf(scene, door.replace('8002', '80020'));
  daemon.kill('SIGHUP');
  await daemon.waitFor('the configuration stays as it was');
  await daemon.waitFor(`re-reading config file: ${confPath(scene)}`);
  assert.ok(daemon.output.includes(`${confPath(scene)}:5:17: error: '80020' is no port`), daemon.output);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
});

test('a file that is being written, and has no door yet, locks nobody out', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const door = recordingDoor(scene, 'ssh', 'Sequence = 7001,8002,9003');
  writeConf(scene, door);
  const daemon = await startDaemon(scene);
  writeFileSync(confPath(scene), '');
  daemon.kill('SIGHUP');
  await daemon.waitFor(`${confPath(scene)}: error: it has no door any more`);
  await daemon.waitFor('the configuration stays as it was');
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
});

test('a good file: an attempt under way and an open door go on, new doors work, old ones are gone', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const ssh = recordingDoor(scene, 'ssh', 'Sequence = 7001,8002,9003\nCmd_Timeout = 600');
  writeConf(scene, ssh + recordingDoor(scene, 'old', 'Sequence = 5001,5002'));
  const daemon = await startDaemon(scene);
  await knock(scene.other, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, 'open ssh 10.9.0.3');
  await knock(scene.client, SERVER4, '7001', '8002');
  await daemon.waitFor(`${CLIENT4}: ssh: Stage 2`);
  writeConf(
    scene,
    recordingDoor(scene, 'new', 'Sequence = 6001,6002') + ssh,
    `LogFile = ${scene.folder}/log`,
  );
  daemon.kill('SIGHUP');
  await daemon.waitFor('re-reading config file');
  await knock(scene.client, SERVER4, '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  await knock(scene.client, SERVER4, '5001', '5002', '6001', '6002');
  await untilRecorded(scene, `open new ${CLIENT4}`);
  assert.ok(!daemon.output.includes('old: Stage'), 'the old door is gone');
  await daemon.stop('SIGTERM');
  assert.equal(recorded(scene).filter((line) => line === 'close ssh 10.9.0.3').length, 1);
});

test('SIGUSR1 opens no debugger and ends nothing', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const daemon = await startDaemon(scene);
  for (const signal of ['SIGUSR1', 'SIGHUP'] as const) daemon.kill(signal);
  await daemon.waitFor('re-reading config file');
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  assert.doesNotMatch(daemon.output, /[Dd]ebugger/);
  assert.equal(await scene.server.exec('ss', ['-Hltn']), '');
});

test('the log file is reopened, so a rotated one is left alone', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const log = join(scene.folder, 'knockd.log');
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'), `LogFile = ${log}`);
  const daemon = await startDaemon(scene);
  const fresh = () => {
    try {
      return readFileSync(log, 'utf8');
    } catch {
      return '';
    }
  };
  await until(() => fresh().includes('starting up'), { what: 'the first log' });
  renameSync(log, `${log}.1`);
  daemon.kill('SIGHUP');
  await daemon.waitFor('re-reading config file');
  await knock(scene.client, SERVER4, '7001');
  await until(() => fresh().includes('Stage 1'), { what: 'the new log' });
  assert.match(fresh(), /^\[\d{4}-\d\d-\d\d \d\d:\d\d\] /m);
  assert.ok(!readFileSync(`${log}.1`, 'utf8').includes('Stage 1'));
});
