/**
 * Exit statuses and JSON of the commands that need no daemon, in situations that give each: as the manual pages tell them.
 * Those that ask a daemon, and `firewall`, are in netns/outcomes.test.ts.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { KNOCK, KNOCKD, POSTERN } from '../lab/programs.ts';
import { captureFileOf, frameOf } from './netns/frame-sender.ts';
import { assertDocumented, documentedStatuses } from './support/documented.ts';
import { commandsOfPostern, sectionOf, sourceOf } from './support/manual-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-outcomes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  return path;
}

const NOWHERE = join(folder, 'nowhere', 'file');
const SSH = '[ssh]\nSequence = 7301,48122:udp,15904\nTCPFlags = syn\nOpen = tcp/22\n';
const GOOD = file('good.conf', SSH);
const POOR = file('poor.conf', '[ssh]\nSequence = 7000,8000,9000\nOpen = tcp/22\n', 0o644);
const BAD = file('bad.conf', '[ssh]\nSequence = none\nkey without value\n');
const TOTP = file('totp.conf', '[vault]\nTotp_Secret = JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\nOpen = tcp/443\n');
const SPA = file('spa.conf', '[a]\nSpa_Key = plain:12345678\nSpa_Hmac_Key = plain:87654321\nOpen = tcp/22\n');
const LOGGED = file('logged.conf', `[options]\nUseSyslog\n${SSH}`);
const COMMAND = 'iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT';
const OLD = file(
  'old.conf',
  `[ssh]\nSequence = 1,2\nStart_Command = ${COMMAND}\nCmd_Timeout = 9\nStop_Command = ${COMMAND.replace('-I', '-D')}\n\n[mail]\nSequence = 3,4\nStart_Command = mail root\n`,
);
const LOG = file('knockd.log', '[2026-01-31 12:00] 192.0.2.7: ssh: Stage 1\n');
const ACCESS = file('access.conf', 'SOURCE ANY\nKEY 12345678\nHMAC_KEY 87654321\nGPG_DECRYPT_ID x\n');
const knocks = [
  ...[7301, 48122, 15904].map((port) => ({ src: '192.0.2.7', dst: '192.0.2.1', port, udp: port === 48122 })),
  { src: '192.0.2.8', dst: '192.0.2.1', port: 7301 },
];
const CAPTURE = file('capture.pcap', captureFileOf([...knocks.map(frameOf), new Uint8Array(60)]));

interface Situation {
  readonly args: readonly string[];
  readonly status: number;
}

function runs(status: number, ...lines: readonly (readonly string[])[]): readonly Situation[] {
  return lines.map((args) => ({ args, status }));
}

/** By the command's section; what fails to write can do so for root, too. */
const SITUATIONS: Readonly<Record<string, readonly Situation[]>> = {
  init: [
    ...runs(0, ['-y', '-o', join(folder, 'new.conf')]),
    ...runs(1, ['-y', '-o', GOOD], ['-y', '-o', NOWHERE]),
    ...runs(2, ['--nonsense'], ['-y', '-m', 'magic'], ['-j'], []),
  ],
  check: [
    ...runs(0, [GOOD], [POOR], ['-e', 'all']),
    ...runs(1, [BAD], [NOWHERE], ['-s', POOR]),
    ...runs(2, ['--nonsense'], [GOOD, GOOD], ['-e', 'nothing']),
  ],
  config: [
    ...runs(0, ['show', GOOD], ['doors', GOOD]),
    ...runs(1, ['show', BAD], ['doors', NOWHERE]),
    ...runs(2, [], ['hide'], ['doors', '-o', GOOD]),
  ],
  replay: [
    ...runs(0, [CAPTURE, '-c', GOOD]),
    ...runs(1, [NOWHERE, '-c', GOOD], [CAPTURE, '-c', BAD], [GOOD, '-c', GOOD]),
    ...runs(2, [], [CAPTURE, '-a', 'nobody']),
  ],
  report: [
    ...runs(0, ['-j', LOG]),
    ...runs(1, [NOWHERE], [LOG, '-o', NOWHERE]),
    ...runs(2, ['--nonsense'], ['-S', 'someday', LOG]),
  ],
  key: [
    ...runs(0, ['new', 'a']),
    ...runs(1, ['new', 'a', '-w', NOWHERE]),
    ...runs(2, [], ['new'], ['old', 'a']),
  ],
  share: [
    ...runs(0, ['ssh', '-c', GOOD], ['ssh', '-c', GOOD, '-q']),
    ...runs(
      1,
      ['web', '-c', GOOD],
      ['ssh', '-c', BAD],
      ['vault', '-c', TOTP, '-q'],
      ['ssh', '-c', GOOD, '--png', NOWHERE],
    ),
    ...runs(2, [], ['ssh', '-q', '-j']),
  ],
  import: [
    ...runs(0, ['fwknop', ACCESS]),
    ...runs(1, ['fwknop', NOWHERE], ['fwknop', '/dev/null'], ['fwknop', ACCESS, '-o', NOWHERE]),
    ...runs(2, [], ['knockd', ACCESS]),
  ],
  migrate: [
    ...runs(0, [OLD], [GOOD]),
    ...runs(1, [BAD], [NOWHERE], [OLD, '-o', NOWHERE], [OLD, '-o', NOWHERE, '-j']),
    ...runs(2, ['--nonsense'], [OLD, OLD]),
  ],
};

