/** `knock --spa`, `--totp` and `--one-time` at a door of Postern's. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Host } from '../../lab/host.ts';
import { KNOCK, POSTERN } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import {
  CLIENT4,
  CLIENT6,
  type DoorScene,
  OTHER4,
  recorded,
  recordingDoor,
  SERVER4,
  SERVER6,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const DOOR = 'Spa_Key = plain:testtest\nSpa_Hmac_Key = plain:hmackey1';
const KEYS = ['--spa', '--key', 'plain:testtest', '--hmac-key', 'plain:hmackey1'];

function knock(from: Host, ...args: readonly string[]) {
  return from.attempt(KNOCK, [...args]);
}

async function withDoor(t: Parameters<typeof setDoorScene>[0], lines: string): Promise<DoorScene> {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', lines));
  return scene;
}

test('knock --spa opens for the address that it has towards the server, by IPv4 and IPv6', {
  skip,
}, async (t) => {
  const scene = await withDoor(t, DOOR);
  await startDaemon(scene);
  const sent = await knock(scene.client, ...KEYS, '-v', SERVER4);
  assert.deepEqual([sent.status, sent.stderr], [0, '']);
  assert.equal(sent.stdout, `sending an SPA packet to udp ${SERVER4}:62201: tcp/22 for ${CLIENT4}\n`);
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  if (!scene.lab.hasIpv6) return;
  await knock(scene.client, ...KEYS, `[${SERVER6}]`);
  await untilRecorded(scene, `open ssh ${CLIENT6}`);
});

test('knock --spa names the address that it is told, or that a command says', { skip }, async (t) => {
  const scene = await withDoor(t, DOOR);
  const daemon = await startDaemon(scene);
  await knock(scene.client, ...KEYS, '-a', OTHER4, SERVER4);
  await daemon.waitFor(
    new RegExp(
      `${CLIENT4}: ssh: SPA packet refused: .*${OTHER4}`.replaceAll('.', '\\.').replaceAll('\\.*', '.*'),
    ),
  );
  await knock(scene.other, ...KEYS, '-R', `echo 'you are <b>${OTHER4}</b>, or fd00::9'`, SERVER4);
  await untilRecorded(scene, `open ssh ${OTHER4}`);
  const failing = await knock(scene.client, ...KEYS, '-R', 'echo nothing; exit 3', SERVER4);
  assert.equal(failing.status, 2);
  assert.match(failing.stderr, /failed to ask for the own address 'echo nothing; exit 3'/);
  const silent = await knock(scene.client, ...KEYS, '-R', 'echo nothing', SERVER4);
  assert.match(silent.stderr, /it says no IPv4 address/);
});

test('knock --spa asks for ports and a time', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const lines = [DOOR, 'Spa_Port = 4711', 'Spa_Hmac_Type = sha512', 'Spa_User = alice'];
  writeConf(scene, ['[ssh]', ...lines, 'Open = tcp/22, udp/53', 'Open_For_Max = 1h', ''].join('\n'));
  const daemon = await startDaemon(scene);
  const how = ['--port', '4711', '--hmac-type', 'sha512', '--user', 'alice'];
  await knock(scene.client, ...KEYS, ...how, '--access', 'tcp/25', SERVER4);
  await daemon.waitFor(/SPA packet refused: .*25/);
  const sent = await knock(
    scene.client,
    ...KEYS,
    ...how,
    '--access',
    'tcp/22,udp/53',
    '--for',
    '30m',
    SERVER4,
  );
  assert.equal(sent.status, 0, sent.stderr);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
});

test('keys come from files, and what is missing is said', { skip }, async (t) => {
  const scene = await withDoor(t, DOOR);
  await startDaemon(scene);
  const [key, hmac] = [join(scene.folder, 'key'), join(scene.folder, 'hmac')];
  writeFileSync(key, 'plain:testtest\n', { mode: 0o600 });
  writeFileSync(hmac, 'plain:hmackey1\n', { mode: 0o600 });
  await knock(scene.client, '--spa', '-k', `file:${key}`, '-K', `file:${hmac}`, SERVER4);
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  const cases = [
    [['--spa', SERVER4], /--key is missing/],
    [['--spa', '-k', 'plain:testtest', SERVER4], /--hmac-key is missing/],
    [
      ['--spa', '-k', 'hunter22', '-K', 'plain:hmackey1', SERVER4],
      /--key: the key does not say how it is written/,
    ],
    [['--key', 'plain:testtest', SERVER4, '7000'], /--key means nothing without --spa/],
    [[...KEYS, SERVER4, '7000'], /'7000': an SPA packet has no knocks/],
    [[...KEYS, '-f', 'soon', SERVER4], /--for 'soon'/],
    [[...KEYS, '-a', 'home', SERVER4], /--own-address 'home'/],
    [[...KEYS, '-a', CLIENT4, '-s', SERVER4], /the own address is given twice/],
    [[...KEYS, '--totp', SECRET, SERVER4], /--spa and --totp exclude each other/],
    [['--totp', 'x', SERVER4], /--totp: the secret/],
    [['--one-time', '/nonexistent', SERVER4], /there is no such file/],
  ] as const;
  for (const [args, message] of cases) {
    const { status, stderr } = await knock(scene.client, ...args);
    const isKey = /how it is written|the secret|no such file/.test(message.source);
    assert.equal(status, isKey ? 3 : 1, args.join(' '));
    assert.match(stderr, message);
    assert.ok(!stderr.includes('hunter22'));
  }
});

test('knock --totp knows the sequence of the moment', { skip }, async (t) => {
  const scene = await withDoor(
    t,
    `Totp_Secret = ${SECRET}\nTotp_Steps = 5\nTotp_Ports = 20000-30000\nTCPFlags = syn`,
  );
  await startDaemon(scene);
  const args = ['--totp', SECRET, '--totp-steps', '5', '--totp-ports', '20000-30000'];
  const { status, stderr } = await knock(scene.client, ...args, SERVER4);
  assert.deepEqual([status, stderr], [0, '']);
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
});

test('knock --one-time uses up its file as the server does', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const files = ['server', 'client'].map((name) => join(scene.folder, name));
  for (const file of files) writeFileSync(file, '7001,7002\n8001:udp,8002\n');
  writeConf(
    scene,
    recordingDoor(scene, 'ssh', `One_Time_Sequences = ${files[0]}\nTCPFlags = syn\nCmd_Timeout = 0`),
  );
  await startDaemon(scene);
  for (const times of [1, 2]) {
    const { status, stderr } = await knock(scene.client, '--one-time', files[1]!, SERVER4);
    assert.deepEqual([status, stderr], [0, '']);
    await untilRecorded(scene, `close ssh ${CLIENT4}`, times);
  }
  assert.equal(readFileSync(files[0]!, 'utf8'), readFileSync(files[1]!, 'utf8'));
  const empty = await knock(scene.client, '--one-time', files[1]!, SERVER4);
  assert.equal(empty.status, 3);
  assert.match(empty.stderr, /there is no unused sequence in it/);
  assert.equal(recorded(scene).length, 4);
});

test('postern explain tells why a packet opened nothing, and that the door is open in the end', {
  skip,
}, async (t) => {
  const scene = await withDoor(t, `${DOOR}\nSpa_User = alice`);
  await startDaemon(scene);
  const explained = async () => {
    const said = await scene.server.attempt(POSTERN, ['explain', CLIENT4, '--json']);
    return (
      JSON.parse(said.stdout) as {
        readonly verdict: { readonly cause: string; readonly door: string | null };
      }
    ).verdict;
  };
  const untilCause = (cause: string) =>
    until(async () => (await explained()).cause === cause, { what: `the cause '${cause}'` });
  assert.equal((await explained()).cause, 'never-seen');
  const cases = [
    [['--key', 'plain:testtest', '--hmac-key', 'plain:otherkey'], 'spa-bad-hmac'],
    [['--key', 'plain:othertest', '--hmac-key', 'plain:hmackey1'], 'spa-not-decrypted'],
    [[...KEYS.slice(1), '--user', 'eve'], 'spa-user'],
    [[...KEYS.slice(1), '--user', 'alice', '-a', OTHER4], 'spa-address-differs'],
    [[...KEYS.slice(1), '--user', 'alice', '-s'], 'spa-any-source'],
    [[...KEYS.slice(1), '--user', 'alice'], 'open'],
  ] as const;
  for (const [args, cause] of cases) {
    const { status, stderr } = await knock(scene.client, '--spa', ...args, SERVER4);
    assert.deepEqual([status, stderr], [0, '']);
    await untilCause(cause === 'spa-not-decrypted' ? await decryptionCause(explained) : cause);
  }
});

/** Padding is good by chance once in 256 times; then the digest is not. */
async function decryptionCause(explained: () => Promise<{ readonly cause: string }>): Promise<string> {
  const causes = ['spa-not-decrypted', 'spa-digest-mismatch', 'spa-malformed'];
  await until(async () => causes.includes((await explained()).cause), { what: causes.join(' or ') });
  return (await explained()).cause;
}
