import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { POSTERN } from '../../../lab/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-migrate-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const ADD = '/sbin/iptables -A INPUT -s %IP% -p tcp --dport 22 -j ACCEPT';
const DELETE = '/sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT';

function postern(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(POSTERN, [...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** What is new, without indentation, and what is said; the new configuration has no errors. */
function migrated(text: string, ...options: readonly string[]) {
  const [from, to] = [join(folder, 'from.conf'), join(folder, 'to.conf')];
  writeFileSync(from, text);
  const { status, stdout, stderr } = postern('migrate', from, ...options, '--json');
  assert.equal(status, 0, stderr);
  const { config, moved, notes } = JSON.parse(stdout);
  writeFileSync(to, config, { mode: 0o600 });
  assert.equal(postern('check', to).status, 0, config);
  const said = notes.map((note: { line: number; message: string }) => `${note.line} ${note.message}`);
  return {
    lines: config
      .trimEnd()
      .split('\n')
      .map((line: string) => line.trim()),
    moved,
    notes: said,
  };
}

test('a door that opens and one that closes become Open and Close; comments stay', () => {
  const { lines, moved, notes } = migrated(
    `# mine\n[options]\n  logfile = /var/log/knockd.log\n[openSSH]\n  sequence = 7000,8000,9000\n  tcpflags = syn\n  # a word\n  command = ${ADD}\n[closeSSH]\n  sequence = 9000,8000,7000\n  tcpflags = syn\n  command = ${DELETE}\n`,
  );
  assert.deepEqual(lines, [
    '# mine',
    '[options]',
    'Firewall = iptables',
    'logfile = /var/log/knockd.log',
    '[openSSH]',
    'sequence = 7000,8000,9000',
    'tcpflags = syn',
    '# a word',
    'Open = tcp/22',
    'Open_For = forever',
    '[closeSSH]',
    'sequence = 9000,8000,7000',
    'tcpflags = syn',
    'Close = openSSH',
  ]);
  assert.deepEqual(moved, ['openSSH', 'closeSSH']);
  assert.deepEqual(notes, []);
});

test('start, time and stop become Open and Open_For', () => {
  const door = (time: string) =>
    `[a]\nsequence = 1,2,3\nstart_command = ${ADD}\n${time}\nstop_command = ${DELETE}\n`;
  assert.deepEqual(migrated(door('cmd_timeout = 3600')).lines.slice(-3), [
    'sequence = 1,2,3',
    'Open = tcp/22',
    'Open_For = 1h',
  ]);
  assert.equal(migrated(door('')).lines.at(-1), 'Open_For = 10s', 'the default of Cmd_Timeout');
  assert.equal(migrated(door('cmd_timeout = 2147483647')).lines.at(-1), 'Open_For = forever');
  const { lines } = migrated(door('cmd_timeout = 5').replaceAll('INPUT', 'KNOCKED'));
  assert.deepEqual(lines.slice(0, 3), ['[options]', 'Firewall = iptables', 'Chain = KNOCKED']);
});

test("the examples of knockd's manual page", () => {
  const second = migrated(
    '[b]\nsequence = 2222:udp,3333:tcp,4444:udp\ntcpflags = syn,ack\nstart_command = /usr/sbin/iptables -A INPUT -s %IP% -p tcp --syn -j ACCEPT\ncmd_timeout = 5\nstop_command = /usr/sbin/iptables -D INPUT -s %IP% -p tcp --syn -j ACCEPT\n',
  );
  assert.deepEqual(second.moved, []);
  assert.match(second.notes[0] ?? '', /^4 b: stays: it names no port/);
  const sequences = join(folder, 'sequences');
  writeFileSync(sequences, ' 1001,1002,1003\n');
  const smtp = (flag: string, program: string) =>
    `/usr/sbin/${program} -${flag} INPUT -s %IP% -p tcp --dport 25 -j ACCEPT`;
  const third = `[c]\none_time_sequences = ${sequences}\ntcpflags = fin,!ack\nstart_command = ${smtp('A', 'iptables')}\ncmd_timeout = 5\nstop_command = ${smtp('D', 'iptables')}\n`;
  assert.deepEqual(migrated(third).lines.slice(-2), ['Open = tcp/25', 'Open_For = 5s']);
  const fourth = `${third}start_command_6 = ${smtp('A', 'ip6tables')}\nstop_command_6 = ${smtp('D', 'ip6tables')}\n`;
  assert.deepEqual(migrated(fourth).lines.slice(-2), ['Open = tcp/25', 'Open_For = 5s']);
  const first = migrated(
    '[d]\nsequence = 7000,8000,9000\ncommand = /sbin/iptables -A INPUT -s %IP% --dport 22 -j ACCEPT\n',
  );
  assert.equal(first.lines.at(-2), 'Open = tcp/22');
  assert.match(first.notes.join('\n'), /^3 d: --dport needs -p.*\n3 d: nothing took it back/);
});

test('nothing becomes laxer', () => {
  const none = migrated(
    `[a]\nsequence = 1,2,3\ncommand = ${ADD}\ncommand_6 =\n[b]\nsequence = 3,2,1\ncommand = ${DELETE}\n`,
  );
  assert.ok(none.lines.includes('Allow_From = 0.0.0.0/0'), 'IPv6 did nothing');
  const other = migrated(`[a]\nsequence = 1,2,3\ncommand = ${ADD}\ncommand_6 = ${ADD.replace('22', '23')}\n`);
  assert.deepEqual(other.moved, []);
  assert.match(other.notes[0] ?? '', /^4 a: stays: it does something else for IPv6/);
  const closing = migrated(`[a]\nsequence = 1,2,3\ncommand = ${ADD}\ncommand_6 = ${DELETE}\n`);
  assert.deepEqual(closing.moved, []);
  const half = migrated(
    `[a]\nsequence = 1,2,3\ncommand = ${ADD}\nstop_command = ${DELETE.replace('22', '23')}\n`,
  );
  assert.match(half.notes[0] ?? '', /^4 a: stays: the stop command does not take back/);
});

test('doors for another firewall, and closers of nothing, stay', () => {
  const { moved, notes } = migrated(
    `[a]\nsequence = 1,2,3\ncommand = ${ADD}\nstop_command = ${DELETE}\n[b]\nsequence = 4,5,6\ncommand = ufw allow from %IP% to any port 80\n[c]\nsequence = 7,8,9\ncommand = ${DELETE.replace('22', '99')}\n`,
  );
  assert.deepEqual(moved, ['a']);
  assert.deepEqual(notes, [
    '5 b: stays: its commands are for ufw, those of other doors for iptables, chain INPUT',
    '10 c: stays: no door opens tcp/99',
  ]);
});

test("the options of Debian's /etc/default/knockd come along", () => {
  const defaults = join(folder, 'defaults');
  writeFileSync(defaults, '# c\nSTART_KNOCKD=0\nKNOCKD_OPTS="-i eth1 --pidfile=/run/k.pid -v"\n');
  const { lines, notes } = migrated('[options]\ninterface = eth0\n[a]\nsequence = 1,2,3\n', '-d', defaults);
  assert.deepEqual(lines.slice(0, 4), ['[options]', 'Interface = eth1', 'PidFile = /run/k.pid', '[a]']);
  assert.deepEqual(notes, [
    '2 START_KNOCKD is not 1: knockd was not started at boot',
    "3 '-v' has no key: give it to knockd as before",
  ]);
});

test('what goes and what comes is shown, and --output writes what comes and checks it', () => {
  const [from, to] = [join(folder, 'shown.conf'), join(folder, 'written.conf')];
  writeFileSync(from, `[a]\n  sequence = 1,2,3\n  command = ${ADD}\n  stop_command = ${DELETE}\n`);
  const shown = postern('migrate', from).stdout;
  assert.match(
    shown,
    /^\+\[options\]\n\+ {4}Firewall = iptables\n\+\n \[a\]\n {3}sequence = 1,2,3\n- {2}command = .*\n\+ {2}Open = tcp\/22\n/,
  );
  const said = postern('migrate', from, '-o', to);
  assert.equal(said.status, 0, said.stderr);
  assert.match(said.stdout, /no errors/);
  assert.equal(readFileSync(to, 'utf8'), postern('migrate', from, '--new').stdout);
  assert.equal(statSync(to).mode & 0o777, 0o600);
  assert.equal(postern('migrate', from, '-o', to).status, 1);
  writeFileSync(from, '[a]\nsequence = 0\n');
  const wrong = postern('migrate', from);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /:2:12: error: '0' is no port/);
  assert.equal(postern('migrate', from, from).status, 2);
});
