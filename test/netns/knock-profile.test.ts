/** What `knock` does behind the knocks of a profile: waits, runs, joins, closes; and what it says when it cannot. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { KNOCK } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import {
  CLIENT4,
  type DoorScene,
  SERVER4,
  SERVER6,
  setDoorScene,
  startDaemon,
  writeConf,
} from './door-scene.ts';
import { hostsFile } from './name-stage.ts';

const skip = await enterLab();

const NAME = 'server.example';
const KEYS = 'Sequence = 7301, 48122:udp, 15904\nDelay = 20\nWait_Port = 2200\n';
const DOORS = `[ssh]
Sequence = 7301,48122:udp,15904
Open = tcp/2200
Open_For = 10m
[shut]
Sequence = 15904,7301,48122:udp
Close = ssh
`;

/** Takes everything, and when that has ended says its digest and sends as many bytes of its own. */
const SERVICE = `
  const hash = require('node:crypto').createHash;
  require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
    console.log('connection');
    const digest = hash('sha256');
    let size = 0;
    socket.on('error', () => {});
    socket.on('data', (data) => { size += data.length; digest.update(data); });
    socket.on('end', () => { socket.write(digest.digest('hex')); socket.end(Buffer.alloc(size, 'y')); });
  }).listen({ port: 2200, host: '::' }, () => console.log('up'));`;

interface Stage extends DoorScene {
  readonly daemon: Running;
  readonly service: Running;
}

async function setStage(t: Parameters<typeof setDoorScene>[0], profile: string): Promise<Stage> {
  const scene = setDoorScene(t);
  writeConf(scene, DOORS);
  const daemon = await startDaemon(scene);
  const service = scene.server.spawn(process.execPath, ['-e', SERVICE]);
  await service.waitFor('up');
  const file = join(scene.folder, 'postern', 'profiles.conf');
  mkdirSync(dirname(file));
  writeFileSync(file, `[home]\n${KEYS}${profile}\n`, { mode: 0o600 });
  return { ...scene, daemon, service };
}

function knock({ client, folder }: DoorScene, args: readonly string[], input = '') {
  return client.attempt(process.execPath, [KNOCK, ...args], { env: { XDG_CONFIG_HOME: folder }, input });
}

test('a port that does not open in time is status 4, with what was tried and where to ask; the command does not run', {
  skip,
}, async (t) => {
  const stage = await setStage(t, `Host = ${SERVER4}`);
  for (const last of [
    ['-w', '2201', 'home', '--', 'echo', 'run'],
    ['--proxy', 'home', SERVER4, '2201'],
  ]) {
    const late = await knock(stage, ['-t', '600ms', ...last]);
    assert.deepEqual([late.status, late.stdout], [4, '']);
    assert.match(
      late.stderr,
      /^error: tcp port 2201 of '10\.9\.0\.1' did not open: \d+ attempts in [\d.]+ s, it was refused\n/,
    );
    assert.ok(late.stderr.includes(`'postern explain ${CLIENT4}' on the server`));
  }
});

test('the waiting is shown to a terminal, and is gone before the error', { skip }, async (t) => {
  const stage = await setStage(t, `Host = ${SERVER4}`);
  const line = `'${process.execPath}' '${KNOCK}' -t 1s -w 2201 home`;
  const options = { env: { XDG_CONFIG_HOME: stage.folder } };
  const shown = await stage.client.attempt('script', ['-qec', line, '/dev/null'], options);
  assert.equal(shown.status, 4);
  const clear = '\r\u001b[K';
  assert.ok(shown.stdout.includes(`${clear}waiting for tcp port 2201 of ${SERVER4}, `), shown.stdout);
  assert.ok(shown.stdout.includes(`${clear}error: tcp port 2201`), shown.stdout);
});

