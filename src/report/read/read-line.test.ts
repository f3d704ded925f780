import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from './log-event.ts';
import { readLine } from './read-line.ts';

const NOW_MS = Date.UTC(2026, 10, 25, 12);
const AT = '2026-11-20T10:00:00.000Z';
const AT_MS = Date.parse(AT);

function json(fields: object): string {
  return JSON.stringify({ time: AT, level: 'notice', message: 'm', ...fields });
}

function eventOf(line: string): LogEvent {
  const result = readLine(line, NOW_MS);
  assert.equal(result.kind, 'event', line);
  return (result as { readonly event: LogEvent }).event;
}

const LOCAL_MS = new Date(2026, 10, 20, 10, 0).getTime();
const STAGE = { kind: 'stage', source: '192.0.2.7', door: 'ssh' };

const EVENTS: readonly (readonly [what: string, line: string, event: object])[] = [
  [
    'a line of the JSON log',
    json({ source: '192.0.2.7', door: 'ssh', kind: 'stage', stage: 1 }),
    { atMs: AT_MS, ...STAGE },
  ],
  [
    'a match and an opening, which share a word',
    json({
      source: '192.0.2.7',
      door: 'ssh',
      kind: 'opened',
      reason: 'grant',
      endsAt: '2026-11-20T10:00:30.000Z',
    }),
    {
      atMs: AT_MS,
      kind: 'opened',
      source: '192.0.2.7',
      door: 'ssh',
      reason: 'grant',
      endsMs: AT_MS + 30_000,
    },
  ],
  [
    'a match',
    json({ source: '192.0.2.7', door: 'ssh', kind: 'opened' }),
    { atMs: AT_MS, kind: 'match', source: '192.0.2.7', door: 'ssh' },
  ],
  [
    'a ban without an end',
    json({ source: '192.0.2.0/24', kind: 'banned', endsAt: null }),
    { atMs: AT_MS, kind: 'banned', source: '192.0.2.0/24', endsMs: Number.POSITIVE_INFINITY },
  ],
  [
    'a packet of somebody who is banned',
    json({ source: '192.0.2.7', kind: 'banned', level: 'debug' }),
    { atMs: AT_MS, kind: 'strange', source: '192.0.2.7', reason: 'banned' },
  ],
  [
    'a JSON line without fields, by its phrase',
    json({ message: 'suppressed 42 lines about scans', level: 'warning' }),
    { atMs: AT_MS, kind: 'suppressed', count: 42, reason: 'scans' },
  ],
  [
    'an error of no known kind',
    json({ message: 'failed to write', level: 'error' }),
    { atMs: AT_MS, kind: 'trouble', text: 'failed to write' },
  ],
  ['a line of the log file', '[2026-11-20 10:00] 192.0.2.7: ssh: Stage 1', { atMs: LOCAL_MS, ...STAGE }],
  [
    'a line with a host name',
    '[2026-11-20 10:00] 192.0.2.7 (host.example): ssh: Stage 1',
    { atMs: LOCAL_MS, ...STAGE },
  ],
  [
    'a line of IPv6',
    '[2026-11-20 10:00] fd00:9::1: ssh: Stage 1',
    { atMs: LOCAL_MS, ...STAGE, source: 'fd00:9::1' },
  ],
  [
    'a scan with its ban',
    '[2026-11-20 10:00] 192.0.2.7: scan: too many strays, its attempts are ended; banned for 600 s',
    { atMs: LOCAL_MS, kind: 'scan', source: '192.0.2.7', count: 600, endsMs: LOCAL_MS + 600_000 },
  ],
  [
    'a line of rsyslog',
    `2026-11-20T11:00:00.000+01:00 host knockd: 192.0.2.7: ssh: Stage 1`,
    { atMs: AT_MS, ...STAGE },
  ],
  [
    'journalctl -o short-iso',
    `2026-11-20T11:00:00+0100 host knockd[17]: 192.0.2.7: ssh: Stage 1`,
    { atMs: AT_MS, ...STAGE },
  ],
  [
    'a stamp without a year',
    'Nov 20 10:00:00 host knockd[17]: 192.0.2.7: ssh: Stage 1',
    { atMs: LOCAL_MS, ...STAGE },
  ],
  [
    'a stamp without a year, of last year',
    'Dec 31 10:00:00 host knockd[17]: shutting down',
    { atMs: new Date(2025, 11, 31, 10).getTime(), kind: 'stopping' },
  ],
  [
    'journalctl -o json',
    JSON.stringify({
      __REALTIME_TIMESTAMP: `${AT_MS}000`,
      SYSLOG_IDENTIFIER: 'knockd',
      MESSAGE: '192.0.2.7: ssh: Stage 1',
    }),
    { atMs: AT_MS, ...STAGE },
  ],
  [
    'journalctl -o json of a JSON log',
    JSON.stringify({ __REALTIME_TIMESTAMP: '1', _COMM: 'knockd', MESSAGE: json(STAGE) }),
    { atMs: AT_MS, ...STAGE },
  ],
  [
    'a message that journald gives as bytes',
    JSON.stringify({
      __REALTIME_TIMESTAMP: `${AT_MS}000`,
      SYSLOG_IDENTIFIER: 'knockd',
      MESSAGE: [...Buffer.from('shutting down')],
    }),
    { atMs: AT_MS, kind: 'stopping' },
  ],
  ['a line with the priority that journald takes off', `<5>${json(STAGE)}`, { atMs: AT_MS, ...STAGE }],
];

