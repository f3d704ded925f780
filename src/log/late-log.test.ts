import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LateLog } from './late-log.ts';

function lateLog() {
  const lines: string[] = [];
  const log = new LateLog({
    log: (level, message, fields) => lines.push([level, message, ...Object.values(fields ?? {})].join(' ')),
  });
  return { log, lines };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('lines come late, by themselves, in their order and with their fields', async () => {
  const { log, lines } = lateLog();
  log.log('notice', 'one', { door: 'ssh' });
  log.log('error', 'two');
  assert.deepEqual(lines, []);
  await until(() => lines.length > 0);
  assert.deepEqual(lines, ['notice one ssh', 'error two']);
  log.log('info', 'three');
  assert.equal(lines.length, 2);
  await until(() => lines.length > 2);
});

test('a flush hands on what waits, once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { log, lines } = lateLog();
  log.log('info', 'one');
  log.flush();
  log.flush();
  t.mock.timers.tick(50);
  assert.deepEqual(lines, ['info one']);
});

test('a bounded number waits', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { log, lines } = lateLog();
  for (let i = 0; i < 1000; i++) log.log('info', `${i}`);
  assert.ok(lines.length > 700, `${lines.length}`);
  t.mock.timers.tick(20);
  assert.deepEqual(
    lines,
    Array.from({ length: 1000 }, (_, i) => `info ${i}`),
  );
});
