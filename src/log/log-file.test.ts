import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LogFile } from './log-file.ts';

const NOW = () => new Date(2026, 10, 4, 2, 5, 9);

function logIn(t: TestContext, maxQueued?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'knockd.log');
  const troubles: string[] = [];
  const onTrouble = (error: Error) => troubles.push(error.message);
  const log = new LogFile({ path, onTrouble, now: NOW, ...(maxQueued === undefined ? {} : { maxQueued }) });
  return { path, troubles, log, lines: () => readFileSync(path, 'utf8').trimEnd().split('\n') };
}

test('lines are appended in order, with date and minute in front', async (t) => {
  const { log, path, lines } = logIn(t);
  for (let i = 0; i < 100; i++) log.log('notice', `line ${i}`);
  await log.close();
  assert.deepEqual(
    lines(),
    Array.from({ length: 100 }, (_, i) => `[2026-11-04 02:05] line ${i}`),
  );
  const more = new LogFile({ path, onTrouble: assert.ifError, now: NOW });
  more.log('notice', 'more');
  await more.close();
  assert.equal(lines().length, 101);
});

test('a line break in a message makes no line, and what -D says is left out', async (t) => {
  const { log, lines } = logIn(t);
  log.log('debug', 'a packet');
  log.log('info', 'one\n[2026-11-04 02:05] 192.0.2.7: forged\r\tend');
  await log.close();
  assert.deepEqual(lines(), ['[2026-11-04 02:05] one\\x0a[2026-11-04 02:05] 192.0.2.7: forged\\x0d\tend']);
});

test('after a rotation what came before is in the old file, what comes after in the new one', async (t) => {
  const { log, path, lines } = logIn(t);
  log.log('notice', 'old');
  await log.flush();
  renameSync(path, `${path}.1`);
  log.log('notice', 'still old');
  log.reopen();
  await log.flush();
  assert.deepEqual(lines(), [''], 'the new file is there at once');
  log.log('notice', 'new');
  await log.close();
  assert.match(readFileSync(`${path}.1`, 'utf8'), /old\n.*still old\n$/);
  assert.deepEqual(lines(), ['[2026-11-04 02:05] new']);
});

test('trouble is told once; when it is over the file says how many lines it lacks', async (t) => {
  const { log, path, troubles, lines } = logIn(t);
  mkdirSync(path);
  for (const line of ['one', 'two', 'three']) {
    log.log('notice', line);
    await log.flush();
  }
  assert.equal(troubles.length, 1);
  assert.match(troubles[0] ?? '', /^failed to write the log file '.*knockd.log': EISDIR/);
  rmdirSync(path);
  log.log('notice', 'four');
  await log.close();
  assert.deepEqual(lines(), [
    '[2026-11-04 02:05] 3 log lines were lost, the file did not take them',
    '[2026-11-04 02:05] four',
  ]);
});

test('what does not fit the queue is dropped, counted and told', async (t) => {
  const { log, lines } = logIn(t, 100);
  for (let i = 0; i < 50; i++) log.log('notice', `a line of some length, number ${i}`);
  await log.close();
  const kept = lines().filter((line) => line.includes('number')).length;
  assert.ok(kept > 0 && kept < 50, `${kept} are kept`);
  assert.ok(
    lines().includes(`[2026-11-04 02:05] ${50 - kept} log lines were lost, the file did not take them`),
  );
});

test('before a crash what waits is written at once', (t) => {
  const { log, lines } = logIn(t);
  log.log('error', 'internal error');
  log.flushSync();
  assert.deepEqual(lines(), ['[2026-11-04 02:05] internal error']);
});
