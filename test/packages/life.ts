/** The life of a Debian package in a system without systemd: `npm run test:package` runs it, once for each release. */

import assert from 'node:assert/strict';
import { existsSync, rmSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Host } from '../../lab/host.ts';
import { until } from '../../lab/until.ts';
import type { StatusAnswer } from '../../src/control/status.ts';
import { CLIENT4, type DoorScene, knock, SERVER4, setDoorScene } from '../netns/door-scene.ts';
import { Debian } from './debian.ts';

const problem = await enterLab();
if (problem !== undefined) throw new Error(problem);

const { POSTERN_SYSTEM = '', POSTERN_DEBS = '', POSTERN_KIND = '', POSTERN_NEXT = '' } = process.env;

const PORT_DOOR = '[ssh]\nSequence = 7001,8002:udp\nOpen = tcp/22\nOpen_For = 10m\n';
const NATIVE = `[options]\nInterface = eth0\n\n${PORT_DOOR}`;
const SERVICE_ON = 'START_KNOCKD=1\nKNOCKD_OPTS="-v"\n';

/** What somebody who has knockd has made of its files. */
const OLD_CONF = `# ours since 2019
[options]
	logfile = /var/log/knockd.log

[openSSH]
	sequence    = 7001,8002:udp
	seq_timeout = 5
	start_command = /sbin/iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
	cmd_timeout = 600
	stop_command = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT
	tcpflags    = syn
`;
const OLD_DEFAULTS = '# changed here\nSTART_KNOCKD=1\nKNOCKD_OPTS="-i eth0"\n';

interface Stage {
  readonly scene: DoorScene;
  readonly debian: Debian;
  /** The paths of the package and of the next one, in the system. */
  readonly now: string;
  readonly next: string;
}

function setStage(t: { after(end: () => Promise<void>): void }): Stage {
  let debian: Debian | undefined;
  const scene = setDoorScene({
    after: (end) =>
      t.after(async () => {
        const root = debian?.root;
        // Daemons of the system went to the background: the host does not know them.
        for (const pid of debian?.processes('knockd') ?? []) process.kill(pid, 'SIGKILL');
        if (root !== undefined) scene.lab.self.runSync('umount', ['-R', '-l', root]);
        await end();
      }),
  });
  debian = new Debian(scene.lab.self, scene.server, POSTERN_SYSTEM, scene.folder);
  const debs = debian.bring(POSTERN_DEBS);
  const file = (place: string) => {
    const found = scene.server.runSync('sh', ['-c', `cd ${debian.path(debs)} && ls ${place}/*.deb`]).trim();
    return `${debs}/${found}`;
  };
  return { scene, debian, now: file('now'), next: file('next') };
}

function listen(host: Host): void {
  host.spawn('nc', ['-l', '-k', '-p', '22']);
}

async function canConnect(from: Host): Promise<boolean> {
  const { status } = await from.attempt('nc', ['-z', '-w', '1', SERVER4, '22']);
  return status === 0;
}

async function open(scene: DoorScene): Promise<void> {
  await until(
    async () => {
      await knock(scene.client, SERVER4, '7001', '8002:udp');
      return canConnect(scene.client);
    },
    { what: 'the port to open', timeoutMs: 60_000 },
  );
}

async function statusOf(debian: Debian): Promise<StatusAnswer> {
  const { stdout, stderr } = await debian.attempt('postern', 'status', '--json');
  assert.equal(stderr, '');
  return JSON.parse(stdout) as StatusAnswer;
}

/** Read by the system's own nft: an older one may not understand what a newer one wrote. */
function rules(debian: Debian): Promise<string> {
  return debian.run('nft', 'list', 'ruleset');
}

async function untilRunning(debian: Debian, but: readonly number[] = []): Promise<number> {
  return until(() => debian.processes('knockd').find((pid) => !but.includes(pid)), { what: 'a daemon' });
}

test('on a bare system nothing is started, and everything is in its place', async (t) => {
  const { debian, now } = setStage(t);
  const said = await debian.apt('install', now);
  assert.deepEqual(debian.processes('knockd'), []);
  assert.match(said, /knockd is not started: no door is configured: 'postern init' makes one/);
  assert.match(await debian.run('knockd', '-V'), /^knockd .*Postern/m);
  assert.match(await debian.run('knock', '-V'), /^knock .*Postern/m);
  for (const page of ['man8/knockd.8', 'man1/knock.1', 'man8/postern.8', 'man5/knockd.conf.5']) {
    assert.ok(existsSync(debian.path(`usr/share/man/${page}.gz`)), page);
  }
  assert.equal(statSync(debian.path('etc/knockd.conf')).mode & 0o777, 0o640);
  const made = ['init', '--yes', '--force', '--door', 'ssh', '--open', 'tcp/22', '--firewall', 'nftables'];
  await debian.run('postern', ...made);
  await debian.run('postern', 'check');
});

