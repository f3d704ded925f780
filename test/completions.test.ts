/** What the shells offer is what the programs say of themselves in --help: nothing is missing, nothing is made up. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { commandsOfPostern, optionsOfHelp, say } from './support/manual-page.ts';
import { completionFile, missing, offers, SHELLS } from './support/shell-completion.ts';

const COMMANDS = commandsOfPostern();

/** Every command line that has options, with its help. */
const LINES = [
  { line: 'knockd', help: say('knockd', '--help') },
  { line: 'knock', help: say('knock', '--help') },
  ...COMMANDS.map((name) => ({ line: `postern ${name}`, help: say('postern', name, '--help') })),
];

const SECRET = '7301,48122:udp,15904';
const folder = mkdtempSync(join(tmpdir(), 'postern-completions-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const config = join(folder, 'knockd.conf');
writeFileSync(
  config,
  `[ssh]\nSequence = ${SECRET}\nOpen = tcp/22\n\n[web-site]\nSequence = 1,2\nOpen = tcp/80\n`,
);
const broken = join(folder, 'broken.conf');
writeFileSync(broken, '[ssh]\nSequence = none\n');

for (const shell of SHELLS) {
  describe(shell, { skip: missing(shell) }, () => {
    test('offers every option of each command, and no other', () => {
      const found = offers(
        shell,
        LINES.map(({ line }) => `${line} -`),
      );
      for (const [at, { line, help }] of LINES.entries()) {
        assert.deepEqual(found[at], [...optionWords(help)].sort(), `${line} -`);
      }
    });

    test('offers the commands, their verbs, and values of which there is a closed set', () => {
      const questions: readonly (readonly [string, readonly string[]])[] = [
        ['postern ', [...COMMANDS, 'help', 'version']],
        ['postern st', ['status']],
        ['postern firewall ', ['apply', 'confirm', 'plan', 'remove', 'show']],
        ['postern config ', ['doors', 'show']],
        ['postern init --method ', ['sequence', 'spa', 'totp']],
        ['postern init -w nft', ['nftables', 'nftables-mark']],
        ['postern check -e well', ['well-known-sequence']],
        ['knockd --log-format ', ['json', 'text']],
        ['knock --spa --hmac-type sha3', ['sha3-256', 'sha3-512', 'sha384']],
      ];
      const found = offers(
        shell,
        questions.map(([line]) => line),
      );
      for (const [at, [line, expected]] of questions.entries()) {
        assert.deepEqual(found[at], [...expected].sort(), line);
      }
    });

    test('offers the doors of the configuration that the line names, and never a secret', () => {
      const lines = [
        `postern open -c ${config} `,
        `postern close --config ${config} we`,
        `postern share -c ${config} --qr `,
        `postern open -c ${config} ssh `,
        `postern open -c ${broken} `,
        `postern open -c ${config} --for `,
      ];
      const found = offers(shell, lines);
      assert.deepEqual(found, [['ssh', 'web-site'], ['web-site'], ['ssh', 'web-site'], [], [], []]);
    });

    test('offers files where a file is meant', () => {
      const lines = [`postern check ${folder}/kn`, `knockd -c ${folder}/bro`, `postern replay ${folder}/kn`];
      const found = offers(shell, lines).map((words) => words.map((word) => word.replace(`${folder}/`, '')));
      assert.deepEqual(found, [['knockd.conf'], ['broken.conf'], ['knockd.conf']]);
    });
  });
}

test('bash-completion finds each file by the name of its program', { skip: missing('bash') }, (t) => {
  const library = '/usr/share/bash-completion/bash_completion';
  const user = join(folder, 'bash-completion');
  mkdirSync(join(user, 'completions'), { recursive: true });
  for (const program of ['knockd', 'knock', 'postern']) {
    cpSync(completionFile('bash', program), join(user, 'completions', program));
    const script = `[[ -r ${library} ]] || exit 77; source ${library}
      load=_comp_load; declare -F $load >/dev/null || load=_completion_loader
      $load ${program}; complete -p ${program}`;
    const env = { ...process.env, BASH_COMPLETION_USER_DIR: user };
    const { status, stdout } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', env });
    if (status === 77) return t.skip('no bash-completion here');
    assert.equal(stdout, `complete -F _${program} ${program}\n`);
  }
});

function optionWords(help: string): ReadonlySet<string> {
  const words = optionsOfHelp(help).flatMap((option) =>
    option.split(' ').filter((word) => word.startsWith('-')),
  );
  return new Set([...words, '-h', '--help']);
}
