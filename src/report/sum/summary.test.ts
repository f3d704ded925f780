import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from '../read/log-event.ts';
import { readLine } from '../read/read-line.ts';
import type { ReadTotals } from '../read/read-log.ts';
import type { ReportData } from './report-data.ts';
import { type Period, Summary } from './summary.ts';

const START_MS = Date.UTC(2026, 10, 20, 10);
const NONE = { count: 0, first: null };
const READ: ReadTotals = {
  ...{ inputs: ['log'], lines: 0, events: 0, damaged: [] },
  ...{ unreadable: NONE, foreign: NONE, noTime: NONE, clockUnset: NONE },
  backwards: { ...NONE, largestMs: 0 },
};
const ALL: Period = { sinceMs: undefined, untilMs: Date.UTC(2027, 0, 1), isFixedEnd: false };

type Event = Omit<LogEvent, 'atMs' | 'endsMs'> & { readonly s: number; readonly ends?: number };

/** Times are seconds from the start. */
function report(events: readonly Event[], period: Period = ALL): ReportData {
  const summary = new Summary(period);
  for (const { s, ends, ...told } of events) {
    const endsMs = ends === undefined ? {} : { endsMs: START_MS + ends * 1000 };
    summary.take({ atMs: START_MS + s * 1000, ...told, ...endsMs });
  }
  return summary.report('1', READ);
}

const ABOUT = { door: 'ssh', source: '192.0.2.7' };

/** `10-40` for a span of seconds; `*` where it is open at the end. */
function spansOf({ grants }: ReportData): readonly string[] {
  const second = (text: string) => (Date.parse(text) - START_MS) / 1000;
  return grants.lanes.flatMap(({ source, stillOpen, spans }) =>
    spans.map(({ from, to }) => `${source} ${second(from)}-${second(to)}${stillOpen ? '*' : ''}`),
  );
}

test('a span goes from the opening to the closing', () => {
  const data = report([
    { s: 0, kind: 'match', ...ABOUT },
    { s: 0, kind: 'opened', ...ABOUT, ends: 30 },
    { s: 20, kind: 'refreshed', reason: 'open', ...ABOUT, ends: 50 },
    { s: 50, kind: 'closing', reason: 'timeout', ...ABOUT },
  ]);
  assert.deepEqual(spansOf(data), ['192.0.2.7 0-50']);
  const { opened, closed, refreshed, matches } = data.totals;
  assert.deepEqual([opened, closed, refreshed, matches], [1, 1, 1, 1]);
  assert.deepEqual(data.closed, { timeout: 1 });
});

test('where the closing is not in the log, the end that the opening named counts', () => {
  const data = report([
    { s: 0, kind: 'opened', ...ABOUT, ends: 30 },
    { s: 100, kind: 'opened', ...ABOUT, ends: 130 },
    { s: 200, kind: 'started' },
  ]);
  assert.deepEqual(spansOf(data), ['192.0.2.7 0-30', '192.0.2.7 100-130']);
});

test('what is open at the end is drawn up to it', () => {
  const data = report([
    { s: 0, kind: 'opened', ...ABOUT, ends: 900 },
    { s: 60, kind: 'stage', ...ABOUT },
  ]);
  assert.deepEqual(spansOf(data), ['192.0.2.7 0-60*']);
});

test('an opening without any end is a moment, and told', () => {
  const data = report([
    { s: 0, kind: 'command-started', action: 'start', ...ABOUT },
    { s: 60, kind: 'command-started', action: 'start', ...ABOUT },
    { s: 90, kind: 'started' },
  ]);
  assert.deepEqual(spansOf(data), ['192.0.2.7 0-0', '192.0.2.7 60-60']);
  assert.equal(data.grants.endless, 2);
  assert.equal(data.totals.opened, 2);
});

test('a start command that fails has opened nothing', () => {
  const data = report([
    { s: 0, kind: 'command-started', action: 'start', ...ABOUT },
    { s: 1, kind: 'command-failed', action: 'start', reason: 'failed-status', ...ABOUT },
    { s: 1, kind: 'closing', reason: 'start-failed', ...ABOUT },
    { s: 1, kind: 'command-started', action: 'stop', ...ABOUT },
  ]);
  assert.deepEqual(spansOf(data), []);
  const { opened, failed, commandsStarted, commandsFailed } = data.totals;
  assert.deepEqual([opened, failed, commandsStarted, commandsFailed], [0, 1, 2, 1]);
  assert.equal(data.sources.opened, 0);
});