test('it is installed, opens, is removed, comes again and is purged, and leaves no rule', async (t) => {
  const { scene, debian, now } = setStage(t);
  await debian.apt('install', now);
  debian.write('etc/knockd.conf', NATIVE);
  debian.write('etc/default/knockd', SERVICE_ON);
  await debian.run('service', 'postern', 'start');
  await untilRunning(debian);
  await debian.run('postern', 'firewall', 'apply');
  listen(scene.server);
  assert.equal(await canConnect(scene.client), false);
  await open(scene);
  await debian.apt('remove', POSTERN_KIND);
  await until(() => debian.processes('knockd').length === 0, { what: 'the daemon to end' });
  assert.doesNotMatch(await rules(debian), /postern/, 'no guard without a daemon');
  assert.equal(debian.read('etc/knockd.conf'), NATIVE);
  await debian.apt('install', now);
  await untilRunning(debian);
  assert.equal(debian.read('etc/knockd.conf'), NATIVE);
  await debian.run('postern', 'firewall', 'apply');
  assert.match(await rules(debian), /postern/);
  await debian.apt('purge', POSTERN_KIND);
  await until(() => debian.processes('knockd').length === 0, { what: 'the daemon to end' });
  assert.doesNotMatch(await rules(debian), /postern/);
  for (const path of [
    'etc/knockd.conf',
    'etc/default/knockd',
    'var/lib/postern',
    'usr/lib/postern',
    'etc/init.d/postern',
  ]) {
    assert.equal(existsSync(debian.path(path)), false, path);
  }
});

test("it takes over from knockd, with the administrator's files as they were", async (t) => {
  const { scene, debian, now } = setStage(t);
  await debian.apt('install', 'knockd');
  debian.write('etc/knockd.conf', OLD_CONF);
  debian.write('etc/default/knockd', OLD_DEFAULTS);
  const said = await debian.apt('install', now);
  assert.equal(debian.read('etc/knockd.conf'), OLD_CONF);
  assert.equal(debian.read('etc/default/knockd'), OLD_DEFAULTS);
  assert.doesNotMatch(said, /Configuration file/, 'nobody is asked');
  const pid = await untilRunning(debian);
  scene.server.iptables('-P', 'INPUT', 'DROP');
  scene.server.iptables('-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'ESTABLISHED', '-j', 'ACCEPT');
  listen(scene.server);
  assert.equal(await canConnect(scene.client), false);
  await open(scene);
  assert.match(debian.read('var/log/knockd.log'), /openSSH: OPEN SESAME/);
  await debian.run('dpkg', '--purge', 'knockd');
  assert.equal(debian.read('etc/knockd.conf'), OLD_CONF);
  assert.equal(debian.read('etc/default/knockd'), OLD_DEFAULTS);
  assert.deepEqual(debian.processes('knockd'), [pid]);
});

test('a door that is open during an upgrade closes on time', async (t) => {
  const { scene, debian, now, next } = setStage(t);
  await debian.apt('install', now);
  debian.write('etc/knockd.conf', NATIVE.replace('10m', '25s'));
  debian.write('etc/default/knockd', SERVICE_ON);
  await debian.run('service', 'postern', 'start');
  const before = await untilRunning(debian);
  await debian.run('postern', 'firewall', 'apply');
  listen(scene.server);
  await open(scene);
  const [grant] = (await statusOf(debian)).grants.shown;
  await debian.apt('install', next);
  await untilRunning(debian, [before]);
  const status = await until(async () => statusOf(debian).catch(() => undefined), { what: 'the new daemon' });
  assert.equal(status.version, POSTERN_NEXT);
  assert.deepEqual(
    status.grants.shown.map(({ source, door, endsAt }) => [source, door, endsAt]),
    [[CLIENT4, 'ssh', grant?.endsAt]],
  );
  assert.equal(await canConnect(scene.client), true, 'it is open during and after the upgrade');
  await until(async () => !(await canConnect(scene.client)), {
    what: 'the door to close',
    timeoutMs: 60_000,
  });
  const lateMs = Date.now() - Date.parse(grant?.endsAt ?? '');
  assert.ok(lateMs > -2000, `closed ${-lateMs} ms early`);
  t.diagnostic(`noticed closed ${lateMs} ms after its time`);
  assert.equal((await statusOf(debian)).grants.count, 0);
});

test('a configuration with errors stops no upgrade and no daemon', async (t) => {
  const { debian, now, next } = setStage(t);
  await debian.apt('install', now);
  debian.write('etc/knockd.conf', NATIVE);
  debian.write('etc/default/knockd', SERVICE_ON);
  await debian.run('service', 'postern', 'start');
  const pid = await untilRunning(debian);
  debian.write('etc/knockd.conf', NATIVE.replace('7001', '70010'));
  const said = await debian.apt('install', next);
  assert.match(said, /knockd is not restarted: .*70010/s);
  assert.deepEqual(debian.processes('knockd'), [pid]);
  const refused = await debian.attempt('service', 'postern', 'restart');
  assert.notEqual(refused.status, 0);
  assert.match(refused.stdout + refused.stderr, /70010/);
  assert.deepEqual(debian.processes('knockd'), [pid]);
});

test('a disk that fills during an upgrade loses nothing, and the upgrade is done again', async (t) => {
  const { scene, debian, now, next } = setStage(t);
  await debian.apt('install', now);
  debian.write('etc/knockd.conf', NATIVE);
  debian.write('etc/default/knockd', SERVICE_ON);
  await debian.run('service', 'postern', 'start');
  await untilRunning(debian);
  const filler = debian.path('filler');
  await scene.server.attempt('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']);
  const failed = await debian.attempt('dpkg', '--install', next);
  assert.notEqual(failed.status, 0);
  assert.match(failed.stdout + failed.stderr, /[Nn]o space left/);
  assert.equal(debian.read('etc/knockd.conf'), NATIVE);
  rmSync(filler);
  await debian.run('knockd', '-V');
  await debian.run('dpkg', '--install', next);
  await debian.run('dpkg', '--audit');
  assert.equal(debian.read('etc/knockd.conf'), NATIVE);
  const status = await until(async () => statusOf(debian).catch(() => undefined), { what: 'the new daemon' });
  assert.equal(status.version, POSTERN_NEXT);
});
