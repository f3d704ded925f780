/** Exit statuses, JSON and colour of the commands that ask a daemon, and of `firewall`: as the manual pages tell them. */

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Outcome } from '../../lab/host.ts';
import { POSTERN } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import { assertDocumented, documentedStatuses } from '../support/documented.ts';
import { sectionOf, sourceOf } from '../support/manual-page.ts';
import {
  CLIENT4,
  confPath,
  type DoorScene,
  knock,
  OTHER4,
  recordingDoor,
  SERVER4,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const lab = await enterLab();
const skip = lab ?? (existsSync('/usr/sbin/nft') ? undefined : 'nftables is not installed');

const ESCAPE = '\u001b';

function run(scene: DoorScene, ...args: readonly string[]): Promise<Outcome> {
  return scene.server.attempt(POSTERN, [...args], { input: '' });
}

async function json(scene: DoorScene, ...args: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await run(scene, ...args, '--json');
  assert.notEqual(stdout, '', `${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Of events that this test does not bring about each time. */
const RARE: Readonly<Record<string, readonly string[]>> = {
  explain: [
    ...['status', 'limitMs', 'detail', 'expected', 'came', 'isLate', 'by', 'spaDoor', 'text', 'hint'],
    ...['strays', 'endsAt'],
  ].map((name) => `events[].${name}`),
  watch: ['reason'],
};

/** Of any action. */
interface FirewallOutcome {
  readonly trial?: unknown;
  readonly removed?: unknown;
  readonly guard?: unknown;
  readonly was?: unknown;
}

/** A door of each kind that the status tells of. */
function doors(scene: DoorScene): string {
  return [
    recordingDoor(scene, 'ssh', 'Sequence = 7001,8002:udp\nCmd_Timeout = 600'),
    recordingDoor(scene, 'web', 'Sequence = 6001,6002,6003\nAllow_From = 10.9.0.0/24'),
    recordingDoor(scene, 'spare', 'One_Time_Sequences = /nonexistent/sequences'),
    '[broken]\nSequence = 1,2\nStart_Command = false\n',
    '[refused]\nSequence = 4001,4002\nAllow_From = 192.0.2.0/24\nStart_Command = true\n',
    '[end]\nSequence = 5001,5002\nClose = ssh\n',
    '[ports]\nSequence = 3001,3002\nOpen = tcp/2222\n',
    '[packet]\nSpa_Key = plain:12345678\nSpa_Hmac_Key = plain:87654321\nOpen = tcp/2222\n',
    '',
  ].join('\n');
}

/** Statuses of one command, which together are those that the page tells. */
async function assertStatuses(
  scene: DoorScene,
  command: string,
  situations: readonly (readonly [status: number, ...args: readonly string[]])[],
): Promise<void> {
  for (const [status, ...args] of situations) {
    const ended = await run(scene, command, ...args);
    assert.equal(ended.status, status, `${command} ${args.join(' ')}\n${ended.stdout}${ended.stderr}`);
  }
  const found = [...new Set(situations.map(([status]) => status))].sort();
  assert.deepEqual(found, [...documentedStatuses('postern.8', `postern ${command}`)], command);
}

test('each command that asks ends as its table says', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const conf = confPath(scene);
  writeConf(scene, doors(scene));
  await startDaemon(scene);
  const nobody = ['-s', join(scene.folder, 'none.sock')];
  await assertStatuses(scene, 'status', [[0], [1, ...nobody], [2, 'surplus']]);
  await assertStatuses(scene, 'explain', [[0, CLIENT4], [1, CLIENT4, ...nobody], [2], [2, 'nobody']]);
  await assertStatuses(scene, 'open', [
    ...([
      [0, 'ssh', CLIENT4],
      [0, 'ssh', CLIENT4, '-f', '1h'],
    ] as const),
    ...([
      [1, 'none', CLIENT4],
      [1, 'broken', CLIENT4],
    ] as const),
    ...([[2], [2, 'ssh'], [2, 'ssh', 'nobody'], [2, 'ssh', CLIENT4, '-f', 'soon']] as const),
  ]);
  await assertStatuses(scene, 'close', [
    [0, 'ssh'],
    [0, 'ssh', CLIENT4],
    [1, 'none'],
    [2],
    [2, 'ssh', 'nobody'],
  ]);
  await assertStatuses(scene, 'ban', [[0, OTHER4], [1, OTHER4, ...nobody], [2], [2, 'nobody']]);
  await assertStatuses(scene, 'unban', [[0, OTHER4], [0, OTHER4], [1, OTHER4, ...nobody], [2]]);
  await assertStatuses(scene, 'metrics', [[0], [1, ...nobody], [2, 'surplus']]);
  writeFileSync(conf, '[ssh]\n');
  assert.equal((await run(scene, 'reload', '-s', '/run/postern/control.sock')).status, 1);
  writeConf(scene, doors(scene));
  await assertStatuses(scene, 'reload', [
    [0, '-c', conf],
    [1, ...nobody],
    [2, 'surplus'],
  ]);
});

test('watch ends as its table says', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, doors(scene));
  const daemon = await startDaemon(scene);
  const [first, second] = ['', ''].map(() => scene.server.spawn(POSTERN, ['watch', '--json']));
  const both = [first, second].filter((each): each is Running => each !== undefined);
  await until(
    async () => {
      await knock(scene.client, SERVER4, '7001', '8002:udp');
      return both.every(({ stdout }) => stdout.includes('"stage"'));
    },
    { what: 'an event for both' },
  );
  assert.equal((await both[0]?.stop('SIGINT'))?.status, 0);
  await daemon.stop();
  assert.equal((await both[1]?.ended)?.status, 1);
  assert.equal((await run(scene, 'watch', '--json')).status, 1);
  assert.equal((await run(scene, 'watch', 'surplus')).status, 2);
  assert.deepEqual(documentedStatuses('postern.8', 'postern watch'), [0, 1, 2]);
});

test('JSON of each command that asks has the fields that postern-json(5) tells', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const conf = confPath(scene);
  writeConf(scene, doors(scene), 'Max_Strays = 2\n');
  await startDaemon(scene);
  const found = new Map<string, unknown[]>();
  const note = (title: string, value: unknown) => found.set(title, [...(found.get(title) ?? []), value]);
  const ask = async (title: string, ...args: readonly string[]) =>
    note(title, await json(scene, title, ...args));

  const watch = scene.server.spawn(POSTERN, ['watch', '--json']);
  await until(
    async () => {
      await knock(scene.other, SERVER4, '6001', '9001');
      return watch.stdout.includes('"stage"');
    },
    { what: 'the first event' },
  );
  await knock(scene.client, SERVER4, '7001', '8002:udp', '6001', '6002', '9001');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  await knock(scene.other, SERVER4, '4001', '4002');
  await knock(scene.other, SERVER4, '6001', '9001', '9002', '9003', '9004');
  await scene.other.exec('sh', ['-c', `echo nonsense > /dev/udp/${SERVER4}/62201 2>/dev/null || true`]);
  await knock(scene.other, SERVER4, '62201:udp');
  await ask('ban', '192.0.2.9', '-f', '1h');
  await until(
    async () => {
      const { counters } = (await json(scene, 'status')) as {
        counters: { refused: object; spaRefused: object };
      };
      return [counters.refused, counters.spaRefused].every((each) => Object.keys(each).length > 0);
    },
    { what: 'what was refused, in the status' },
  );
  await ask('open', 'broken', CLIENT4);
  await ask('status', '--show-secrets');
  await ask('explain', CLIENT4, '--show-secrets');
  await ask('explain', OTHER4, '--show-secrets');
  await ask('open', 'ssh', OTHER4);
  await ask('open', 'ssh', OTHER4);
  await ask('close', 'ssh', OTHER4);
  await ask('unban', '192.0.2.9');
  await ask('metrics');
  await ask('reload');
  writeFileSync(conf, '[ssh]\nSequence = none\n');
  await ask('reload', '-s', '/run/postern/control.sock');
  await ask('status', '-s', '/run/postern/control.sock');
  await until(() => watch.stdout.includes('"ok":false'), { what: () => `the reload in ${watch.stdout}` });
  await watch.stop('SIGINT');
  for (const line of watch.stdout.trimEnd().split('\n')) {
    const event = JSON.parse(line) as { decision?: { kind: string } };
    if (event.decision === undefined || !/command|kept|delayed/.test(event.decision.kind))
      note('watch', event);
  }
  for (const [title, values] of found) assertDocumented(title, values, RARE[title] ?? []);
  const asking = sectionOf(sourceOf('postern.8'), 'Commands that ask the daemon') ?? '';
  const told = [...asking.matchAll(/^### postern (\w+)/gm)].map(([, name = '']) => name);
  assert.deepEqual([...found.keys()].sort(), told.sort());
});

test('firewall: its statuses, and the fields of each action', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const conf = join(scene.folder, 'guard.conf');
  writeFileSync(conf, '[ssh]\nSequence = 7001,8002\nOpen = tcp/2222\n');
  const none = join(scene.folder, 'none.conf');
  writeFileSync(none, '[ssh]\nSequence = 7001,8002\n');
  const marked = join(scene.folder, 'marked.conf');
  writeFileSync(
    marked,
    '[options]\nFirewall = nftables-mark\n[ssh]\nSequence = 7001,8002\nOpen = tcp/2222\n',
  );
  const found = new Map<string, unknown[]>();
  const ask = async (action: string, ...args: readonly string[]) => {
    const value = await json(scene, 'firewall', action, ...args);
    found.set(action, [...(found.get(action) ?? []), value]);
    return value as FirewallOutcome;
  };
  await ask('plan', '-c', conf);
  await ask('show', '-c', conf);
  const trial = scene.server.spawn(POSTERN, ['firewall', 'apply', '--confirm', '60s', '--json', '-c', conf]);
  await trial.waitFor('it falls in 60 s');
  assert.equal((await ask('show', '-c', conf)).guard, 'on-trial');
  assert.equal((await ask('confirm', '-c', conf)).was, 'on-trial');
  assert.equal((await trial.ended).status, 0);
  const outcome = JSON.parse(trial.stdout) as FirewallOutcome;
  assert.equal(outcome.trial, 'confirmed');
  assert.equal((await ask('apply', '--confirm', '60s', '-c', conf)).trial, 'not-needed');
  assert.deepEqual((await ask('remove', '-c', conf)).removed, ['nftables']);
  found.get('apply')?.push(outcome, await json(scene, 'firewall', 'apply', '-c', marked));
  await ask('show', '-c', marked);
  for (const [action, values] of found) assertDocumented(`firewall ${action}`, values, ['warnings[]']);
  await assertStatuses(scene, 'firewall', [
    ...([
      [0, 'plan', '-c', conf],
      [0, 'apply', '-c', conf],
      [0, 'confirm', '-c', conf],
    ] as const),
    ...([
      [0, 'remove', '-c', conf],
      [1, 'confirm', '-c', conf],
      [1, 'plan', '-c', none],
    ] as const),
    ...([[1, 'show', '-c', '/nonexistent'], [2], [2, 'flush'], [2, 'show', '--confirm', '1s']] as const),
  ]);
});

test('status, explain and watch are coloured on a terminal alone, and never with NO_COLOR', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, doors(scene));
  await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002:udp');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  const onTerminal = async (line: string, env: Readonly<Record<string, string>> = {}) => {
    const all = { TERM: 'xterm', NO_COLOR: '', ...env };
    const command = `${process.execPath} ${POSTERN} ${line}`;
    return (await scene.server.attempt('script', ['-qec', command, '/dev/null'], { env: all })).stdout;
  };
  for (const line of ['status', `explain ${CLIENT4}`]) {
    assert.ok((await onTerminal(line)).includes(ESCAPE), line);
    assert.ok(!(await onTerminal(line, { NO_COLOR: '1' })).includes(ESCAPE), line);
    assert.ok(!(await run(scene, ...line.split(' '))).stdout.includes(ESCAPE), line);
  }
});
