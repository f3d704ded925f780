import assert from 'node:assert/strict';
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isReadByJournal } from './journal-stream.ts';
import { type StreamFormat, StreamLog } from './stream-log.ts';

function linesOf(how: StreamFormat | undefined, write: (log: StreamLog) => void): readonly string[] {
  const lines: string[] = [];
  const stream = {
    writableLength: 0,
    on: () => undefined,
    write: (text: string) => lines.push(text) > 0,
  };
  write(new StreamLog(stream, 'info', how));
  return lines;
}

const FIELDS = { door: 'ssh', source: '192.0.2.7', kind: 'stage' };

test('text is the message alone, and less grave lines are left out', () => {
  const lines = linesOf(undefined, (log) => {
    log.log('notice', 'one\ntwo', FIELDS);
    log.log('debug', 'not this');
  });
  assert.deepEqual(lines, ['one\\x0atwo\n']);
});

test('for the journal lines begin with their priority', () => {
  const lines = linesOf({ format: 'text', isJournal: true }, (log) => {
    for (const level of ['error', 'warning', 'notice', 'info'] as const) log.log(level, level);
  });
  assert.deepEqual(lines, ['<3>error\n', '<4>warning\n', '<5>notice\n', '<6>info\n']);
});

test('JSON is one object a line, with the fields that apply', () => {
  const lines = linesOf({ format: 'json', isJournal: false }, (log) => {
    log.log('notice', '192.0.2.7: ssh: "Stage" 1\n', FIELDS);
    log.log('error', 'no source');
  });
  const [stage, plain] = lines.map((line) => JSON.parse(line));
  assert.match(stage.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(
    { ...stage, time: '' },
    { time: '', level: 'notice', message: '192.0.2.7: ssh: "Stage" 1\\x0a', ...FIELDS },
  );
  assert.deepEqual(Object.keys(plain), ['time', 'level', 'message']);
  assert.ok(lines.every((line) => line.indexOf('\n') === line.length - 1));
});

test("the journal reads a descriptor when device and inode are the variable's", (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-journal-'));
  const fd = openSync(join(folder, 'out'), 'w');
  t.after(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
  const { dev, ino } = fstatSync(fd, { bigint: true });
  assert.equal(isReadByJournal(fd, `${dev}:${ino}`), true);
  assert.equal(isReadByJournal(fd, `${dev}:${ino + 1n}`), false);
  assert.equal(isReadByJournal(fd, undefined), false);
  assert.equal(isReadByJournal(12_345, `${dev}:${ino}`), false);
});
