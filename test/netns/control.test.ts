/** The control socket and the commands of `postern` that use it, against the real daemon. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Outcome } from '../../lab/host.ts';
import { KNOCKD, POSTERN } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import type { StatusAnswer } from '../../src/control/status.ts';
import {
  CLIENT4,
  confPath,
  type DoorScene,
  knock,
  recordingDoor,
  SERVER4,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();

/** Of the lab alone, as all of /run. */
const SOCKET = '/run/postern/control.sock';

function postern(scene: DoorScene, ...args: readonly string[]): Promise<Outcome> {
  return scene.server.attempt(POSTERN, [...args]);
}

async function statusOf(scene: DoorScene, ...args: readonly string[]): Promise<StatusAnswer> {
  const { status, stdout, stderr } = await postern(scene, 'status', '--json', '--socket', SOCKET, ...args);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as StatusAnswer;
}

test('status says what the daemon does, and keeps its secrets', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(
    scene,
    recordingDoor(scene, 'ssh', 'Sequence = 7001,8002:udp\nCmd_Timeout = 600') +
      recordingDoor(scene, 'web', 'Sequence = 6001,6002,6003') +
      recordingDoor(scene, 'spare', 'One_Time_Sequences = /nonexistent/sequences'),
  );
  await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002:udp', '6001', '6002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  const status = await until(
    async () => {
      const now = await statusOf(scene);
      return now.counters.opened === 1 && now.attempts.shown[0]?.stage === 2 ? now : undefined;
    },
    { what: 'the open door and the attempt in the status' },
  );
  assert.deepEqual(status.interfaces, [{ name: 'eth0', state: 'listening' }]);
  assert.deepEqual(
    status.doors.shown.map(({ name, state, does, opensForMs, matches }) => ({
      name,
      state,
      does,
      opensForMs,
      matches,
    })),
    [
      { name: 'ssh', state: 'on', does: 'commands', opensForMs: 600_000, matches: 1 },
      { name: 'web', state: 'on', does: 'commands', opensForMs: 10_000, matches: 0 },
      { name: 'spare', state: 'off', does: 'commands', opensForMs: 10_000, matches: 0 },
    ],
  );
  assert.match(status.doors.shown[2]?.why ?? '', /\/nonexistent\/sequences/);
  assert.deepEqual(
    status.grants.shown.map(({ door, source, phase }) => ({ door, source, phase })),
    [{ door: 'ssh', source: CLIENT4, phase: 'open' }],
  );
  const [attempt] = status.attempts.shown;
  assert.deepEqual([attempt?.source, attempt?.doors], [CLIENT4, ['web']]);
  assert.ok(status.counters.packetsReceived >= 4);
  assert.equal(status.journal.healthy, true);
  assert.ok(!JSON.stringify(status).includes('7001'), 'no sequence');
  const secret = await statusOf(scene, '--show-secrets');
  assert.equal(secret.doors.shown[0]?.sequence, '7001:tcp,8002:udp');
});

test('status for people: local times, no colour in a pipe, no sequence', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  await startDaemon(scene);
  const { status, stdout } = await postern(scene, 'status');
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^knockd \d+\.\d+\.\d+\S*, process \d+, up .* since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\n/,
  );
  assert.match(stdout, /^listening on eth0\njournal \/\S+: well\n/m);
  assert.match(stdout, /^doors: 1\n {2}ssh {2}on {2}runs commands for 10 s; 0 matches\n/m);
  assert.ok(!stdout.includes('7001') && !stdout.includes('\u001b'));
});

test('where no daemon runs, that is said, with what to do', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const { status, stdout, stderr } = await postern(
    scene,
    'status',
    '--socket',
    join(scene.folder, 'none.sock'),
  );
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(
    stderr,
    /^error: failed to reach the daemon at '.*none\.sock': no daemon answers there\nhint: is knockd running\?/,
  );
});

