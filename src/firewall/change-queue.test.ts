import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpError } from '../base/op-error.ts';
import { ok, type Result } from '../base/result.ts';
import { ChangeQueue } from './change-queue.ts';

/** A queue whose commits last until `go` is called, with what it did in order. */
function slowQueue(maxGroup = 100) {
  const log: string[] = [];
  const waiting: (() => void)[] = [];
  const queue = new ChangeQueue<string>(maxGroup, async (changes) => {
    log.push(`begin ${changes.join('+')}`);
    await new Promise<void>((resolve) => waiting.push(resolve));
    log.push('end');
    return changes.map((): Result<void, OpError> => ok(undefined));
  });
  const go = async () => {
    await turn();
    waiting.shift()?.();
    await turn();
  };
  return { queue, log, go };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('changes made together are one commit, those made meanwhile the next one', async () => {
  const { queue, log, go } = slowQueue();
  const all = [queue.change('a'), queue.change('b')];
  await turn();
  all.push(queue.change('c'), queue.change('d'));
  await turn();
  assert.deepEqual(log, ['begin a+b']);
  await go();
  await go();
  assert.deepEqual(log, ['begin a+b', 'end', 'begin c+d', 'end']);
  assert.equal((await Promise.all(all)).length, 4);
});

test('a change after other work is not committed before it', async () => {
  const { queue, log, go } = slowQueue();
  const all = [
    queue.change('a'),
    queue.alone(async () => {
      log.push('alone');
    }),
    queue.change('b'),
  ];
  await go();
  await go();
  await Promise.all(all);
  assert.deepEqual(log, ['begin a', 'end', 'alone', 'begin b', 'end']);
});

test('a group has a bound', async () => {
  const { queue, log, go } = slowQueue(2);
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) => queue.change(name));
  for (let groups = 0; groups < 3; groups++) await go();
  await Promise.all(all);
  assert.deepEqual(log, ['begin a+b', 'end', 'begin c+d', 'end', 'begin e', 'end']);
});

test('work that fails does not hold up what comes after it', async () => {
  const { queue, go } = slowQueue();
  await assert.rejects(
    queue.alone(() => Promise.reject(new Error('broken'))),
    /broken/,
  );
  const change = queue.change('a');
  await go();
  assert.ok((await change).ok);
});
