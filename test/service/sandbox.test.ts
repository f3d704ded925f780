/**
 * The daemon in the sandbox that its unit describes, applied by the means that systemd uses: another user, three capabilities, a
 * read-only machine and a list of allowed system calls.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { KNOCK, POSTERN } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import { CLIENT4, type DoorScene, knock, OTHER4, SERVER4, setDoorScene } from '../netns/door-scene.ts';
import { NotifySocket } from '../support/notify-socket.ts';
import { NOTIFY_PATH, OTHER_UID, RUNTIME_DIRECTORY, SERVICE_UID, ServiceSandbox } from './sandbox.ts';
import { exampleDropIn } from './unit-file.ts';

const skip = (await enterLab()) ?? missing();

const SOCKET = `${RUNTIME_DIRECTORY}/control.sock`;
const SSH = '[ssh]\nSequence = 7301,8122:udp,5904\nTCPFlags = syn\nOpen = tcp/22\nOpen_For = 1h\n';
const SPA = '[admin]\nSpa_Key = file:/mnt/etc/key\nSpa_Hmac_Key = plain:hmackey1\nOpen = tcp/2222\n';
const READ_MS = 50;
const KEYS = ['--spa', '--key', 'plain:testtest', '--hmac-key', 'plain:hmackey1'];

interface Stage {
  readonly scene: DoorScene;
  readonly notify: NotifySocket;
  readonly sandbox: ServiceSandbox;
}

test('doors open and close, and what was open is taken over after kill -9', { skip }, async (t) => {
  const stage = setStage(t);
  writeConf(stage, `${SSH}[brief]\nSequence = 6301,6122\nOpen = udp/53\nOpen_For = 1s\n`);
  const daemon = await started(stage);
  await told(stage, 'READY=1\nSTATUS=listening on eth0; doors: 2 on; open: 0\n');
  await told(stage, 'WATCHDOG=1', 3);
  await knock(stage.scene.client, SERVER4, '7301', '8122:udp', '5904');
  await untilOpen(stage, 'ssh', CLIENT4);
  await knock(stage.scene.other, SERVER4, '6301', '6122');
  await daemon.waitFor(`${OTHER4}: brief: OPEN SESAME`);
  await daemon.waitFor(new RegExp(`${OTHER4}: brief: .*time`));
  await daemon.stop('SIGKILL');
  const next = await started(stage);
  assert.match(await statusOf(stage), / {2}10\.9\.0\.2 {2}ssh {2}/);
  await next.stop();
  await told(stage, /^STOPPING=1/);
  assert.deepEqual(elements(stage), []);
});

test('a key of root alone is read, and a packet opens', { skip }, async (t) => {
  const stage = setStage(t);
  const key = join(stage.scene.folder, 'etc/key');
  writeFileSync(key, 'plain:testtest\n', { mode: 0o600 });
  writeConf(stage, SPA);
  await started(stage);
  await stage.scene.client.exec(KNOCK, [...KEYS, '--access', 'tcp/2222', SERVER4]);
  await untilOpen(stage, 'admin', CLIENT4);
});

test('a file with errors keeps it from starting and from changing; a good one is in force', {
  skip,
}, async (t) => {
  const stage = setStage(t);
  writeConf(stage, 'Opne = 1\n');
  const refused = await stage.sandbox.attempt('ExecStartPre');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /knockd\.conf:1:1: error: /);
  writeConf(stage, SSH);
  const good = await stage.sandbox.attempt('ExecStartPre');
  assert.equal(good.status, 0, good.stderr);
  await started(stage);
  writeConf(stage, `${SSH}[web]\nSequence = x\n`);
  const bad = await stage.sandbox.attempt('ExecReload');
  assert.equal(bad.status, 1);
  assert.match(bad.stderr, /knockd\.conf:7:12: error: /);
  assert.doesNotMatch(await statusOf(stage), /web/);
  writeConf(stage, `${SSH}[web]\nSequence = 5301,5122\nOpen = tcp/80\n`);
  const reloaded = await stage.sandbox.attempt('ExecReload');
  assert.equal(reloaded.status, 0, reloaded.stderr);
  await told(stage, /^RELOADING=1/, 2);
  await knock(stage.scene.client, SERVER4, '5301', '5122');
  await untilOpen(stage, 'web', CLIENT4);
});

test('log, one-time sequences and pid file have places; elsewhere the daemon says what it cannot write', {
  skip,
}, async (t) => {
  const stage = setStage(t);
  const { scene } = stage;
  const once = '[once]\nOne_Time_Sequences = /var/lib/postern/list\nOpen = tcp/22\n';
  const list = join(scene.folder, 'lib/postern/list');
  writeFileSync(list, '4301,4122\n', { mode: 0o600 });
  chownSync(list, SERVICE_UID, SERVICE_UID);
  writeConf(stage, SSH + once, 'LogFile = /var/log/postern/knockd.log\nPidFile = /run/postern/knockd.pid');
  const daemon = await started(stage);
  await knock(scene.client, SERVER4, '4301', '4122');
  await untilOpen(stage, 'once', CLIENT4);
  assert.equal(readFileSync(list, 'utf8'), '#4301,4122\n');
  assert.match(readFileSync(join(scene.folder, 'log/postern/knockd.log'), 'utf8'), /once: OPEN SESAME/);
  assert.equal(readFileSync(`${RUNTIME_DIRECTORY}/knockd.pid`, 'utf8'), `${daemon.pid}\n`);
  await daemon.stop();
  writeConf(stage, SSH, 'LogFile = /var/log/knockd.log');
  const next = await started(stage);
  await next.waitFor("/var/log/knockd.log': EACCES");
  await knock(scene.client, SERVER4, '7301', '8122:udp', '5904');
  await untilOpen(stage, 'ssh', CLIENT4);
  await next.stop();
  writeConf(stage, SSH, 'PidFile = /run/knockd.pid');
  const refused = await stage.sandbox.start().ended;
  assert.equal(refused.status, 1);
});

test('root reaches the control socket, and nobody else', { skip }, async (t) => {
  const stage = setStage(t);
  writeConf(stage, SSH);
  await started(stage);
  assert.match(await statusOf(stage), /listening on eth0/);
  const other = await stage.scene.server.attempt('setpriv', [
    ...[`--reuid=${OTHER_UID}`, `--regid=${OTHER_UID}`, '--clear-groups', '--bounding-set=-all'],
    ...[process.execPath, '-e', CONNECT, SOCKET],
  ]);
  assert.equal(other.stdout, 'EACCES');
});

test('iptables opens, too, as a firewall and as a command, where its rules are in nftables', {
  skip,
}, async (t) => {
  const stage = setStage(t);
  if (!stage.scene.server.runSync('iptables', ['-V']).includes('nf_tables')) return t.skip('iptables-legacy');
  const command = '[chain]\nSequence = 6301,6122\nCommand = iptables -N knocked-%IP%\n';
  writeConf(stage, SSH + command, 'Firewall = iptables');
  await started(stage);
  await knock(stage.scene.client, SERVER4, '7301', '8122:udp', '5904');
  await until(() => stage.scene.server.iptables('-S').includes(`-s ${CLIENT4}/32`), { what: 'the rule' });
  await knock(stage.scene.client, SERVER4, '6301', '6122');
  await until(() => stage.scene.server.iptables('-S').includes(`-N knocked-${CLIENT4}`), {
    what: 'the chain',
  });
});

test('what the unit takes away is not there', { skip }, async (t) => {
  const { sandbox } = setStage(t);
  const script = `
    touch /etc/there /usr/there 2>&1; cat /etc/shadow; ls /root /home /boot 2>&1; ls /proc/1 /proc/meminfo 2>&1
    unshare --net true 2>&1; mount -t tmpfs tmpfs /mnt 2>&1; chmod u+s /tmp 2>&1; hostname other 2>&1
    touch /tmp/own && id -u && umask; ls /dev; grep -E 'CapBnd|NoNewPrivs' /proc/self/status`;
  const { stdout } = await sandbox.probe('/bin/sh', '-c', script);
  assert.match(stdout, /'\/etc\/there': Read-only file system\n.*'\/usr\/there': Read-only file system/);
  assert.doesNotMatch(stdout, /root:[^\n]|vmlinuz/);
  assert.match(stdout, /'\/proc\/1': No such file or directory\n.*'\/proc\/meminfo': No such file/);
  assert.match(stdout, /unshare: .*Operation not permitted/);
  assert.match(stdout, /chmod: .*Operation not permitted\n/);
  assert.match(stdout, /\n64321\n0077\nfd\nfull\nnull\nrandom\ntty\nurandom\nzero\n/);
  assert.match(stdout, /CapBnd:\s+0000000000003004\nNoNewPrivs:\s+1\n/);
  const { stdout: code } = await sandbox.probe('node', '-e', DIAL);
  assert.equal(code, 'EAFNOSUPPORT');
});

test('without a compiler it works as well, and without memory that is written and run', {
  skip,
}, async (t) => {
  const stage = setStage(t, ['no-jit.conf']);
  writeConf(stage, SSH);
  const checked = await stage.sandbox.attempt('ExecStartPre');
  assert.equal(checked.status, 0, checked.stderr);
  await started(stage);
  await knock(stage.scene.client, SERVER4, '7301', '8122:udp', '5904');
  await untilOpen(stage, 'ssh', CLIENT4);
  const compiled = await stage.sandbox.probe('env', '-u', 'NODE_OPTIONS', 'node', '-e', '0');
  assert.notEqual(compiled.status, 0);
});

test('with the example for commands they are root, and the machine is theirs', { skip }, async (t) => {
  const stage = setStage(t, ['commands.conf']);
  const record = join(stage.scene.folder, 'record');
  writeConf(
    stage,
    `[own]\nSequence = 7301,8122\nCommand = id -u > ${record}; sleep 0; echo done >> ${record}\n`,
  );
  const daemon = await started(stage);
  await knock(stage.scene.client, SERVER4, '7301', '8122');
  await until(() => spawnSync('cat', [record], { encoding: 'utf8' }).stdout === '0\ndone\n', {
    what: () => `the record in: ${daemon.output}`,
  });
});

test('with the example for names the name server is asked', { skip }, async (t) => {
  const { sandbox } = setStage(t, ['lookup.conf']);
  const { stdout } = await sandbox.probe('node', '-e', DIAL);
  assert.equal(stdout, 'ECONNREFUSED');
});

const CONNECT = `require('net').connect(process.argv[1]).on('error', (e) => process.stdout.write(e.code))`;
const DIAL = `require('net').connect(9, '127.0.0.1').on('error', (e) => process.stdout.write(e.code))`;

function setStage(t: TestContext, examples: readonly string[] = []): Stage {
  const scene = setDoorScene(t);
  const notify = new NotifySocket(NOTIFY_PATH);
  // The kernel keeps ten messages, and loses what comes then.
  const reader = setInterval(() => notify.read(), READ_MS);
  t.after(() => {
    clearInterval(reader);
    notify.close();
    rmSync(NOTIFY_PATH);
  });
  chmodSync(NOTIFY_PATH, 0o666);
  const dropIns = examples.map(exampleDropIn);
  return {
    scene,
    notify,
    sandbox: new ServiceSandbox({ host: scene.server, folder: scene.folder, dropIns }),
  };
}

/** Root's alone, as postern init writes it. */
function writeConf({ scene }: Stage, doors: string, options = ''): void {
  const text = options === '' ? doors : `[options]\n${options}\n${doors}`;
  writeFileSync(join(scene.folder, 'etc/knockd.conf'), text, { mode: 0o600 });
}

