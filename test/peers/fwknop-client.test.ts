/** The client of Debian's fwknop-client at a door of Postern's, and what becomes of copies of its packets. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Host } from '../../lab/host.ts';
import { POSTERN } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import {
  CLIENT4,
  type DoorScene,
  OTHER4,
  recorded,
  SERVER4,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from '../netns/door-scene.ts';

const skip = (await enterLab()) ?? missingFwknop();

const PORT = 62_201;
const KEY = randomBytes(32).toString('base64');
const HMAC_KEY = randomBytes(64).toString('base64');
const KEYS = [`Spa_Key = base64:${KEY}`, `Spa_Hmac_Key = base64:${HMAC_KEY}`];
const RC = [`KEY_BASE64 ${KEY}`, `HMAC_KEY_BASE64 ${HMAC_KEY}`];

/** Sends one datagram from a file. */
const SEND = `
const [, file, address, port] = process.argv;
const socket = require('node:dgram').createSocket('udp4');
socket.send(require('node:fs').readFileSync(file), Number(port), address, () => socket.close());`;

function missingFwknop(): string | undefined {
  const { error } = spawnSync('fwknop', ['--version']);
  return error === undefined ? undefined : "Debian's fwknop is not installed (package fwknop-client)";
}

/** A door whose commands record whom they open for. */
function spaDoor({ record }: DoorScene, name: string, ...lines: readonly string[]): string {
  const commands = [`Start_Command = echo open ${name} %IP% >> ${record}`, 'Stop_Command = true'];
  return [`[${name}]`, ...lines, ...commands, 'Cmd_Timeout = 600', ''].join('\n');
}

/** Runs the real client; what it sends is kept in the file that is given back. */
async function fwknop(
  { folder }: DoorScene,
  from: Host,
  stanza: readonly string[],
  ...args: readonly string[]
): Promise<string> {
  const [rc, packet] = [join(folder, 'fwknoprc'), join(folder, `packet-${randomBytes(4).toString('hex')}`)];
  writeFileSync(rc, ['[default]', '[door]', ...stanza, ''].join('\n'), { mode: 0o600 });
  const common = ['--rc-file', rc, '-n', 'door', '--no-save-args', '-D', SERVER4, '-B', packet];
  await from.exec('fwknop', [...common, '-A', 'tcp/22', ...args], { env: { HOME: folder } });
  return packet;
}

async function resend(from: Host, packet: string): Promise<void> {
  const copy = `${packet}.trimmed`;
  writeFileSync(copy, readFileSync(packet, 'latin1').trim());
  await from.exec(process.execPath, ['-e', SEND, copy, SERVER4, `${PORT}`]);
}

/** The next line about a refusal, however often it came before. */
async function refused(daemon: Running, what: string, times = 1): Promise<void> {
  await daemon.waitFor(new RegExp(`(?:SPA packet refused: [^\\n]*${what}[\\s\\S]*){${times}}`));
}

for (const type of ['sha256', 'sha384', 'sha512']) {
  test(`fwknop opens a door with HMAC ${type}, with -a, and for a time of its own`, { skip }, async (t) => {
    const scene = setDoorScene(t);
    writeConf(scene, spaDoor(scene, 'ssh', ...KEYS, `Spa_Hmac_Type = ${type}`));
    const daemon = await startDaemon(scene);
    await fwknop(scene, scene.client, [...RC, `HMAC_DIGEST_TYPE ${type}`], '-a', CLIENT4);
    await untilRecorded(scene, `open ssh ${CLIENT4}`);
    await daemon.waitFor(/10\.9\.0\.2: ssh: SPA packet of '\w+' accepted/);
    await fwknop(scene, scene.other, [...RC, `HMAC_DIGEST_TYPE ${type}`], '-a', OTHER4);
    await untilRecorded(scene, `open ssh ${OTHER4}`);
  });
}

test('fwknop opens doors with keys in plain text', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, spaDoor(scene, 'ssh', 'Spa_Key = plain:testtest', 'Spa_Hmac_Key = plain:hmackey1'));
  await startDaemon(scene);
  await fwknop(scene, scene.client, ['KEY testtest', 'HMAC_KEY hmackey1'], '-a', CLIENT4);
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
});

test('fwknop asks for a time with -f, and gets it up to Open_For_Max', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const native = ['[ssh]', ...KEYS, 'Open = tcp/22', 'Open_For = 30s', 'Open_For_Max = 1h', ''].join('\n');
  writeConf(scene, native);
  const daemon = await startDaemon(scene);
  await fwknop(scene, scene.client, RC, '-a', CLIENT4, '-f', '7200');
  await refused(daemon, 'asks for 7200 s|7200');
  await fwknop(scene, scene.client, RC, '-a', CLIENT4, '-f', '1800');
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  const listed = scene.server.runSync('nft', ['-j', 'list', 'table', 'inet', 'postern']);
  const expires = [...listed.matchAll(/"expires": (\d+)/g)].map(([, seconds]) => Number(seconds));
  assert.equal(expires.length, 1);
  assert.ok(expires[0]! > 1700 && expires[0]! <= 1800, `${expires[0]}`);
});