/** Of postern(8), in the other file. */
function isElsewhere(command: string): boolean {
  const asking = sectionOf(sourceOf('postern.8'), 'Commands that ask the daemon') ?? '';
  return command === 'firewall' || sectionOf(asking, `postern ${command}`) !== undefined;
}

function run(program: string, args: readonly string[]) {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', input: '', timeout: 60_000 });
}

describe('exit statuses', () => {
  for (const command of commandsOfPostern().filter((name) => !isElsewhere(name))) {
    test(`postern ${command}`, () => {
      const situations = SITUATIONS[command];
      assert.ok(situations !== undefined, `no situation for 'postern ${command}': add some here`);
      const found = situations.map(({ args, status }) => {
        const ended = run(POSTERN, [command, ...args]);
        assert.equal(ended.status, status, `${command} ${args.join(' ')}\n${ended.stdout}${ended.stderr}`);
        assert.equal(ended.stderr === '' && status !== 0, false, `${command} ${args.join(' ')} says why`);
        return status;
      });
      const told = documentedStatuses('postern.8', `postern ${command}`);
      assert.deepEqual([...new Set(found)].sort(), [...told]);
      const [, help = ''] = /^exit status: (.*)/ms.exec(run(POSTERN, [command, '--help']).stdout) ?? [];
      for (const status of told) assert.match(help, new RegExp(`\\b${status} `), `--help tells ${status}`);
    });
  }

  test('postern itself', () => {
    assert.deepEqual(documentedStatuses('postern.8', 'Exit status'), [0, 1, 2]);
    assert.equal(run(POSTERN, ['help']).status, 0);
    assert.equal(run(POSTERN, []).status, 2);
    assert.equal(run(POSTERN, ['nonsense']).status, 2);
    const full = spawnSync('sh', ['-c', `exec "$0" help > /dev/full`, POSTERN], { encoding: 'utf8' });
    assert.deepEqual([full.status, full.stderr.split(':')[0]], [1, 'error']);
  });

  test('knockd', () => {
    assert.deepEqual(documentedStatuses('knockd.8', 'Exit status'), [0, 1]);
    assert.equal(run(KNOCKD, ['--version']).status, 0);
    for (const args of [['--nonsense'], ['-c', BAD], ['-c', NOWHERE], ['surplus']])
      assert.equal(run(KNOCKD, args).status, 1, args.join(' '));
  });

  test('knock', () => {
    const told = documentedStatuses('knock.1', 'Exit status');
    assert.deepEqual(told.slice(0, 3), [0, 1, 2]);
    assert.equal(run(KNOCK, ['127.0.0.1', '47001']).status, 0);
    assert.equal(run(KNOCK, ['--nonsense']).status, 1);
    assert.equal(run(KNOCK, ['host.invalid', '47001']).status, 2);
  });
});