test('the command has the streams of knock, and knock its status; nothing else is written', {
  skip,
}, async (t) => {
  const stage = await setStage(t, `Host = ${SERVER4}`);
  const shown = await knock(
    stage,
    ['home', '--', 'sh', '-c', 'cat; grep flags /proc/self/fdinfo/1; exit 9'],
    'in',
  );
  assert.deepEqual([shown.status, shown.stderr], [9, '']);
  // 04000 would be O_NONBLOCK, with which a command loses output.
  assert.match(shown.stdout, /^inflags:\s0[0-3]\n$/);
  const killed = await knock(stage, ['home', '--', 'sh', '-c', 'kill -TERM $$']);
  assert.equal(killed.status, 143);
  assert.equal((await knock(stage, ['home', '--', 'no-such-program'])).status, 127);
  assert.equal((await knock(stage, ['-w', '2200', 'home'])).status, 0);
});

test('Ctrl-C ends the waiting with status 130', { skip }, async (t) => {
  const stage = await setStage(t, `Host = ${SERVER4}`);
  const options = { env: { XDG_CONFIG_HOME: stage.folder } };
  const waiting = stage.client.spawn(
    process.execPath,
    [KNOCK, '-v', '-w', '2201', 'home', '--', 'true'],
    options,
  );
  await waiting.waitFor(':15904');
  waiting.kill('SIGINT');
  assert.equal((await waiting.ended).status, 130);
});

test('--proxy carries megabytes both ways unchanged, over the one connection that was answered', {
  skip,
}, async (t) => {
  const stage = await setStage(t, `Host = ${SERVER4}`);
  const input = 'z'.repeat(6 * 1024 * 1024);
  const through = await knock(stage, ['--proxy', 'home', 'home', '2200'], input);
  assert.deepEqual([through.status, through.stderr], [0, '']);
  const digest = createHash('sha256').update(input).digest('hex');
  assert.equal(through.stdout, digest + 'y'.repeat(input.length));
  assert.equal(stage.service.stdout, 'up\nconnection\n');
});

test('the closing sequence is sent alone, and behind a command that fails', { skip }, async (t) => {
  const closing = 'Close_Sequence = 15904, 7301, 48122:udp';
  const stage = await setStage(t, `Host = ${SERVER4}\n${closing}`);
  assert.equal((await knock(stage, ['--close-after', 'home', '--', 'false'])).status, 1);
  await stage.daemon.waitFor(`${CLIENT4}: shut: OPEN SESAME`);
  const sent = await knock(stage, ['--close', '-v', 'home']);
  const lines = ['tcp 10.9.0.1:15904', 'tcp 10.9.0.1:7301', 'udp 10.9.0.1:48122'];
  assert.equal(sent.stdout, lines.map((line) => `hitting ${line}\n`).join(''));
});

test('a host that has no address is status 2', { skip }, async (t) => {
  const stage = await setStage(t, 'Host = nobody.invalid');
  hostsFile(t, stage, '');
  const lost = await knock(stage, ['home', '--', 'echo', 'run']);
  assert.deepEqual([lost.status, lost.stdout], [2, '']);
  assert.match(lost.stderr, /^error: failed to resolve 'nobody\.invalid': .*\nhint: /);
});

for (const lost of [4, 6] as const) {
  test(`where nothing gets through over IPv${lost}, the door is reached over the other family`, {
    skip,
  }, async (t) => {
    const stage = await setStage(t, `Host = ${NAME}`);
    if (!stage.lab.hasIpv6) return t.skip('no IPv6 here');
    const dropped = `-A INPUT -s ${lost === 4 ? CLIENT4 : 'fd00:9::2'} -j DROP`.split(' ');
    stage.server[lost === 4 ? 'iptables' : 'ip6tables']('-t', 'filter', ...dropped);
    hostsFile(t, stage, [SERVER6, SERVER4].map((address) => `${address} ${NAME}\n`).join(''));
    const through = await knock(stage, ['-v', 'home', '--', 'echo', 'run']);
    assert.equal(through.stdout, 'run\n', through.stderr);
    assert.match(through.stderr, new RegExp(`answered|${lost}`));
    const forced = await knock(stage, [`-${lost}`, '-t', '500ms', 'home', '--', 'echo', 'run']);
    assert.deepEqual([forced.status, forced.stdout], [4, '']);
  });
}
