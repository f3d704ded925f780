import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATUS } from '../../../test/support/status-example.ts';
import type { GrantStatus, StatusAnswer } from '../../control/status.ts';
import type { WatchEvent } from '../../control/watch-event.ts';
import { glyphsFor } from './glyphs.ts';
import { layout, type Size } from './layout.ts';
import { type Line, lineWidth } from './line.ts';
import { EMPTY, type Model, withAbsence, withEvent, withStatus } from './model.ts';
import { AT_FIRST, press, type Viewer } from './viewer.ts';

const NOW = { monotonicMs: 5000, wallMs: Date.UTC(2026, 10, 25, 9) };
const UTF8 = glyphsFor({ LANG: 'C.UTF-8' });
const ASCII = glyphsFor({ LANG: 'C' });

const KNOWN = withStatus(EMPTY, STATUS, NOW);

function later(ms: number) {
  return { monotonicMs: NOW.monotonicMs + ms, wallMs: NOW.wallMs + ms };
}

interface Scene {
  readonly size?: Size;
  readonly model?: Model;
  readonly viewer?: Viewer;
  readonly now?: typeof NOW;
  readonly glyphs?: typeof UTF8;
}

function drawn({
  size = { columns: 80, rows: 24 },
  model = KNOWN,
  viewer = AT_FIRST,
  now = NOW,
  glyphs = UTF8,
}: Scene) {
  return layout(model, viewer, now, size, glyphs);
}

function texts(scene: Scene): readonly string[] {
  return drawn(scene).lines.map(textOf);
}

function textOf(line: Line): string {
  return line
    .map(({ text }) => text)
    .join('')
    .trimEnd();
}

function sized(columns: number, rows: number): Size {
  return { columns, rows };
}

function withGrants(count: number, grant: (index: number) => Partial<GrantStatus>): Model {
  const shown = Array.from({ length: Math.min(count, 1000) }, (_, index) => ({
    door: 'ssh',
    source: `10.0.${index >> 8}.${index & 255}`,
    phase: 'open' as const,
    endsAt: '2026-11-25T09:01:00.000Z',
    ...grant(index),
  }));
  return withStatus(EMPTY, { ...STATUS, grants: { count, shown } }, NOW);
}

function told(model: Model, count: number): Model {
  let next = model;
  for (let stage = 1; stage <= count; stage++) next = withEvent(next, attempt(stage));
  return next;
}

function attempt(stage: number): WatchEvent {
  const at = '2026-11-25T09:00:00.000Z';
  return { kind: 'event', at, event: 'attempt', what: 'stage', source: '192.0.2.7', door: 'ssh', stage };
}

test('80 by 24: what is, then what happens', () => {
  const lines = texts({ model: told(KNOWN, 2) });
  assert.equal(lines.length, 24);
  const clock = /\d\d:\d\d:\d\d/;
  assert.match(lines[0] ?? '', /^knockd 0\.1\.0, process 42, up 1 d 1 h, listening on eth0 +\d\d:\d\d:\d\d$/);
  assert.deepEqual(
    lines.slice(1).map((line) => line.replace(clock, 'HH:MM:SS')),
    [
      'packets -/s, dropped -/s   in all 3 matches, 2 timed out, 1 scans, 5 refused, 1…',
      '! waiting for wg0',
      '! the journal /var/lib/postern/journal cannot be written',
      '',
      `━━ open 2 ${'━'.repeat(70)}`,
      '2001:db8::/64    ssh       closing',
      '192.0.2.7        ssh       10 s left',
      `── attempts 5 ── 4 more are not listed ${'─'.repeat(41)}`,
      '192.0.2.9        ssh or web  stage 1, 2 s old',
      '',
      `── banned 1 ${'─'.repeat(68)}`,
      '198.51.100.0/24  by hand   no end',
      `── doors 1002 ── 1000 more are not listed ${'─'.repeat(38)}`,
      'ssh              on        opens tcp/22 for 30 s; from 192.0.2.0/24 only; 3 mat…',
      'a "b" \\c         off       no sequence is left',
      `── events 2 ${'─'.repeat(68)}`,
      'HH:MM:SS 192.0.2.7: ssh: stage 1',
      'HH:MM:SS 192.0.2.7: ssh: stage 2',
      ...['', '', '', ''],
      'q quit   Tab next pane   ↑↓ scroll   p pause   ? help',
    ],
  );
});

