/** What goes wrong around the daemon gets a clear word, and loses nothing. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { KNOCK, KNOCKD, POSTERN } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import {
  CLIENT4,
  CLIENT6,
  confPath,
  knock,
  recorded,
  recordingDoor,
  SERVER4,
  SERVER6,
  setDoorScene,
  spawnDaemon,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();

test('without CAP_NET_RAW it says which capability is needed and ends with 1', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const { status, stderr } = await scene.server.attempt('setpriv', [
    ...['--bounding-set=-net_raw', '--inh-caps=-net_raw'],
    ...[KNOCKD, '-c', confPath(scene), '-i', 'eth0'],
  ]);
  assert.equal(status, 1);
  assert.match(stderr, /^error: .*\nhint: .*CAP_NET_RAW/);
});

test('what is missing besides the capability is said after it', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeFileSync(confPath(scene), '[options]\nStateDir = /proc/nowhere\n[ssh]\nSequence = 7001,8002\n');
  const args = ['-c', confPath(scene), '-i', 'eth0'];
  const without = await scene.server.attempt('setpriv', [
    ...['--bounding-set=-net_raw', '--inh-caps=-net_raw', KNOCKD, ...args],
  ]);
  assert.match(without.stderr, /^error: .*\nhint: .*CAP_NET_RAW/);
  const { status, stderr } = await scene.server.attempt(KNOCKD, args);
  assert.equal(status, 1);
  assert.match(stderr, /^error: .*'\/proc\/nowhere'.*\nhint: run as root, or .*StateDir/);
});

test('without libpcap the daemon listens, and a replay names the package', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const find = "ldconfig -p | sed -n 's/.*libpcap.so.0.8 .*=> //p' | head -1";
  const library = scene.server.runSync('sh', ['-c', find]).trim();
  const without = ['-m', 'sh', '-c', `mount --bind /dev/null ${library} && exec "$@"`, 'sh'];
  const daemon = scene.server.spawn('unshare', [
    ...without,
    KNOCKD,
    '-v',
    '-c',
    confPath(scene),
    '-i',
    'eth0',
  ]);
  await daemon.waitFor('listening on eth0');
  const replay = [...without, POSTERN, 'replay', confPath(scene), '-c', confPath(scene)];
  const { status, stderr } = await scene.server.attempt('unshare', replay);
  assert.equal(status, 1);
  assert.match(stderr, /^error: .*libpcap.*\nhint: apt install libpcap0\.8/);
});

test('with a koffi that does not load it says so, and ends with 1', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const koffi = join(dirname(realpathSync(KNOCKD)), '../node_modules/koffi');
  // It does not load, and is found: else Node looks in the folders above.
  const damage = `mount -t tmpfs tmpfs "$1" && echo 'throw new Error("damaged")' > "$1/index.js"`;
  const without = ['-m', 'sh', '-c', `${damage} && shift && exec "$@"`, 'sh', koffi];
  const daemon = [...without, KNOCKD, '-c', confPath(scene), '-i', 'eth0'];
  const { status, stderr } = await scene.server.attempt('unshare', daemon);
  assert.equal(status, 1);
  assert.match(stderr, /^error: failed to load the module 'koffi': damaged\nhint: install Postern .*\n$/);
});

test('an unknown interface is waited for, and listened on when it comes', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const { server } = scene;
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const daemon = await startDaemon(scene, ['-i', 'eth7']);
  await daemon.waitFor(/waiting for (it|.*'?eth7)/);
  server.ip('link', 'set', 'eth0', 'down');
  server.ip('link', 'set', 'eth0', 'name', 'eth7');
  server.ip('link', 'set', 'eth7', 'up');
  await until(
    async () => {
      await knock(scene.client, SERVER4, '7001', '8002');
      return recorded(scene).includes(`open ssh ${CLIENT4}`);
    },
    { what: () => `a knock through eth7; the daemon said ${daemon.output}` },
  );
});

test('an interface that goes down, and one that vanishes, are waited for and resumed', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const { server, client } = scene;
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  server.ip('link', 'add', 'wg0', 'type', 'veth', 'peer', 'name', 'eth9', 'netns', 'client');
  server.ip('link', 'set', 'wg0', 'up');
  const daemon = await startDaemon(scene, ['-i', 'eth0,wg0']);
  server.ip('link', 'set', 'eth0', 'down');
  server.ip('link', 'del', 'wg0');
  await daemon.waitFor(/wg0.*wait/);
  server.ip('link', 'set', 'eth0', 'up');
  await until(
    async () => {
      await client.attempt(KNOCK, [SERVER4, '7001', '8002']);
      return recorded(scene).includes(`open ssh ${CLIENT4}`);
    },
    { what: () => `a knock after the cut; the daemon said ${daemon.output}` },
  );
  assert.ok(daemon.isRunning);
});

test('an address that comes later is followed', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  await startDaemon(scene);
  scene.server.ip('address', 'add', '10.9.0.77/24', 'dev', 'eth0');
  await until(
    async () => {
      await knock(scene.client, '10.9.0.77', '7001', '8002');
      return recorded(scene).includes(`open ssh ${CLIENT4}`);
    },
    { what: 'a knock at the new address' },
  );
});

test('a second daemon on the same pid file is refused, the first is not disturbed', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const pidFile = join(scene.folder, 'knockd.pid');
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const first = await startDaemon(scene, ['-i', 'eth0', '-p', pidFile]);
  assert.equal(readFileSync(pidFile, 'utf8'), `${first.pid}\n`);
  writeFileSync(
    join(scene.folder, 'second.conf'),
    readFileSync(confPath(scene), 'utf8').replace('/state', '/state2'),
  );
  const second = await scene.server.attempt(KNOCKD, [
    ...['-v', '-c', join(scene.folder, 'second.conf'), '-i', 'eth0', '-p', pidFile],
  ]);
  assert.equal(second.status, 1);
  assert.ok(second.stderr.includes(`process id ${first.pid} is running`), second.stderr);
  const third = await scene.server.attempt(KNOCKD, ['-c', confPath(scene), '-i', 'eth0']);
  assert.equal(third.status, 1);
  assert.ok(third.stderr.includes(`process id ${first.pid} is running`), third.stderr);
  assert.match(third.stderr, /hint: stop that one first, or .*StateDir/);
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  await first.stop();
  assert.equal(existsSync(pidFile), false);
});

test('with -d it goes to the background, writes its pid file and log, and ends by SIGTERM', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const pidFile = join(scene.folder, 'knockd.pid');
  const log = join(scene.folder, 'knockd.log');
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const args = ['-d', '-i', 'eth0', '-c', confPath(scene), '-p', pidFile, '-g', log];
  await scene.server.exec(KNOCKD, args);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  t.after(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  });
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  process.kill(pid, 'SIGTERM');
  await until(() => !existsSync(pidFile), { what: 'the pid file to go' });
  assert.match(
    readFileSync(log, 'utf8'),
    /starting up, listening on eth0[\s\S]*OPEN SESAME[\s\S]*shutting down/,
  );
  assert.equal(recorded(scene).at(-1), `close ssh ${CLIENT4}`);
});

test('with -d, paths in the configuration are those of where it was started', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const inFolder = (name: string) => join(scene.folder, name);
  writeFileSync(inFolder('sequences'), '7001,8002\n7003,8004\n');
  writeConf(
    scene,
    recordingDoor(scene, 'ssh', 'One_Time_Sequences = sequences'),
    'LogFile = knockd.log\nPidFile = knockd.pid',
  );
  const start = `cd ${scene.folder} && exec ${KNOCKD} -d -i eth0 -c knockd.conf`;
  await scene.server.exec('sh', ['-c', start]);
  const pid = Number(readFileSync(inFolder('knockd.pid'), 'utf8'));
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  assert.equal(readFileSync(inFolder('sequences'), 'utf8'), '#7001,8002\n7003,8004\n');
  process.kill(pid, 'SIGHUP');
  const log = () => readFileSync(inFolder('knockd.log'), 'utf8');
  await until(() => log().includes('re-reading'), { what: () => `the reload in: ${log()}` });
  await knock(scene.client, SERVER4, '7003', '8004');
  await until(() => log().split('OPEN SESAME').length === 3, { what: () => `two knocks in: ${log()}` });
  process.kill(pid, 'SIGTERM');
  await until(() => !existsSync(inFolder('knockd.pid')), { what: 'the pid file to go' });
});

test('with -d, what goes wrong is said on the terminal that started it', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const args = ['-d', '-i', 'eth0', '-c', confPath(scene), '-p', '/nonexistent/knockd.pid'];
  const { status, stderr } = await scene.server.attempt(KNOCKD, args);
  assert.equal(status, 1);
  assert.match(stderr, /^error: failed to write the pid file '\/nonexistent\/knockd.pid'/);
});

test('with -d, what does not keep it from starting is said there, too', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const pidFile = join(scene.folder, 'knockd.pid');
  writeConf(scene, recordingDoor(scene, 'ssh', 'One_Time_Sequences = /nonexistent/sequences'));
  const args = ['-d', '-i', 'eth7', '-c', confPath(scene), '-p', pidFile, '-g', '/nonexistent/log'];
  const { status, stderr } = await scene.server.attempt(KNOCKD, args);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  process.kill(pid, 'SIGTERM');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^\/nonexistent\/sequences: error: cannot read/m);
  assert.match(stderr, /^ssh: the door is off/m);
  assert.match(stderr, /^waiting for interface 'eth7'/m);
  assert.match(stderr, /^failed to write the log file '\/nonexistent\/log'/m);
  await until(() => !existsSync(pidFile), { what: 'the pid file to go' });
});

test('a command that hangs is killed after its limit, is logged, and the stop command still runs', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(
    scene,
    `[ssh]\nSequence = 7001,8002\nStart_Command = echo begun >> ${scene.record}; sleep 600\nStop_Command = echo close >> ${scene.record}`,
    'Command_Timeout = 1',
  );
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002');
  await daemon.waitFor('ssh: command killed, it ran for more than 1 s');
  await untilRecorded(scene, 'close');
  assert.deepEqual(recorded(scene), ['begun', 'close']);
});

test('a command that fails is logged with its status, and what it printed', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, '[ssh]\nSequence = 7001,8002\nCommand = echo no such chain >&2; exit 3');
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002');
  await daemon.waitFor('ssh: command returned non-zero status code (3)');
  await daemon.waitFor('no such chain');
});

test('one-time sequences open once each, IPv4 and IPv6; the used ones are kept behind a #', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const file = join(scene.folder, 'sequences');
  writeFileSync(file, '# mine\n 7001,8001:udp\n7002,8002\n7003,8003\n');
  writeConf(
    scene,
    recordingDoor(scene, 'ssh', `One_Time_Sequences = ${file}`) +
      recordingDoor(scene, 'web', 'Sequence = 6001,6002'),
  );
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8001:udp');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  assert.equal(readFileSync(file, 'utf8'), '# mine\n# 7001,8001:udp\n7002,8002\n7003,8003\n');
  await knock(scene.other, SERVER4, '7001', '8001:udp', '7002', '8002');
  await untilRecorded(scene, 'open ssh 10.9.0.3');
  const last = scene.lab.hasIpv6 ? SERVER6 : SERVER4;
  await knock(scene.client, last, '7003', '8003');
  if (scene.lab.hasIpv6) await untilRecorded(scene, `open ssh ${CLIENT6}`);
  await daemon.waitFor('ssh: the door is off');
  assert.equal(readFileSync(file, 'utf8'), '# mine\n# 7001,8001:udp\n#7002,8002\n#7003,8003\n');
  await knock(scene.client, SERVER4, '6001', '6002');
  await untilRecorded(scene, `open web ${CLIENT4}`);
});

test('a one-time file that cannot be written: that door is off with an error, the others work', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const folder = join(scene.folder, 'readonly');
  const file = join(folder, 'sequences');
  scene.server.runSync('sh', ['-c', `mkdir ${folder} && echo 7001,8001 > ${file}`]);
  writeConf(
    scene,
    recordingDoor(scene, 'ssh', `One_Time_Sequences = ${file}`) +
      recordingDoor(scene, 'web', 'Sequence = 6001,6002'),
  );
  const args = [
    '-m',
    'sh',
    '-c',
    `mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder} && exec "$@"`,
    'sh',
  ];
  const daemon = scene.server.spawn('unshare', [
    ...args,
    ...[KNOCKD, '-v', '-c', confPath(scene), '-i', 'eth0'],
  ]);
  await daemon.waitFor('starting up');
  await knock(scene.client, SERVER4, '7001', '8001');
  await daemon.waitFor('cannot mark the sequence as used');
  await daemon.waitFor('ssh: the door is off');
  await knock(scene.client, SERVER4, '6001', '6002');
  await untilRecorded(scene, `open web ${CLIENT4}`);
  assert.deepEqual(recorded(scene), [`open web ${CLIENT4}`]);
});

test('wrong options and a bad file end it with 1 and every error', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const wrong = await scene.server.attempt(KNOCKD, ['-x']);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /unknown option '-x'/);
  writeConf(scene, '[ssh]\nSequenze = 1\n[web]\nSequence = 0,70000');
  const bad = spawnDaemon(scene, ['-i', 'eth0']);
  const { status } = await bad.ended;
  assert.equal(status, 1);
  for (const text of [
    ':5:1: error: unknown key',
    "did you mean 'Sequence'",
    ":7:12: error: '0' is no port",
    ":7:14: error: '70000'",
  ])
    assert.ok(bad.stderr.includes(text), `${text} in\n${bad.stderr}`);
});

test('a start that fails ends the process, with doors by one packet and by the time, too', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const socket = join(scene.folder, 'no-socket');
  writeFileSync(socket, '');
  const spa = recordingDoor(scene, 'spa', 'Spa_Key = plain:testtest\nSpa_Hmac_Key = plain:hmackey1');
  const totp = recordingDoor(scene, 'totp', 'Totp_Secret = JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
  for (const doors of [spa, totp]) {
    writeConf(scene, doors, `Control_Socket = ${socket}`);
    const daemon = spawnDaemon(scene, ['-i', 'eth0']);
    await daemon.waitFor('the file there is no socket');
    await until(() => !daemon.isRunning, { what: 'the daemon to end' });
  }
});
