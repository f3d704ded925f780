/** `postern firewall` on a host of its own: a trial falls whatever becomes of the command, and errors say what to do. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Outcome } from '../../lab/host.ts';
import { POSTERN } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import {
  CLIENT4,
  type GuardScene,
  isOpen,
  SERVER4,
  Session,
  SSH,
  setGuardScene,
  untilOpen,
  untilShut,
  WEB,
} from './guard-scene.ts';

const lab = await enterLab();
const skip = lab ?? (existsSync('/usr/sbin/nft') ? undefined : 'nftables is not installed');

interface Scene extends GuardScene {
  /** Runs `postern firewall` on the server. */
  readonly run: (...args: readonly string[]) => Promise<Outcome>;
  readonly spawn: (...args: readonly string[]) => Running;
  readonly conf: string;
}

async function setScene(t: { after(end: () => Promise<void>): void }, options = ''): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-'));
  t.after(async () => rmSync(folder, { recursive: true, force: true }));
  const scene = await setGuardScene(t);
  const conf = join(folder, 'knockd.conf');
  writeFileSync(
    conf,
    `[options]\n${options}\n[ssh]\nSequence = 7301,48122:udp\nOpen = tcp/${SSH}\nOpen_For = 1h\n`,
  );
  const command = (args: readonly string[]) => ['firewall', ...args, '-c', conf];
  return {
    ...scene,
    conf,
    run: (...args) => scene.server.attempt(POSTERN, command(args), { input: '' }),
    spawn: (...args) => scene.server.spawn(POSTERN, command(args)),
  };
}