test('what a door does not allow is refused, with the reason', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, ['[ssh]', ...KEYS, 'Spa_User = alice', 'Open = tcp/22', ''].join('\n'));
  const daemon = await startDaemon(scene);
  const alice = ['-U', 'alice'];
  await fwknop(scene, scene.client, RC, '-s', ...alice);
  await refused(daemon, 'address');
  await fwknop(scene, scene.client, RC, '-a', OTHER4, ...alice);
  await refused(daemon, OTHER4.replaceAll('.', '\\.'));
  await fwknop(scene, scene.client, RC, '-a', CLIENT4, '-U', 'eve');
  await refused(daemon, "user 'eve' is not allowed");
  await fwknop(scene, scene.client, RC, '-a', CLIENT4, ...alice, '-A', 'tcp/23');
  await refused(daemon, '23');
  await fwknop(scene, scene.client, RC, '-a', CLIENT4, ...alice, '--digest-type', 'md5');
  await refused(daemon, "its digest is 'md5', which is weak");
  await fwknop(scene, scene.client, RC, '-a', CLIENT4, ...alice, '--time-offset-minus', '200s');
  await refused(daemon, '200');
  await fwknop(scene, scene.client, ['KEY_BASE64 AAAAAAAAAAAAAAAA', RC[1]!], '-a', CLIENT4, ...alice);
  await refused(daemon, 'decrypted|digest');
  await fwknop(scene, scene.client, [RC[0]!, 'HMAC_KEY_BASE64 AAAAAAAAAAAAAAAA'], '-a', CLIENT4, ...alice);
  await refused(daemon, 'no key of this port made it');
  assert.ok(!daemon.output.includes('open until'));
  await fwknop(scene, scene.client, RC, '-a', CLIENT4, ...alice);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
});

test('a door may take packets that leave their address open', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, spaDoor(scene, 'ssh', ...KEYS, 'Spa_Any_Source = yes'));
  await startDaemon(scene);
  await fwknop(scene, scene.client, RC, '-s');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
});

test('a copy of a packet opens nothing: at once, after SIGHUP, after kill -9, from elsewhere', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, spaDoor(scene, 'ssh', ...KEYS));
  const daemon = await startDaemon(scene);
  const packet = await fwknop(scene, scene.client, RC, '-a', CLIENT4);
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  await resend(scene.client, packet);
  await refused(daemon, 'the same packet came before');
  await resend(scene.other, packet);
  await refused(daemon, 'the same packet came before', 2);
  daemon.kill('SIGHUP');
  await daemon.waitFor('re-reading config file');
  await resend(scene.client, packet);
  await refused(daemon, 'the same packet came before', 3);
  await daemon.stop('SIGKILL');
  const next = await startDaemon(scene);
  await resend(scene.client, packet);
  await refused(next, 'the same packet came before');
  assert.deepEqual(recorded(scene), [`open ssh ${CLIENT4}`]);
});

test('several doors with keys of their own share a port', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const mail = ['Spa_Key = plain:othertest', 'Spa_Hmac_Key = plain:otherhmac'];
  writeConf(scene, spaDoor(scene, 'ssh', ...KEYS) + spaDoor(scene, 'mail', ...mail));
  await startDaemon(scene);
  await fwknop(scene, scene.client, ['KEY othertest', 'HMAC_KEY otherhmac'], '-a', CLIENT4);
  await untilRecorded(scene, `open mail ${CLIENT4}`);
  await fwknop(scene, scene.client, RC, '-a', CLIENT4);
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
});

test('doors imported from access.conf open for the clients that fwknopd let in', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const access = join(scene.folder, 'access.conf');
  const stanza = [
    'SOURCE ANY',
    ...RC,
    'OPEN_PORTS tcp/22',
    'FW_ACCESS_TIMEOUT 60',
    'REQUIRE_SOURCE_ADDRESS Y',
  ];
  writeFileSync(access, `${stanza.join('\n')}\n`);
  const doors = await scene.server.exec(POSTERN, ['import', 'fwknop', access]);
  writeConf(scene, doors);
  const daemon = await startDaemon(scene);
  await fwknop(scene, scene.client, RC, '-a', CLIENT4);
  await daemon.waitFor(`${CLIENT4}: fwknop: open until`);
});

test('new keys are good for both sides, with fwknop as the client', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const made = JSON.parse(await scene.server.exec(POSTERN, ['key', 'new', 'admin', '--json']));
  writeConf(scene, made.config);
  const daemon = await startDaemon(scene);
  const keys = [`KEY_BASE64 ${made.key.slice(7)}`, `HMAC_KEY_BASE64 ${made.hmac.slice(7)}`];
  await fwknop(scene, scene.client, keys, '-a', CLIENT4);
  await daemon.waitFor(`${CLIENT4}: admin: open until`);
});