test('a restart goes on with what the journal kept', () => {
  const data = report([
    { s: 0, kind: 'opened', ...ABOUT, ends: 100 },
    { s: 10, kind: 'stopping' },
    { s: 20, kind: 'started' },
    { s: 20, kind: 'restored', reason: 'journal', ...ABOUT, ends: 100 },
    { s: 20, kind: 'restored', reason: 'journal', door: 'vpn', source: '192.0.2.8', ends: 60 },
    { s: 100, kind: 'closing', reason: 'timeout', ...ABOUT },
  ]);
  assert.deepEqual(spansOf(data), ['192.0.2.7 0-100', '192.0.2.8 20-60']);
});

test('what was opened before the period is open in it, and not counted as opened', () => {
  const data = report(
    [
      { s: 0, kind: 'opened', ...ABOUT, ends: 100 },
      { s: 70, kind: 'scan', source: '192.0.2.9' },
      { s: 100, kind: 'closing', reason: 'timeout', ...ABOUT },
      { s: 300, kind: 'scan', source: '192.0.2.9' },
    ],
    { sinceMs: START_MS + 50_000, untilMs: START_MS + 200_000, isFixedEnd: true },
  );
  assert.deepEqual(spansOf(data), ['192.0.2.7 50-100']);
  assert.deepEqual([data.totals.opened, data.totals.closed, data.totals.scans], [0, 1, 1]);
  assert.deepEqual([data.gaps.before, data.gaps.after], [1, 1]);
  assert.equal(data.period.to, new Date(START_MS + 200_000).toISOString());
});

test("knockd's own text log, whose commands name no source", () => {
  const lines = [
    '[2026-11-20 10:00] starting up, listening on eth0',
    '[2026-11-20 10:01] 192.0.2.7: ssh: OPEN SESAME',
    '[2026-11-20 10:01] 192.0.2.8: ssh: OPEN SESAME',
    '[2026-11-20 10:01] ssh: running command: open 7',
    '[2026-11-20 10:01] ssh: running command: open 8',
    '[2026-11-20 10:03] 192.0.2.7: ssh: command timeout',
    '[2026-11-20 10:03] ssh: running command: close 7',
    '[2026-11-20 10:04] 192.0.2.8: ssh: command timeout',
    '[2026-11-20 10:04] ssh: running command: close 8',
    '[2026-11-20 10:04] ssh: command returned non-zero status code (1)',
  ];
  const summary = new Summary(ALL);
  for (const line of lines) {
    const result = readLine(line, START_MS);
    assert.equal(result.kind, 'event', line);
    if (result.kind === 'event') summary.take(result.event);
  }
  const data = summary.report('1', READ);
  assert.deepEqual([data.totals.opened, data.totals.closed, data.totals.commandsFailed], [2, 2, 1]);
  assert.deepEqual(
    data.grants.lanes.map(({ source, openMs }) => [source, openMs]),
    [
      ['192.0.2.8', 180_000],
      ['192.0.2.7', 120_000],
    ],
  );
});

test('events out of order and a clock that is set back do no harm', () => {
  const data = report([
    { s: 50, kind: 'closing', reason: 'timeout', ...ABOUT },
    { s: 60, kind: 'opened', ...ABOUT, ends: 90 },
    { s: 30, kind: 'closing', reason: 'timeout', ...ABOUT },
  ]);
  assert.deepEqual(spansOf(data), ['192.0.2.7 60-60']);
});

test('losses are added up', () => {
  const data = report([
    { s: 0, kind: 'suppressed', reason: 'scan', count: 3 },
    { s: 1, kind: 'suppressed', reason: 'scan', count: 4 },
    { s: 2, kind: 'packets-dropped', count: 5 },
    { s: 3, kind: 'lines-lost', count: 6 },
  ]);
  assert.deepEqual(data.gaps.suppressed, { scan: 7 });
  assert.deepEqual([data.gaps.packetsDropped, data.gaps.linesLost], [5, 6]);
});

test('nothing at all is a report, too', () => {
  const data = report([]);
  assert.equal(data.period.from, null);
  assert.equal(data.sources.count, 0);
});

test('who is banned by hand was not seen by that', () => {
  const { sources, totals, bans } = report([
    { s: 0, kind: 'scan', source: '192.0.2.7', ends: 600 },
    { s: 5, kind: 'banned', source: '192.0.2.7' },
    { s: 6, kind: 'banned', source: '198.51.100.0/24' },
    { s: 7, kind: 'unbanned', source: '198.51.100.0/24' },
  ]);
  const at = new Date(START_MS).toISOString();
  assert.deepEqual([totals.banned, bans.count, totals.unbanned, sources.count], [3, 3, 1, 1]);
  assert.deepEqual(
    sources.turnedAway.map(({ source, bans, lastSeen }) => [source, bans, lastSeen]),
    [['192.0.2.7', 1, at]],
  );
});
