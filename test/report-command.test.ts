/** `postern report` as people run it: what it reads by itself, what it writes, what it says when it cannot. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { POSTERN } from '../lab/programs.ts';
import type { ReportData } from '../src/report/sum/report-data.ts';
import { asJson, asText, madeLines } from './support/log-maker.ts';

const START_MS = Date.UTC(2026, 10, 18);
const LINES = madeLines({ seed: 7, startMs: START_MS, days: 2 });
const UNTIL = ['--until', '2026-11-21T00:00:00Z'];

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function report(args: readonly string[], input?: string | Buffer) {
  const options = {
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
    maxBuffer: 64 << 20,
  } as const;
  return spawnSync(process.execPath, [POSTERN, 'report', ...args], options);
}

function dataOf(args: readonly string[], input?: string | Buffer): ReportData {
  const { status, stdout, stderr } = report(['--json', ...args], input);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as ReportData;
}

test('a file, standard input, gzip and the text log have the same counts', (t) => {
  const json = `${LINES.map(asJson).join('\n')}\n`;
  const file = join(place(t), 'log');
  writeFileSync(file, json);
  const { totals, refused } = dataOf([...UNTIL, file]);
  assert.ok(totals.opened > 10 && totals.scans > 10 && totals.spaRefused > 10);
  for (const input of [json, gzipSync(json), LINES.map(asText).join('\n')]) {
    const other = dataOf([...UNTIL, '-'], input);
    assert.deepEqual([other.totals, other.refused], [totals, refused]);
  }
  const journal = LINES.map((line) =>
    JSON.stringify({
      __REALTIME_TIMESTAMP: `${line.atMs}000`,
      SYSLOG_IDENTIFIER: 'knockd',
      MESSAGE: line.message,
    }),
  );
  assert.deepEqual(dataOf([...UNTIL, '-'], journal.join('\n')).totals, totals);
});

test('without a log it reads the configured one, and what was rotated', (t) => {
  const folder = place(t);
  const log = join(folder, 'knockd.log');
  const conf = join(folder, 'knockd.conf');
  writeFileSync(conf, `[options]\nLogFile = ${log}\n[ssh]\nSequence = 7001,8002,9003:udp\n`);
  const third = Math.floor(LINES.length / 3);
  writeFileSync(
    log,
    LINES.slice(2 * third)
      .map((line) => `${asJson(line)}\n`)
      .join(''),
  );
  writeFileSync(
    `${log}.1`,
    LINES.slice(third, 2 * third)
      .map((line) => `${asJson(line)}\n`)
      .join(''),
  );
  writeFileSync(
    `${log}.2.gz`,
    gzipSync(
      LINES.slice(0, third)
        .map((line) => `${asJson(line)}\n`)
        .join(''),
    ),
  );
  writeFileSync(`${log}.bak`, 'not this\n');
  const { gaps, totals } = dataOf([...UNTIL, '-c', conf]);
  assert.deepEqual(gaps.inputs, [`${log}.2.gz`, `${log}.1`, log]);
  assert.deepEqual(totals, dataOf([...UNTIL, '-'], LINES.map(asJson).join('\n')).totals);
});

test('--since and --until cut the time, and the page for the same time is the same', () => {
  const input = LINES.map(asJson).join('\n');
  const period = ['--since', '2026-11-18T12:00:00Z', '--until', '2026-11-19T12:00:00Z'];
  const { period: told, gaps } = dataOf([...period, '-'], input);
  assert.deepEqual([told.from, told.to], ['2026-11-18T12:00:00.000Z', '2026-11-19T12:00:00.000Z']);
  assert.ok(gaps.before > 0 && gaps.after > 0);
  const back = dataOf(['--since', '1d', '--until', '2026-11-19T12:00:00Z', '-'], input);
  assert.deepEqual(back.period, told);
  const pages = [0, 1].map(() => report([...period, '-'], input).stdout);
  assert.equal(pages[0], pages[1]);
  assert.match(pages[0] ?? '', /^<!DOCTYPE html>/);
});

test('-o replaces the file as a whole, keeps its mode, follows a link, and writes into what is no file', (t) => {
  const folder = place(t);
  const [file, link, latest] = ['report.html', 'link.html', 'old.html'].map((name) => join(folder, name));
  const run = (output = '') => report([...UNTIL, '-o', output, '-'], LINES.map(asJson).join('\n'));
  assert.deepEqual([run(file).status, run(file).stdout], [0, '']);
  assert.equal(statSync(file ?? '').mode & 0o777, 0o640);
  writeFileSync(latest ?? '', 'old');
  chmodSync(latest ?? '', 0o604);
  symlinkSync('old.html', link ?? '');
  assert.equal(run(link).status, 0);
  assert.equal(readFileSync(latest ?? '', 'utf8'), readFileSync(file ?? '', 'utf8'));
  assert.equal(statSync(latest ?? '').mode & 0o777, 0o604);
  assert.deepEqual(
    readdirSync(folder).sort(),
    ['link.html', 'old.html', 'report.html'],
    'nothing is left behind',
  );
  assert.equal(run('/dev/null').status, 0);
  assert.ok(statSync('/dev/null').isCharacterDevice());
});

test('what is wrong is said, with what to do', (t) => {
  const folder = place(t);
  const missing = join(folder, 'none.log');
  const cases: readonly (readonly [args: readonly string[], status: number, stderr: RegExp])[] = [
    [['--since', 'soon', '-'], 2, /^error: 'soon' is no time for --since\nhint: examples: '2h'/],
    [['--until', '31.12.', '-'], 2, /^error: '31\.12\.' is no time for --until\nhint: /],
    [['--since', 'now', '--until', '2h', '-'], 2, /^error: --since must be before --until\n/],
    [['--sinc'], 2, /^error: option '--sinc' needs a value|^error: option '--since' needs a value/],
    [[missing], 1, /^error: failed to read '.*none\.log': ENOENT/],
    [[folder], 1, /^error: failed to read '.*': it is a directory\nhint: /],
    [['-c', missing], 1, /^error: failed to find the log by '.*none\.log': .*\nhint: name a log/],
    [['-o', join(folder, 'no/such/place.html'), '-'], 1, /^error: failed to write '.*place\.html': ENOENT/],
  ];
  for (const [args, status, stderr] of cases) {
    const outcome = report(args, '');
    assert.equal(outcome.status, status, `${args.join(' ')}\n${outcome.stderr}`);
    assert.match(outcome.stderr, stderr);
    assert.equal(outcome.stdout, '');
  }
  const packed = report(['-'], Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1]));
  assert.equal(packed.status, 1);
  assert.match(packed.stderr, /it is packed with xz\nhint: unpack it first: xzcat FILE \| postern report -/);
});

test('rubbish is no reason to fail', (t) => {
  const folder = place(t);
  const rubbish = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 2_654_435_761) >>> 24));
  const { gaps } = dataOf(['-'], rubbish);
  assert.ok(gaps.unreadable.count > 100);
  const output = join(folder, 'r.html');
  assert.equal(report(['-o', output, '-'], rubbish).status, 0);
  assert.ok(existsSync(output));
});

const noScript = existsSync('/usr/bin/script') ? undefined : 'script is not installed (package bsdutils)';

test('at a terminal it says a sentence, and how to have the page', { skip: noScript }, (t) => {
  const file = join(place(t), 'log');
  writeFileSync(file, LINES.map(asJson).join('\n'));
  const line = [process.execPath, POSTERN, 'report', ...UNTIL, file].map((word) => `'${word}'`).join(' ');
  const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { encoding: 'utf8', input: '' });
  assert.match(stdout, /In 3 d: \d+ openings for \d address/);
  assert.match(stdout, /hint: 'postern report -o FILE' writes the page/);
  assert.doesNotMatch(stdout, /<html/);
});