for (const [what, line, event] of EVENTS) {
  test(`reads ${what}`, () => assert.deepEqual(eventOf(line), event));
}

test('a line that a crash cut off does not take the next one with it', () => {
  const result = readLine(`${json(STAGE).slice(0, 40)}${json(STAGE)}`, NOW_MS);
  assert.deepEqual(result, { kind: 'event', event: { atMs: AT_MS, ...STAGE }, isTorn: true });
  const afterHole = readLine(`\0\0\0\0${json(STAGE)}`, NOW_MS);
  assert.deepEqual(afterHole, { kind: 'event', event: { atMs: AT_MS, ...STAGE }, isTorn: true });
});

const OTHERS: readonly (readonly [kind: string, line: string])[] = [
  ['empty', ''],
  ['unreadable', '{"time":"2026-11-20T10:0'],
  ['unreadable', '\0\0\0'],
  ['unreadable', '\u0001\u0002binary'],
  ['unreadable', '[2026-11-20 10'],
  ['unreadable', '[2026-99-99 99:99] \ufffd'.slice(0, 4)],
  ['no-time', '192.0.2.7: ssh: Stage 1'],
  ['clock-unset', '[1970-01-01 00:01] shutting down'],
  ['foreign', '-- Boot 7f --'],
  ['foreign', 'Nov 20 10:00:00 host sshd[17]: Accepted publickey'],
  ['foreign', '{"a":1}'],
  ['foreign', '{"time":"yesterday","level":"info","message":"x"}'],
  [
    'foreign',
    JSON.stringify({ __REALTIME_TIMESTAMP: '1', SYSLOG_IDENTIFIER: 'systemd', MESSAGE: 'Started knockd' }),
  ],
];

for (const [kind, line] of OTHERS) {
  test(`${JSON.stringify(line)} is ${kind}`, () => assert.equal(readLine(line, NOW_MS).kind, kind));
}

test('what strangers choose cannot pass for another line', () => {
  const output = eventOf('[2026-11-20 10:00] ssh: command output: 192.0.2.9: ssh: OPEN SESAME');
  assert.deepEqual([output.kind, output.source], ['command-output', undefined]);
  const named = eventOf('[2026-11-20 10:00] 192.0.2.7 (x):ssh:OPEN.SESAME): ssh: Stage 1');
  assert.deepEqual([named.kind, named.door], ['stage', 'ssh']);
  const user = eventOf("[2026-11-20 10:00] 192.0.2.7: ssh: SPA packet of 'x' accepted, y' accepted");
  assert.equal(user.user, "x' accepted, y");
});

test('long texts are cut', () => {
  const long = 'x'.repeat(60_000);
  assert.equal(eventOf(json({ kind: 'stage', source: long, door: long })).source?.length, 120);
  assert.equal(eventOf(`[2026-11-20 10:00] 192.0.2.7: ${long}: Stage 1`).door?.length, 120);
  assert.ok((eventOf(json({ level: 'error', message: long })).text?.length ?? 0) < 300);
});