/** Objects of a command that has ended as it should. */
function json(...args: readonly string[]): unknown[] {
  const { stdout } = run(POSTERN, args);
  try {
    return [JSON.parse(stdout)];
  } catch {
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }
}

const OBJECTS: Readonly<Record<string, () => readonly unknown[]>> = {
  check: () => [GOOD, POOR, BAD].flatMap((each) => json('check', '-j', each)),
  'check --explain': () => json('check', '-j', '-e', 'all'),
  'config show': () => [GOOD, LOGGED].flatMap((each) => json('config', 'show', '-j', each)),
  'config doors': () => json('config', 'doors', '-j', GOOD),
  init: () =>
    ['sequence', 'totp', 'spa'].flatMap((way) => json('init', '-yjFm', way, '-o', join(folder, 'init'))),
  share: () => [...json('share', '-j', 'ssh', '-c', GOOD), ...json('share', '-j', 'a', '-c', SPA)],
  key: () => [...json('key', 'new', 'a', '-j', '-w', folder), ...json('key', 'new', 'a', '-jt')],
  migrate: () => json('migrate', '-j', OLD),
  import: () => json('import', 'fwknop', '-j', ACCESS),
  replay: () => json('replay', '-jA', CAPTURE, '-c', GOOD),
};

describe('JSON', () => {
  for (const [title, objects] of Object.entries(OBJECTS)) {
    test(`${title}: the fields that postern-json(5) tells`, () => assertDocumented(title, objects()));
  }

  test('every command has it, and a section that tells its fields', () => {
    const page = sourceOf('postern-json.5');
    for (const command of commandsOfPostern()) {
      assert.match(run(POSTERN, [command, '--help']).stdout, /-j, --json /, command);
      assert.match(page, new RegExp(`^## ${command}\\b`, 'm'));
      if (!isElsewhere(command) && command !== 'report')
        assert.ok(Object.keys(OBJECTS).some((title) => title.split(' ')[0] === command));
    }
  });
});

const ESCAPE = '\u001b';

/** On a terminal of its own. */
function onTerminal(environment: Readonly<Record<string, string>>, ...args: readonly string[]): string {
  const { NO_COLOR: _, ...inherited } = process.env;
  const command = [process.execPath, POSTERN, ...args].map((word) => `'${word}'`).join(' ');
  const env = { ...inherited, TERM: 'xterm', ...environment };
  return spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8', env, input: '' }).stdout;
}

describe('colour', { skip: spawnSync('script', ['--version']).error ? 'no script here' : false }, () => {
  for (const line of [
    ['migrate', OLD],
    ['share', 'ssh', '-q', '-c', GOOD],
  ]) {
    test(`${line[0]}: on a terminal alone, and not with NO_COLOR or TERM=dumb`, () => {
      assert.ok(onTerminal({}, ...line).includes(ESCAPE));
      assert.ok(!onTerminal({ NO_COLOR: '1' }, ...line).includes(ESCAPE));
      assert.ok(!onTerminal({ TERM: 'dumb' }, ...line).includes(ESCAPE));
      assert.ok(!run(POSTERN, line).stdout.includes(ESCAPE));
    });
  }

  test('errors, warnings and help are never coloured', () => {
    for (const line of [['check', BAD], ['check', POOR], ['help'], ['nonsense']]) {
      const text = onTerminal({}, ...line);
      assert.ok(text.length > 20 && !text.includes(ESCAPE), line.join(' '));
    }
  });
});