test('a guard on trial drops, and falls by itself after kill -9; a session lives through both', {
  skip,
}, async (t) => {
  const { client, run, spawn } = await setScene(t);
  const session = await Session.open(client, SERVER4);
  const apply = spawn('apply', '--confirm', '4s');
  await apply.waitFor('it falls in 4 s');
  assert.equal(await isOpen(client, SERVER4), false);
  await apply.stop('SIGKILL');
  await session.says('during the trial');
  await untilOpen(client, SERVER4);
  assert.match((await run('show')).stdout, /^# the guard has fallen/);
  const late = await run('confirm');
  assert.deepEqual([late.status, late.stderr.split('\n')[0]], [1, 'error: too late: the guard has fallen']);
  assert.equal((await run('apply')).status, 0);
  assert.match((await run('show')).stdout, /^# the guard stands\n/);
  assert.equal(await isOpen(client, SERVER4), false);
  await session.says('under the guard');
});

for (const [what, confirm] of [
  ['Enter', async (_: Scene, apply: Running) => void apply.child.stdin?.write('\n')],
  ['a command elsewhere', async ({ run }: Scene) => void (await run('confirm'))],
] as const) {
  test(`${what} lets the guard stay`, { skip }, async (t) => {
    const scene = await setScene(t);
    const apply = scene.spawn('apply', '--confirm', '60s');
    await apply.waitFor('it falls in 60 s');
    assert.match((await scene.run('show')).stdout, /^# the guard is on trial for \d+ s more/);
    await confirm(scene, apply);
    assert.equal((await apply.ended).status, 0);
    assert.match(apply.stdout, /the guard stays\n$/);
    assert.match((await scene.run('show')).stdout, /^# the guard stands\n/);
    assert.equal(await isOpen(scene.client, SERVER4), false);
  });
}

for (const signal of ['SIGINT', 'SIGHUP'] as const) {
  test(`${signal} takes the guard down at once`, { skip }, async (t) => {
    const { client, run, spawn } = await setScene(t);
    const apply = spawn('apply', '--confirm', '10m');
    await apply.waitFor('it falls in 600 s');
    assert.equal((await apply.stop(signal)).status, 1);
    assert.match(apply.stderr, /interrupted: the guard is down again/);
    await untilOpen(client, SERVER4);
    assert.match((await run('show')).stdout, /^# nothing of Postern/);
  });
}

test('an unconfirmed trial leads back to the guard that stood before, with its grants', {
  skip,
}, async (t) => {
  const { server, client, other, run, conf } = await setScene(t);
  await run('apply');
  const before = (await run('show')).stdout;
  const [set] = /door_ssh_\w+_4/.exec(before) ?? [];
  await server.exec('nft', ['add', 'element', 'inet', 'postern', set ?? '', `{ ${CLIENT4} }`]);
  const withGrant = (await run('show')).stdout;
  writeFileSync(conf, `[web]\nSequence = 7301\nOpen = tcp/${WEB}\n`);
  const { status, stderr } = await run('apply', '--confirm', '1s');
  assert.deepEqual([status, stderr], [1, 'error: not confirmed: the guard that stood before is back\n']);
  assert.equal((await run('show')).stdout, withGrant);
  await untilOpen(client, SERVER4);
  assert.equal(await isOpen(other, SERVER4), false);
  await untilOpen(other, SERVER4, WEB);
});

test('apply keeps the grants that are there, and remove leaves nothing, whatever the configuration says by then', {
  skip,
}, async (t) => {
  const { server, client, run, conf } = await setScene(t);
  await run('apply');
  const [set] = /door_ssh_\w+_4/.exec((await run('show')).stdout) ?? [];
  await server.exec('nft', ['add', 'element', 'inet', 'postern', set ?? '', `{ ${CLIENT4} timeout 1h }`]);
  writeFileSync(conf, `[options]\n[ssh]\nSequence = 7301\nOpen = tcp/${SSH},tcp/1-100\n`);
  assert.match((await run('apply')).stdout, /in force for 1 door, with 1 grant\n/);
  await untilOpen(client, SERVER4);
  await server.exec('nft', ['add', 'table', 'inet', 'theirs']);
  writeFileSync(conf, '[options]\nFirewall = nftables-mark\n');
  assert.equal((await run('remove')).stdout, 'removed from nftables\n');
  assert.equal(await server.exec('nft', ['list', 'ruleset']), 'table inet theirs {\n}\n');
  assert.equal((await run('remove')).stdout, 'there was nothing of Postern\n');
});

test('plan prints a script that nft takes, and changes nothing', { skip }, async (t) => {
  const { server, client, run } = await setScene(t);
  const { stdout } = await run('plan');
  await untilOpen(client, SERVER4);
  assert.equal(await server.exec('nft', ['list', 'ruleset']), '');
  await server.exec('nft', ['-f', '-'], { input: stdout });
  await untilShut(client, SERVER4);
  const byNft = (await run('show')).stdout;
  await run('apply');
  assert.equal((await run('show')).stdout, byNft);
});

test('what is missing is named: the right, the library, a door', { skip }, async (t) => {
  const { server, run, conf } = await setScene(t);
  const without = await server.attempt('setpriv', [
    ...['--bounding-set=-net_admin', '--inh-caps=-net_admin'],
    ...[POSTERN, 'firewall', 'apply', '-c', conf],
  ]);
  assert.equal(without.status, 1);
  assert.match(without.stderr, /'inet postern': EPERM\nhint: .*CAP_NET_ADMIN/);
  const hide = `mount --bind /dev/null "$(ldconfig -p | sed -n 's/.*libnftables.so.1.* => //p' | head -n 1)" && exec "$@"`;
  const bare = await server.attempt('unshare', [
    ...['--mount', 'sh', '-c', hide, 'sh', POSTERN, 'firewall', 'apply', '-c', conf],
  ]);
  assert.match(
    bare.stderr,
    /failed to load the library 'libnftables.so.1'.*\nhint: apt install libnftables1\n/s,
  );
  writeFileSync(conf, '[ssh]\nSequence = 7301\nCommand = true\n');
  const doorless = await run('apply');
  assert.equal(doorless.status, 1);
  assert.match(doorless.stderr, /no door has 'Open'\nhint: write 'Open = tcp\/22'/);
});