test('an ordinary user is told to be root', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  await startDaemon(scene);
  const { status, stderr } = await scene.server.attempt('setpriv', [
    ...['--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', '--bounding-set=-all'],
    ...[POSTERN, 'status', '--socket', SOCKET],
  ]);
  assert.equal(status, 1);
  assert.match(stderr, /permission denied\nhint: run it as root\n/);
});

test('the socket of a daemon that was killed is taken over, that of one that runs is not', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const killed = await startDaemon(scene);
  await killed.stop('SIGKILL');
  assert.ok(existsSync(SOCKET), 'the file is left behind');
  const first = await startDaemon(scene);
  await statusOf(scene);
  const elsewhere = readFileSync(confPath(scene), 'utf8').replace('/state', '/other-state');
  writeFileSync(confPath(scene), elsewhere);
  const second = await scene.server.attempt(KNOCKD, ['-c', confPath(scene), '-i', 'eth0']);
  assert.equal(second.status, 1);
  assert.match(second.stderr, /another daemon answers there\nhint: name another with 'Control_Socket/);
  assert.equal((await statusOf(scene)).pid, first.pid);
  await first.stop();
  assert.equal(existsSync(SOCKET), false, 'a clean stop takes the file away');
});

test('without a place for its socket the daemon says so, and opens doors all the same', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  const daemon = scene.server.spawn('unshare', [
    ...['-m', 'sh', '-c', 'mount -t tmpfs -o ro tmpfs /run && exec "$@"', 'sh'],
    ...[KNOCKD, '-v', '-i', 'eth0', '-c', confPath(scene)],
  ]);
  await daemon.waitFor(/no control socket: .*\/run\/postern/);
  await daemon.waitFor('starting up, listening on eth0');
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
});

test('open opens as a knock does, close closes, and metrics count it', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002\nCmd_Timeout = 600'));
  await startDaemon(scene);
  const opened = await postern(scene, 'open', 'ssh', '192.0.2.7');
  assert.deepEqual([opened.status, opened.stderr], [0, '']);
  assert.match(opened.stdout, /^ssh is open for 192\.0\.2\.7, (10 min|9 min \d+ s) left\n$/);
  await untilRecorded(scene, 'open ssh 192.0.2.7');
  const again = await postern(scene, 'open', 'ssh', '192.0.2.7', '--json');
  assert.equal(JSON.parse(again.stdout).decision.kind, 'refreshed');
  assert.equal(
    (await postern(scene, 'close', 'ssh', '192.0.2.8')).stdout,
    'ssh was not open for 192.0.2.8\n',
  );
  const closed = await postern(scene, 'close', 'ssh');
  assert.deepEqual([closed.status, closed.stdout], [0, 'ssh is being closed for 1 address\n']);
  await untilRecorded(scene, 'close ssh 192.0.2.7');
  const { stdout } = await postern(scene, 'metrics');
  assert.match(
    stdout,
    /^# HELP postern_opened_total .+\n# TYPE postern_opened_total counter\npostern_opened_total 1$/m,
  );
  assert.match(stdout, /^postern_matches_total\{door="ssh"\} 0$/m);
  assert.match(stdout, /^postern_interface_up\{interface="eth0"\} 1$/m);
  for (const line of stdout.trimEnd().split('\n')) {
    assert.match(line, /^(# (HELP|TYPE) postern_\w+ .+|postern_\w+(\{\w+="[^"]*"\})? \d+(\.\d+)?)$/);
  }
});

test('what cannot be is refused with a reason: an unknown door, no address, a start command that fails', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(
    scene,
    `${recordingDoor(scene, 'ssh', 'Sequence = 7001,8002')}[bad]\nSequence = 6001,6002\nCommand = exit 3\n`,
  );
  await startDaemon(scene);
  const unknown = await postern(scene, 'open', 'shh', '192.0.2.7');
  assert.equal(unknown.status, 1);
  assert.equal(unknown.stderr, "error: there is no door 'shh'\nhint: there are: 'ssh', 'bad'\n");
  const wrong = await postern(scene, 'open', 'ssh', '192.0.2');
  assert.deepEqual(
    [wrong.status, wrong.stderr],
    [2, "error: '192.0.2' is no IP address\nhint: 'postern open --help' says more\n"],
  );
  const failed = await postern(scene, 'open', 'bad', '192.0.2.7');
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /^error: .*bad.*failed.*\nhint: /);
});

