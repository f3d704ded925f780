import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { OpError } from '../base/op-error.ts';
import { lockFile, PidFile } from './pid-file.ts';

function pathIn(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'postern-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'knockd.pid');
}

test('it holds the number and a newline, and is gone at the end', (t) => {
  const path = pathIn(t);
  const file = new PidFile(path, 4711);
  assert.equal(readFileSync(path, 'utf8'), '4711\n');
  file.remove();
  assert.equal(existsSync(path), false);
});

test('a file that a crash left is taken over', (t) => {
  const path = pathIn(t);
  writeFileSync(path, '123456\n');
  const file = new PidFile(path, 7);
  assert.equal(readFileSync(path, 'utf8'), '7\n');
  file.remove();
});

test('a second daemon is refused, the number of the first is named and kept', (t) => {
  const path = pathIn(t);
  const first = new PidFile(path, 4711);
  assert.throws(() => new PidFile(path, 4712), { name: 'OpError', message: /4711 is running/ });
  assert.equal(readFileSync(path, 'utf8'), '4711\n');
  first.remove();
});

test('a lock names who has it, and what else can be done', (t) => {
  const path = pathIn(t);
  lockFile(path, 4711, 'go elsewhere');
  assert.throws(() => lockFile(path, 4712, 'go elsewhere'), {
    message: /4711 is running/,
    hint: 'stop that one first, or go elsewhere',
  });
});

test('a directory that is missing is an error with its path', () => {
  assert.throws(
    () => new PidFile('/nonexistent/knockd.pid', 1),
    (error) => {
      assert.ok(error instanceof OpError);
      assert.match(error.message, /'\/nonexistent\/knockd.pid'/);
      return true;
    },
  );
});
