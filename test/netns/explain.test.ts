/** `postern explain`, `ban` and `unban`, against the real daemon and real packets. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Outcome } from '../../lab/host.ts';
import { POSTERN } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import type { StatusAnswer } from '../../src/control/status.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
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

/** Of the lab alone, as all of /run. */
const SOCKET = ['--socket', '/run/postern/control.sock'];

function postern(scene: DoorScene, ...args: readonly string[]): Promise<Outcome> {
  return scene.server.attempt(POSTERN, [...args, ...SOCKET]);
}

async function explained(scene: DoorScene, ...args: readonly string[]): Promise<Explanation> {
  const { status, stdout, stderr } = await postern(scene, 'explain', '--json', ...args);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Explanation;
}

async function untilCause(scene: DoorScene, source: string, cause: string): Promise<Explanation> {
  let last: Explanation | undefined;
  return until(
    async () => {
      last = await explained(scene, source);
      return last.verdict.cause === cause ? last : undefined;
    },
    { what: () => `the cause ${cause} in: ${JSON.stringify(last)}` },
  );
}

async function bansOf(scene: DoorScene): Promise<readonly string[]> {
  const { stdout } = await postern(scene, 'status', '--json');
  const { bans } = JSON.parse(stdout) as StatusAnswer;
  return bans.shown.map(
    ({ prefix, by, endsAt }) => `${prefix} ${by} ${endsAt === null ? 'no end' : 'an end'}`,
  );
}

test('explain says what each knock did and why no door opened, and what opened it', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(
    scene,
    recordingDoor(scene, 'ssh', 'Sequence = 7001,8002,9003\nSeq_Timeout = 2\nCmd_Timeout = 600'),
  );
  await startDaemon(scene);
  assert.equal((await explained(scene, CLIENT4)).verdict.cause, 'never-seen');
  await knock(scene.client, SERVER4, '7001', '8003');
  const wrong = await untilCause(scene, CLIENT4, 'strays');
  assert.match(wrong.verdict.text, /where step 2 was expected came tcp\/8003/);
  assert.equal((await explained(scene, OTHER4)).verdict.cause, 'never-seen');
  await knock(scene.other, SERVER4, '7001', '8002');
  const slow = await untilCause(scene, OTHER4, 'timeout');
  assert.deepEqual(
    slow.events.map(({ kind }) => kind),
    ['step', 'step', 'timeout'],
  );
  assert.ok(!JSON.stringify(slow).includes('8002'), 'no port of the sequence');
  assert.match(JSON.stringify(await explained(scene, OTHER4, '--show-secrets')), /8002/);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  const open = await untilCause(scene, CLIENT4, 'open');
  assert.equal(open.verdict.door, 'ssh');
  const people = await postern(scene, 'explain', CLIENT4);
  assert.match(people.stdout, /: ssh is open to it for another \d+ min\nnext: .*\n/);
  assert.match(people.stdout, /^ +\d\d:\d\d:\d\d +ssh: step 1 of 3$/m);
  const both = await explained(scene, '10.9.0.0/24');
  assert.deepEqual([...new Set(both.events.map(({ source }) => source))].toSorted(), [CLIENT4, OTHER4]);
});

test('a ban by hand holds through a reload and a restart, until it is lifted', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002\nCmd_Timeout = 600'));
  const daemon = await startDaemon(scene);
  const ban = await postern(scene, 'ban', '10.9.0.0/30', '--for', '1h');
  assert.deepEqual([ban.status, ban.stdout], [0, '10.9.0.0/30 is banned, 1 h left\n']);
  await postern(scene, 'ban', '2001:db8::1', '--for', 'forever');
  assert.deepEqual(await bansOf(scene), ['10.9.0.0/30 hand an end', '2001:db8::1 hand no end']);
  const holds = async () => {
    await knock(scene.client, SERVER4, '7001', '8002');
    const banned = await untilCause(scene, CLIENT4, 'banned');
    assert.match(banned.verdict.text, /banned by hand for another \d+ (h|min)/);
    assert.deepEqual(recorded(scene), []);
  };
  await holds();
  assert.equal((await postern(scene, 'reload')).status, 0);
  await holds();
  await daemon.stop();
  await startDaemon(scene);
  assert.deepEqual(await bansOf(scene), ['10.9.0.0/30 hand an end', '2001:db8::1 hand no end']);
  await holds();
  const covered = await postern(scene, 'unban', CLIENT4);
  assert.equal(covered.stdout, `${CLIENT4} was not banned by itself\n`);
  const lifted = await postern(scene, 'unban', '10.9.0.0/24');
  assert.equal(lifted.stdout, '10.9.0.0/24 is no longer banned\n');
  assert.deepEqual(await bansOf(scene), ['2001:db8::1 hand no end']);
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
});

test('a ban ends when its time is up; that of a scanner is lifted by hand', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const door = recordingDoor(scene, 'ssh', 'Sequence = 7001,8002\nCmd_Timeout = 600');
  writeConf(scene, door, 'Max_Strays = 2\nBan_Time = 10m');
  await startDaemon(scene);
  await postern(scene, 'ban', OTHER4, '--for', '1s');
  await until(async () => (await bansOf(scene)).length === 0, { what: 'the end of the ban' });
  await knock(scene.client, SERVER4, '7001', '1', '2', '3');
  await until(async () => (await bansOf(scene))[0] === `${CLIENT4} scan an end`, { what: 'the scan' });
  assert.match(
    (await untilCause(scene, CLIENT4, 'banned')).verdict.text,
    /banned as a scanner for another \d+ (min|s)/,
  );
  assert.equal((await postern(scene, 'unban', CLIENT4)).stdout, `${CLIENT4} is no longer banned\n`);
  await knock(scene.client, SERVER4, '7001', '8002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
});

test('explain tells which other chain may drop what an open door lets in, after a reload, too', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const door = '[ssh]\nSequence = 7001,8002\nTCPFlags = syn\nOpen = tcp/22\nOpen_For = 600\n';
  const next = async () => (await untilCause(scene, CLIENT4, 'open')).verdict.next;
  const chain = 'type filter hook input priority 0; policy drop;';
  scene.server.runSync('nft', ['-f', '-'], `table inet theirs {\n chain in {\n ${chain}\n }\n}\n`);
  writeConf(scene, door);
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002');
  await daemon.waitFor('ssh: open until');
  assert.match(await next(), /may drop .*chain 'in' of table 'inet theirs' .* tcp\/22 of door 'ssh'/);
  assert.equal((await postern(scene, 'reload')).status, 0);
  assert.match(await next(), /chain 'in' of table 'inet theirs'/);
  scene.server.runSync('nft', ['delete', 'table', 'inet', 'theirs']);
  writeConf(scene, door, 'Firewall = iptables');
  assert.equal((await postern(scene, 'reload')).status, 0);
  await daemon.waitFor("the policy of chain 'INPUT' is ACCEPT");
  assert.doesNotMatch(await next(), /ACCEPT/, 'what lets everybody in drops nothing');
});
