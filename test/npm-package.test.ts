/** What `npm pack` takes along: the programs and what people read, nothing that only the project needs. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

function packedFiles(): readonly string[] {
  const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [packed] = Object.values(JSON.parse(said) as Readonly<Record<string, Packed>>); // a list before npm 12
  assert.ok(packed !== undefined);
  return packed.files.map(({ path }) => path);
}

test('the npm package has the programs, manual pages, completions and licence', () => {
  const files = packedFiles();
  const wanted = [
    ...['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'package.json'],
    ...['bin/package.json', 'bin/knock', 'bin/knockd', 'bin/postern', 'dist/programs/cli/knockd.cjs'],
    ...['dist/man/knock.1', 'dist/man/knockd.8', 'dist/man/knockd.conf.5', 'dist/man/postern.8'],
    ...['dist/completions/bash/knock', 'dist/completions/zsh/_knock', 'dist/completions/fish/knock.fish'],
  ];
  assert.deepEqual(
    wanted.filter((path) => !files.includes(path)),
    [],
  );
});

test('the npm package has no tests, maps, sources or tools of the project', () => {
  const allowed =
    /^(bin\/(\w+|package\.json)|dist\/(programs\/cli\/[\w-]+\.cjs|man\/[\w.-]+|completions\/\w+\/\w+(\.fish)?)|docs\/[\w.-]+\.(md|svg)|[A-Z]+(\.md)?|package\.json)$/;
  assert.deepEqual(
    packedFiles().filter((path) => !allowed.test(path)),
    [],
  );
});

test('the npm package runs nothing when it is installed', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'preuninstall', 'postuninstall'];
  assert.deepEqual(
    hooks.filter((name) => name in scripts),
    [],
  );
});
