import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDirectory } from './make-directory.ts';

test('a directory and those above it are made, for nobody else', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a', 'b');
  makeDirectory(path);
  makeDirectory(path);
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

test('a file system that refuses new directories is an error, not a loop', () => {
  const script = `import(${JSON.stringify(import.meta.resolve('./make-directory.js'))}).then((m) => m.makeDirectory('/proc/no/where'))`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], {
    timeout: 30_000,
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stderr, /ENOENT/);
});