async function started({ sandbox }: Stage): Promise<Running> {
  const daemon = sandbox.start();
  await daemon.waitFor('starting up, listening on eth0');
  return daemon;
}

function told({ notify }: Stage, what: string | RegExp, times = 1): Promise<unknown> {
  return until(() => notify.read().filter((each) => each.match(what)).length >= times, {
    what: () => `${what} ${times} times in: ${notify.read().join('|')}`,
  });
}

function statusOf({ scene }: Stage): Promise<string> {
  return scene.server.exec(POSTERN, ['status', '--socket', SOCKET]);
}

/** Addresses in the kernel's sets of grants. */
function elements({ scene }: Stage): readonly string[] {
  const ruleset = scene.server.runSync('nft', ['list', 'ruleset']);
  return [CLIENT4, OTHER4].filter((address) => ruleset.includes(address));
}

async function untilOpen(stage: Stage, door: string, address: string): Promise<void> {
  await until(async () => (await statusOf(stage)).includes(`  ${address}  ${door}  `), {
    what: `${door} open for ${address}`,
  });
  assert.ok(elements(stage).includes(address), 'in the kernel, too');
}

/** Why these tests cannot run here. */
function missing(): string | undefined {
  const asOther = ['--reuid', `${OTHER_UID}`, 'true'];
  if (spawnSync('setpriv', asOther).status !== 0) return 'this root has one user alone';
  const tools = ['systemd-analyze', 'nft', 'iptables'].filter(
    (tool) => spawnSync(tool, ['--version']).error !== undefined,
  );
  return tools.length === 0 ? undefined : `not installed: ${tools.join(', ')}`;
}