test('200 by 50: events stand beside the rest, to the last row', () => {
  const lines = texts({ size: sized(200, 50), model: told(KNOWN, 400) });
  const title = lines.find((line) => line.includes(' open 2 ')) ?? '';
  assert.match(title, /^━━ open 2 ━+ {3}── events 400 ── 358 to 400 ─+$/);
  assert.equal(title.length, 200);
  const last = lines.at(-2) ?? '';
  assert.match(last, /^ {101}\d\d:\d\d:\d\d 192\.0\.2\.7: ssh: stage 400$/);
});

test('every line fits, whatever the size and however long or wide the texts', () => {
  const wide = '管理者の扉🚪'.repeat(40);
  const doors = STATUS.doors.shown.map((door) => ({ ...door, name: wide, why: wide }));
  const grants: readonly GrantStatus[] = [
    { door: wide, source: '2001:db8:1111:2222:3333:4444:5555:6666', phase: 'open', endsAt: null },
    { door: 'ssh', source: '192.0.2.7', phase: 'open', endsAt: '2026-11-25T09:00:10.000Z' },
  ];
  const status: StatusAnswer = {
    ...STATUS,
    doors: { count: 2, shown: doors },
    grants: { count: 2, shown: grants },
    interfaces: Array.from({ length: 30 }, (_, at) => ({ name: `vlan${at}`, state: 'listening' })),
  };
  const event: WatchEvent = { ...attempt(1), event: 'attempt', what: 'stage', source: wide, stage: 1 };
  const model = withAbsence(withEvent(withStatus(EMPTY, status, NOW), event), wide, NOW);
  const help = { ...AT_FIRST, showsHelp: true };
  for (const columns of [1, 2, 5, 19, 20, 39, 40, 41, 60, 80, 139, 140, 141, 200]) {
    for (const rows of [1, 2, 5, 13, 14, 15, 19, 20, 24, 50]) {
      for (const viewer of [AT_FIRST, help]) {
        for (const glyphs of [UTF8, ASCII]) {
          const { lines } = drawn({ size: sized(columns, rows), model, viewer, glyphs });
          assert.equal(lines.length, rows, `${columns} by ${rows}`);
          for (const line of lines) {
            assert.ok(lineWidth(line) <= columns, `${columns} by ${rows}: '${textOf(line)}'`);
          }
        }
      }
    }
  }
});

test('a long name leaves room for the address and the time', () => {
  const model = withGrants(2, (index) => ({
    door: index === 0 ? 'd'.repeat(1000) : '管理者の扉',
    source: index === 0 ? '2001:db8:1111:2222:3333:4444:5555:6666' : '192.0.2.7',
  }));
  const lines = texts({ model });
  const rows = lines.filter((line) => line.endsWith('1 min left'));
  assert.deepEqual(rows, [
    `192.0.2.7                               管理者の扉${' '.repeat(18)}  1 min left`,
    `2001:db8:1111:2222:3333:4444:5555:6666  ${'d'.repeat(27)}…  1 min left`,
  ]);
});

test('too small says so, with what is needed; enlarged it is the same as before', () => {
  assert.deepEqual(texts({ size: sized(20, 5) }), [
    'too small:',
    '20 by 5;',
    '40 by 14 needed',
    'q quits',
    '',
  ]);
  assert.equal(texts({ size: sized(40, 14) }).length, 14);
  assert.ok(
    texts({ size: sized(40, 14) }).some((line) => line.startsWith('192.0.2.7') || line.startsWith('2001:')),
  );
});

