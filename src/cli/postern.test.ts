import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { POSTERN } from '../../lab/programs.ts';

test('a reader that goes away ends it without a word', async () => {
  const child = spawn(POSTERN, ['help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  assert.deepEqual([status, stderr], [0, '']);
});

test('output that cannot be written is an error', { skip: !existsSync('/dev/full') }, () => {
  const stdio = ['ignore', openSync('/dev/full', 'w'), 'pipe'] as const;
  const { status, stderr } = spawnSync(POSTERN, ['help'], {
    encoding: 'utf8',
    stdio: [...stdio],
  });
  assert.equal(status, 1);
  assert.match(stderr, /^error: failed to write the output: ENOSPC/);
});
