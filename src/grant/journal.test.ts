/** The journal on real files: what a crash, a full disk, other versions and other programs leave behind. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lchownSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { grantRecord, JournalBench } from '../../test/support/journal-bench.ts';
import { OpError } from '../base/op-error.ts';
import { Journal } from './journal.ts';
import { formatRecord, type GrantRecord } from './journal-record.ts';

function newBench(t: TestContext): JournalBench {
  const bench = new JournalBench();
  t.after(() => bench.remove());
  return bench;
}

async function fill(journal: Journal, count: number): Promise<readonly GrantRecord[]> {
  const records = Array.from({ length: count }, () => grantRecord(journal.nextId()));
  for (const result of await Promise.all(records.map((each) => journal.opened(each)))) assert.ok(result.ok);
  return records;
}

function line(id: number): string {
  return formatRecord({ kind: 'open', grant: grantRecord(id) });
}

test('what was opened and not closed is read again as it was, with its last end', async (t) => {
  const bench = newBench(t);
  const journal = await bench.open();
  const records = await fill(journal, 5);
  journal.closed(2);
  journal.refreshed(4, 1_800_000_000_123);
  await journal.close();
  const again = await bench.open();
  const expected = records.filter(({ id }) => id !== 2);
  assert.deepEqual(
    again.liveGrants(),
    expected.map((each) => (each.id === 4 ? { ...each, endMs: 1_800_000_000_123 } : each)),
  );
  assert.equal(again.nextId(), 6);
  await again.close();
  assert.deepEqual(bench.logged, []);
});

test('no file, an empty file and one of nothing but padding are an empty journal', async (t) => {
  const bench = newBench(t);
  for (const contents of [undefined, '', '\n', '\n'.repeat(5000), '\0'.repeat(5000), ' \r\n']) {
    if (contents !== undefined) writeFileSync(bench.path, contents, { mode: 0o600 });
    assert.deepEqual(await bench.liveIds(), []);
  }
  assert.deepEqual(bench.logged, []);
});

test('a last line that is cut anywhere is skipped, and nothing else', async (t) => {
  const bench = newBench(t);
  const before = Buffer.from(line(1) + line(2));
  const last = Buffer.from(line(3));
  for (let length = 0; length <= last.length; length += 7) {
    for (const rest of ['', '\n\n\n', '\0\0\0', '\0\0\n\n']) {
      const torn = [before, last.subarray(0, length), Buffer.from(rest)];
      writeFileSync(bench.path, Buffer.concat(torn), { mode: 0o600 });
      const whole = length >= last.length - 1;
      assert.deepEqual(await bench.liveIds(), whole ? [1, 2, 3] : [1, 2], `cut after ${length} bytes`);
      const told = bench.logged.splice(0);
      if (length === 0 || whole) assert.deepEqual(told, []);
      else
        assert.match(
          told.join(),
          /^notice .*grants\.journal:3: the last line was cut off by a crash; it is skipped, all others count$/,
        );
    }
  }
});

test('after a torn line new records start a line of their own', async (t) => {
  const bench = newBench(t);
  writeFileSync(bench.path, line(1) + line(2).slice(0, -20), { mode: 0o600 });
  const journal = await bench.open();
  await fill(journal, 1);
  await journal.close();
  assert.deepEqual(await bench.liveIds(), [1, 2]);
});

test('damage in the middle costs the damaged lines only, each is told, and the file is kept beside', async (t) => {
  const bench = newBench(t);
  const garbage = [
    ...['{"v":1,"kind":"open","id":7', 'null', '[]', '17', '"text"', '\u0001\ufffd', '{}', '{"v":"1"}'],
    ...['{"v":1}', '{"v":1,"kind":"open","id":7}', '{"v":1,"kind":"close","id":-1}'],
    ...[
      '{"v":1,"kind":"close","id":1.5}',
      '{"v":1,"kind":"close","id":1e300}',
      '{"v":1,"kind":"fly","id":1}',
    ],
    ...['{"v":1,"kind":"refresh","id":1,"endMs":null}', line(8).replace('"192', '7,"x":"192').trim()],
    line(9).replace('10000', '"10000"').trim(),
  ];
  writeFileSync(bench.path, `${line(1)}${garbage.join('\n')}\n`, { mode: 0o600 });
  appendFileSync(bench.path, Buffer.concat([Buffer.from([0xff, 0xfe, 0x80, 0x0a]), Buffer.from(line(2))]));
  const before = readFileSync(bench.path);
  assert.deepEqual(await bench.liveIds(), [1, 2]);
  const aside = readdirSync(bench.directory).find((name) => name.startsWith('grants.journal.damaged-'));
  assert.ok(aside !== undefined);
  assert.deepEqual(readFileSync(join(bench.directory, aside)), before);
  assert.equal(bench.logged.length, garbage.length + 1);
  bench.logged.forEach((each, at) => {
    assert.match(each, new RegExp(`^error .*grants\\.journal:${at + 2}: the line is damaged`));
  });
});

test('a record of a later version is refused, and the file left as it is', async (t) => {
  const bench = newBench(t);
  const text = `${line(1)}{"v":2,"what":"nobody knows yet"}\n${line(2)}`;
  writeFileSync(bench.path, text, { mode: 0o600 });
  await assert.rejects(bench.open(), (error) => {
    assert.ok(error instanceof OpError);
    assert.match(error.message, /read the journal .*: line 2 is of version 2, expected 1/);
    assert.match(error.hint ?? '', /start the newer Postern/);
    return true;
  });
  assert.equal(readFileSync(bench.path, 'utf8'), text);
});

test('a journal or a directory into which others could have written is refused', async (t) => {
  const bench = newBench(t);
  writeFileSync(bench.path, line(1), { mode: 0o600 });
  chmodSync(bench.path, 0o620);
  await assert.rejects(bench.open(), /failed to read the journal .* only its owner can write to/);
  chmodSync(bench.path, 0o600);
  chmodSync(bench.directory, 0o770);
  await assert.rejects(bench.open(), /failed to use the state directory .* only its owner can write to/);
  chmodSync(bench.directory, 0o700);
  assert.deepEqual(await bench.liveIds(), [1]);
});

test('a link to the directory will do when it is our own', async (t) => {
  const bench = newBench(t);
  writeFileSync(bench.path, line(1), { mode: 0o600 });
  const link = `${bench.directory}-link`;
  symlinkSync(bench.directory, link);
  t.after(() => rmSync(link));
  const openLink = () => Journal.open({ directory: link, log: { log: () => undefined } });
  const journal = await openLink();
  assert.deepEqual(
    journal.liveGrants().map(({ id }) => id),
    [1],
  );
  await journal.close();
  if (process.getuid?.() !== 0) return;
  try {
    lchownSync(link, 12_345, 12_345);
  } catch {
    return t.skip('this root has one user alone');
  }
  await assert.rejects(openLink(), /failed to use the state directory .* only its owner can write to/);
});

test('a symbolic link in place of the journal or of its successor is not followed', async (t) => {
  const bench = newBench(t);
  const target = join(bench.directory, 'target');
  writeFileSync(target, 'untouched', { mode: 0o600 });
  symlinkSync(target, `${bench.path}.new`);
  await assert.rejects(bench.open(), /failed to write the journal/);
  assert.ok(!existsSync(`${bench.path}.new`), 'the next start is not hindered by it');
  symlinkSync(target, bench.path);
  await assert.rejects(bench.open(), /failed to read the journal/);
  assert.equal(readFileSync(target, 'utf8'), 'untouched');
});

test('a file too large for this program is refused before it is read', async (t) => {
  const bench = newBench(t);
  writeFileSync(bench.path, line(1), { mode: 0o600 });
  truncateSync(bench.path, 600 * 1024 * 1024);
  await assert.rejects(bench.open(), /failed to read the journal .*larger than/);
});

test('a journal of grants that are over is written anew, so the file stays small', async (t) => {
  const bench = newBench(t);
  const journal = await bench.open(8192);
  const kept = await fill(journal, 3);
  for (let i = 0; i < 500; i++) {
    const [{ id } = { id: 0 }] = await fill(journal, 1);
    journal.closed(id);
  }
  await journal.close();
  assert.ok(statSync(bench.path).size <= 16_384, `${statSync(bench.path).size} bytes`);
  assert.deepEqual(
    await bench.liveIds(),
    kept.map(({ id }) => id),
  );
});

test('records of one turn of the event loop share a write, and the disk is asked before they are confirmed', async (t) => {
  const bench = newBench(t);
  const journal = await bench.open();
  const before = journal.writes;
  await fill(journal, 200);
  assert.equal(journal.writes - before, 1);
  assert.equal(bench.text().split('\n').length, 200, 'they are in the file without a close');
  await journal.close();
});

test('a record that comes in the moment when another was confirmed is written without waiting for a third', async (t) => {
  const bench = newBench(t);
  const journal = await bench.open();
  for (let i = 0; i < 5; i++) assert.ok((await journal.opened(grantRecord(journal.nextId()))).ok);
  await journal.close();
  assert.deepEqual(await bench.liveIds(), [1, 2, 3, 4, 5]);
});

test('a journal that was closed refuses records', async (t) => {
  const bench = newBench(t);
  const journal = await bench.open();
  await journal.close();
  const result = await journal.opened(grantRecord(1));
  assert.ok(!result.ok);
  assert.match(result.error.message, /the journal is closed/);
});

test('on a full disk a grant is refused, trouble and recovery are told once, and nothing confirmed is lost', async (t) => {
  const bench = newBench(t);
  const journal = await bench.open(1024);
  t.after(() => limitFileSize('unlimited'));
  limitFileSize(4096);
  const confirmed: number[] = [];
  let refused = 0;
  while (refused < 10) {
    const grant = grantRecord(journal.nextId());
    if ((await journal.opened(grant)).ok) confirmed.push(grant.id);
    else refused++;
  }
  assert.ok(confirmed.length > 5, `${confirmed.length} fit`);
  assert.match(bench.logged.join('\n'), /^error failed to write the journal '.*': EFBIG[^\n]*$/);
  journal.closed(confirmed.shift()!);
  limitFileSize('unlimited');
  const [after] = await fill(journal, 1);
  assert.match(bench.logged.splice(0).join('\n'), /^error [^\n]*\nnotice the journal '.*' is written again$/);
  await journal.close();
  assert.deepEqual(await bench.liveIds(), [...confirmed, after!.id]);
  assert.deepEqual(bench.logged, []);
});

test('a start on a full disk goes on with the old file, and its reserve serves', async (t) => {
  const bench = newBench(t);
  const first = await bench.open();
  await fill(first, 3);
  await first.close();
  t.after(() => limitFileSize('unlimited'));
  limitFileSize(2048);
  const journal = await bench.open();
  assert.deepEqual(
    journal.liveGrants().map(({ id }) => id),
    [1, 2, 3],
  );
  journal.closed(2);
  assert.ok((await journal.opened(grantRecord(journal.nextId()))).ok);
  await journal.close();
  limitFileSize('unlimited');
  assert.match(bench.logged.splice(0).join('\n'), /^error failed to write the journal/);
  assert.deepEqual(await bench.liveIds(), [1, 3, 4]);
});

/** What this process may write into one file, as if the disk were full there: EFBIG. */
function limitFileSize(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:`]);
}