test('50,000 grants: the newest first, those out of sight counted, the end reached by keys', () => {
  const model = withGrants(50_000, () => ({}));
  const first = drawn({ model });
  const title = (lines: readonly Line[]) =>
    lines.map(textOf).find((line) => line.includes(' open 50000 ')) ?? '';
  assert.match(title(first.lines), /^━━ open 50000 ━━ 1 to \d+, 49000 more are not listed ━+$/);
  assert.match(first.lines.map(textOf).join('\n'), /━\n10\.0\.3\.231 /);
  const end = press(AT_FIRST, 'last', first.views, model, NOW);
  const last = drawn({ model, viewer: end });
  assert.match(title(last.lines), / to 1000, 49000 more/);
  assert.match(last.lines.map(textOf).join('\n'), /10\.0\.0\.0 .*\n── attempts/);
});

test('times run, to the second, until they end', () => {
  const leftAfter = (ms: number) =>
    texts({ now: later(ms) })
      .find((line) => line.startsWith('192.0.2.7'))
      ?.replace(/^.*ssh +/, '');
  assert.deepEqual([0, 999, 1000, 9001, 10_000, 60_000].map(leftAfter), [
    '10 s left',
    '10 s left',
    '9 s left',
    '1 s left',
    'ending',
    'ending',
  ]);
  const age = (ms: number) => texts({ now: later(ms) }).find((line) => line.includes(' stage '));
  assert.match(age(60_000) ?? '', /stage 1, 1 min 2 s old$/);
});

test('a pause holds the picture, and says since when', () => {
  const viewer = press(AT_FIRST, 'pause', drawn({}).views, KNOWN, NOW);
  const [head = '', ...rest] = texts({ viewer, model: told(KNOWN, 3), now: later(30_000) });
  assert.match(head, /paused at \d\d:\d\d:\d\d$/);
  assert.ok(rest.some((line) => line.endsWith('10 s left')));
  assert.ok(rest.some((line) => line.startsWith('── events none yet ')));
  assert.match(rest.at(-1) ?? '', /p go on/);
});

test('a daemon that is away, or does not answer, is said; times stand still only in the first case', () => {
  const away = texts({ model: withAbsence(KNOWN, 'no daemon answers there', later(2000)), now: later(8000) });
  assert.match(
    away[2] ?? '',
    /^! away since \d\d:\d\d:\d\d, trying again; below is how it was then \(no daemon/,
  );
  assert.ok(away.some((line) => line.endsWith('10 s left')));
  const silent = texts({ now: later(4000) });
  assert.equal(silent[2], '! the daemon has not answered for 4 s');
  assert.ok(silent.some((line) => line.endsWith('6 s left')));
  assert.match(texts({ model: EMPTY })[0] ?? '', /^knockd has not answered yet /);
});

test('names and events say nothing to the terminal', () => {
  const evil = '\u001b]0;x\u0007\u009b31m\u202eabc\r\nd';
  const model = withEvent(
    withGrants(1, () => ({ door: evil })),
    { ...attempt(1), event: 'attempt', what: 'stage', source: evil, stage: 1 },
  );
  const text = texts({ model }).join('');
  assert.doesNotMatch(text, /\p{C}/u);
  assert.match(text, /\?\]0;x\?\?31m\?abc {2}d/);
});

test('without UTF-8 all is ASCII', () => {
  const doors = { count: 1, shown: STATUS.doors.shown.slice(0, 1).map((door) => ({ ...door, name: '扉' })) };
  const text = texts({ model: withStatus(EMPTY, { ...STATUS, doors }, NOW), glyphs: ASCII }).join('\n');
  assert.match(text, /^[\n -~]*$/);
  assert.match(text, /== open 2 ==/);
});

test('the sequence of a door is not shown, not even one that was told', () => {
  const doors = {
    count: 1,
    shown: STATUS.doors.shown.slice(0, 1).map((door) => ({ ...door, sequence: '7001:tcp,8002:udp' })),
  };
  const text = texts({ size: sized(200, 50), model: withStatus(EMPTY, { ...STATUS, doors }, NOW) }).join(
    '\n',
  );
  assert.ok(text.includes('opens tcp/22 for 30 s'));
  assert.ok(!text.includes('7001'));
});