test('reload gives the diagnostics of a file with errors and changes nothing; a good one is in force at once', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002'));
  await startDaemon(scene);
  writeConf(scene, '[web]\nSequence = 7001,99999\nTimeout = soon\n');
  const bad = await postern(scene, 'reload');
  assert.equal(bad.status, 1);
  assert.match(
    bad.stderr,
    /knockd\.conf:5:\d+: error: .*'99999'.*\nhint: .*\n.*knockd\.conf:6:\d+: error: [\s\S]*2 errors; the configuration stays as it was\n$/,
  );
  const status = await statusOf(scene);
  assert.deepEqual([status.doors.shown[0]?.name, status.config.failedReload?.errors], ['ssh', 2]);
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  writeConf(scene, recordingDoor(scene, 'web', 'Sequence = 6001,6002'));
  const good = await postern(scene, 'reload');
  assert.deepEqual(
    [good.status, good.stdout, good.stderr],
    [0, `${confPath(scene)}: in force, 1 door\n`, ''],
  );
  assert.equal((await statusOf(scene)).config.failedReload, null);
  await knock(scene.client, SERVER4, '6001', '6002');
  await untilRecorded(scene, `open web ${CLIENT4}`);
});

test('watch tells attempts and decisions as they happen, for people and as JSON, and ends at an interrupt', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, '[ssh]\nSequence = 7001,8002\nCommand = true open %IP%\n');
  const daemon = await startDaemon(scene);
  const people = scene.server.spawn(POSTERN, ['watch']);
  const programs = scene.server.spawn(POSTERN, ['watch', '--json']);
  const both = [people, programs];
  await until(
    async () => {
      await knock(scene.client, SERVER4, '7001', '8002');
      return both.every(({ output }) => output.includes('running'));
    },
    { what: () => `a line of the command in: ${both.map(({ output }) => output).join('\n--\n')}` },
  );
  assert.match(people.stdout, new RegExp(`^\\d\\d:\\d\\d:\\d\\d ${CLIENT4}: ssh: stage 1$`, 'm'));
  assert.match(
    people.stdout,
    new RegExp(`^\\d\\d:\\d\\d:\\d\\d ssh: running command: true open ${CLIENT4}$`, 'm'),
  );
  const events = programs.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(events.every(({ kind, at }) => kind === 'event' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at)));
  assert.ok(
    events.some(({ event, decision }) => event === 'decision' && decision.kind === 'command-started'),
  );
  const ended = await people.stop('SIGINT');
  assert.equal(ended.status, 0);
  await daemon.stop();
  assert.equal((await programs.ended).status, 1);
  assert.match(programs.stderr, /^error: the daemon has ended the connection\n/);
});

test('explain says what is missing, then that the door is open', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002,9003'));
  await startDaemon(scene);
  const explained = async (...args: readonly string[]) => {
    const { status, stdout, stderr } = await postern(scene, 'explain', CLIENT4, ...args);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  assert.match(await explained(), new RegExp(`^${CLIENT4}: no knock from .* was seen.*\\nnext: .*tcpdump`));
  await knock(scene.client, SERVER4, '7001', '9003', '8002', '8002');
  const wrong = await until(
    async () => {
      const text = await explained();
      return text.includes('step 2 of 3') ? text : undefined;
    },
    { what: 'the second step' },
  );
  assert.match(wrong, /^what was seen:\n {2}\d\d:\d\d:\d\d {2}ssh: step 1 of 3\n/m);
  assert.ok(!/7001|8002|9003/.test(wrong), wrong);
  assert.match(await explained('--show-secrets'), /ssh: step 1 of 3 \(tcp 7001\)/);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  const { verdict } = JSON.parse(await explained('--json'));
  assert.deepEqual([verdict.cause, verdict.door], ['open', 'ssh']);
  const wide = await postern(scene, 'explain', '10.9.0.0/24');
  assert.match(wide.stdout, new RegExp(`${CLIENT4} +ssh: step 1 of 3`));
});

