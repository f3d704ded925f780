/** The daemon as a service: what it tells the manager that started it, and how its log looks to the journal. */

import assert from 'node:assert/strict';
import { openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { KNOCKD } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import { NotifySocket } from '../support/notify-socket.ts';
import {
  CLIENT4,
  confPath,
  knock,
  recordingDoor,
  SERVER4,
  setDoorScene,
  spawnDaemon,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();

test('it tells its manager that it is up, alive, reading its configuration, and stopping', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const path = join(scene.folder, 'notify');
  const notify = new NotifySocket(path);
  t.after(() => notify.close());
  const told = (what: string | RegExp, times = 1) =>
    until(() => notify.read().filter((each) => each.match(what)).length >= times, {
      what: () => `${what} ${times} times in: ${notify.read().join('|')}`,
    });
  writeConf(
    scene,
    `[ssh]\nSequence = 7001,8002\nCommand = env > ${scene.record}; echo over >> ${scene.record}\n`,
  );
  const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '200000' };
  const daemon = spawnDaemon(scene, ['-i', 'eth0'], { env });
  await told('READY=1\nSTATUS=listening on eth0; doors: 1 on; open: 0\n');
  await daemon.waitFor('starting up, listening on eth0');
  await told('WATCHDOG=1', 3);
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, 'over');
  assert.doesNotMatch(readFileSync(scene.record, 'utf8'), /NOTIFY_SOCKET|WATCHDOG/);
  const usec = () => process.hrtime.bigint() / 1000n;
  const before = usec();
  daemon.kill('SIGHUP');
  await told(/^RELOADING=1\nMONOTONIC_USEC=\d+\n$/);
  await told('READY=1', 2);
  const [, at = ''] = /MONOTONIC_USEC=(\d+)/.exec(notify.read().join('')) ?? [];
  assert.ok(BigInt(at) >= before && BigInt(at) <= usec(), 'the time is that of the monotonic clock');
  await told('WATCHDOG=1', 5);
  await daemon.stop();
  await told('STOPPING=1');
  const life = notify.read().flatMap((each) => /^(READY|RELOADING|STOPPING)=1/.exec(each)?.[1] ?? []);
  assert.deepEqual(life, ['READY', 'RELOADING', 'READY', 'STOPPING']);
});

test('an abstract socket serves as well', { skip }, async (t) => {
  const scene = setDoorScene(t);
  // Abstract names belong to the network namespace, here the lab's own.
  const notify = new NotifySocket('@postern-test');
  t.after(() => notify.close());
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  scene.lab.self.spawn(KNOCKD, ['-c', confPath(scene), '-i', 'lo'], {
    env: { NOTIFY_SOCKET: '@postern-test' },
  });
  await until(() => notify.read().some((each) => each.startsWith('READY=1\n')), {
    what: 'the word that it is up',
  });
});

test('a file with errors still ends the reload for the manager', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const path = join(scene.folder, 'notify');
  const notify = new NotifySocket(path);
  t.after(() => notify.close());
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const daemon = spawnDaemon(scene, ['-i', 'eth0'], { env: { NOTIFY_SOCKET: path } });
  await daemon.waitFor('starting up');
  writeConf(scene, '[ssh]\nSequence = x\n');
  daemon.kill('SIGHUP');
  await daemon.waitFor('the configuration stays as it was');
  await until(() => notify.read().filter((each) => each.startsWith('READY=1')).length === 2, {
    what: 'the second word',
  });
});

test('lines for the journal carry their priority, those for others do not', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const out = join(scene.folder, 'out');
  const fd = openSync(out, 'w');
  const { dev, ino } = statSync(out, { bigint: true });
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const args = ['-v', '-c', confPath(scene), '-i', 'eth0'];
  const read = scene.server.spawn(KNOCKD, args, {
    stdio: ['ignore', fd, fd],
    env: { JOURNAL_STREAM: `${dev}:${ino}` },
  });
  const text = () => readFileSync(out, 'utf8');
  await until(() => text().includes('<5>starting up, listening on eth0\n'), { what: text });
  await read.stop();
  const elsewhere = spawnDaemon(scene, ['-i', 'eth0'], { env: { JOURNAL_STREAM: `${dev}:${ino}` } });
  await elsewhere.waitFor(/^starting up/m);
});

test('with --log-format json each line is an object that says what it is about', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const log = join(scene.folder, 'log');
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002\nAllow_From = 10.0.0.0/8'));
  const daemon = await startDaemon(scene, ['-i', 'eth0', '--log-format', 'json', '-g', log]);
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  await daemon.stop();
  const objects = daemon.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(objects.every(({ time, level, message }) => Date.parse(time) > 0 && level && message));
  const about = objects.map(({ door, source, kind, reason }) => [door, source, kind, reason].join(' '));
  assert.ok(about.includes(`ssh ${CLIENT4} stage `), about.join('\n'));
  assert.ok(about.includes(`ssh ${CLIENT4} opened `), about.join('\n'));
  assert.ok(about.includes(`ssh ${CLIENT4} command-started `), about.join('\n'));
  assert.ok(about.includes(`ssh ${CLIENT4} closing daemon-stop`), about.join('\n'));
  const written = readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    written.map(({ message }) => message),
    objects.map(({ message }) => message),
  );
});