test('the socket of the configuration is found by -c; another one waits for the next start', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const own = join(scene.folder, 'own', 'control.sock');
  const door = recordingDoor(scene, 'ssh', 'Sequence = 7001,8002');
  writeConf(scene, door, `Control_Socket = ${own}`);
  rmSync(SOCKET, { force: true }); // of a daemon that was killed with its lab
  await startDaemon(scene);
  assert.equal(existsSync(SOCKET), false);
  const found = await postern(scene, 'status', '-c', confPath(scene));
  assert.equal(found.status, 0, found.stderr);
  writeConf(scene, door, `Control_Socket = ${scene.folder}/new.sock`);
  const reloaded = await postern(scene, 'reload', '-s', own);
  assert.equal(reloaded.status, 0, reloaded.stderr);
  assert.match(
    reloaded.stderr,
    /^warning: '.*own\/control\.sock' stays in use until the next start, not '.*new\.sock'\n$/,
  );
  assert.equal((await postern(scene, 'status', '-s', own)).status, 0);
});

test('in a flood a watcher gets some events and the number of the others, and knocks still open', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(
    scene,
    `[ssh]\nSequence = 7001,8002\nCommand = echo open %IP% >> ${scene.record}\n[told]\nSequence = 6001:udp\n`,
  );
  await startDaemon(scene);
  const watch = scene.server.spawn(POSTERN, ['watch', '--json']);
  const flood = FLOOD.replace('HOST', SERVER4);
  await until(
    async () => {
      await scene.other.exec(process.execPath, ['-e', flood]);
      return watch.stdout.includes('"skipped"');
    },
    { what: () => `events left out in: ${watch.output.slice(0, 2000)}` },
  );
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ${CLIENT4}`);
});

test('doors by one packet and by the time are one door each in the status, and on', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(
    scene,
    recordingDoor(scene, 'packet', 'Spa_Key = plain:secret-key\nSpa_Hmac_Key = plain:other-key') +
      recordingDoor(scene, 'time', 'Totp_Secret = JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'),
  );
  await startDaemon(scene);
  await scene.client.exec(process.execPath, [
    '-e',
    FLOOD.replace('HOST', SERVER4).replaceAll('6001', '62201'),
  ]);
  const status = await until(
    async () => {
      const now = await statusOf(scene, '--show-secrets');
      return Object.keys(now.counters.spaRefused).length > 0 ? now : undefined;
    },
    { what: 'refused packets' },
  );
  assert.equal(status.doors.count, 2);
  const [packet, time] = status.doors.shown;
  assert.deepEqual([packet?.state, packet?.opensBy, packet?.sequence], ['on', 'spa', '']);
  assert.deepEqual([time?.state, time?.opensBy], ['on', 'totp']);
  assert.match(time?.sequence ?? '', /^(\d+:tcp,){3}\d+:tcp( or (\d+:tcp,){3}\d+:tcp)*$/);
  assert.ok(!JSON.stringify(status).includes('secret-key'));
});

/** 3000 knocks at a door of one step, as fast as one process sends them. */
const FLOOD = `const s = require('dgram').createSocket('udp4'); let n = 3000;
  for (let i = 0; i < 3000; i++) s.send('', 6001, 'HOST', () => { if (--n === 0) s.close(); });`;
