import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { asJson, madeLines } from '../../../test/support/log-maker.ts';
import { readLine } from '../read/read-line.ts';
import type { ReadTotals } from '../read/read-log.ts';
import type { ReportData } from '../sum/report-data.ts';
import { Summary } from '../sum/summary.ts';
import { page } from './page.ts';
import { STYLE } from './style.ts';

const HOSTILE = [
  ...[
    `</style><script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    `' onload='alert(1)`,
    '&lt;b&gt;',
  ],
  ...['\u202egnp.exe', 'a\u0000b\u001b[31m', '</title></svg><svg onload=alert(1)>', '`$&`', '\ud800'],
];

const START_MS = Date.UTC(2026, 10, 18);

function reportOf(lines: readonly string[], input = 'log'): ReportData {
  const summary = new Summary({ sinceMs: undefined, untilMs: START_MS + 8 * 86_400_000, isFixedEnd: true });
  for (const line of lines) {
    const result = readLine(line, START_MS);
    if (result.kind === 'event') summary.take(result.event);
  }
  const first = { count: 1, first: input };
  const read: ReadTotals = {
    ...{ inputs: [input], lines: lines.length, events: lines.length, damaged: [input] },
    ...{ unreadable: first, foreign: first, noTime: first, clockUnset: first },
    backwards: { ...first, largestMs: 1 },
  };
  return summary.report('1', read);
}

function hostilePage(): string {
  const lines = HOSTILE.flatMap((text) => {
    const line = (fields: object) =>
      JSON.stringify({ time: new Date(START_MS).toISOString(), level: 'error', message: text, ...fields });
    const about = { source: text, door: text };
    return [
      line({}),
      line({ ...about, kind: 'stage' }),
      line({ ...about, kind: 'opened' }),
      line({ ...about, kind: 'opened', reason: 'grant', endsAt: null }),
      line({ ...about, kind: 'refused', reason: text }),
      line({ ...about, kind: 'spa-refused', reason: text }),
      line({ ...about, kind: 'command-ended', reason: text }),
      line({ ...about, kind: 'scan', endsAt: null }),
      line({ ...about, kind: 'banned', endsAt: null }),
      line({ ...about, kind: 'door-off' }),
      line({ ...about, kind: 'suppressed', reason: text, count: 1 }),
      line({ ...about, kind: 'spa-accepted', message: `192.0.2.7: ssh: SPA packet of '${text}' accepted` }),
    ];
  });
  return page(reportOf(lines, HOSTILE.join('')));
}

test('nothing of the log can leave its place in the page', () => {
  const text = hostilePage();
  assert.ok(text.includes('&lt;script&gt;alert(1)'), 'the texts are there');
  const tags = new Set(Array.from(text.matchAll(/<\/?([a-zA-Z!]+)/g), ([, tag = '']) => tag));
  for (const tag of ['script', 'img']) assert.ok(!tags.has(tag), tag);
  const attributes = new Set(
    Array.from(text.matchAll(/<[a-z][^>]*>/g), ([tag]) => tag.replaceAll(/"[^"]*"/g, '""')).flatMap((tag) =>
      Array.from(tag.matchAll(/\s([a-zA-Z-]+)=/g), ([, name = '']) => name),
    ),
  );
  const unknown = [...attributes].filter(
    (name) => name.startsWith('on') || name === 'style' || name === 'src',
  );
  assert.deepEqual(unknown, []);
  assert.doesNotMatch(text, /[\p{Bidi_Control}]|(?!\n)\p{Cc}/u);
  assert.equal(Buffer.from(text).toString('utf8'), text, 'no half characters');
});

test('the page asks for nothing, and its policy allows its own style alone', () => {
  const text = page(reportOf([]));
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  assert.ok(text.includes(`content="${policy}"`));
  assert.equal(/<style>(.*)<\/style>/s.exec(text)?.[1], STYLE, 'what the hash is of');
  assert.doesNotMatch(text, /https?:|src=|url\(|@import|<script|<link|style="/);
});

test('the same log and the same end make the same page', () => {
  const lines = madeLines({ seed: 7, startMs: START_MS, days: 3 }).map(asJson);
  const first = page(reportOf(lines));
  assert.equal(page(reportOf(lines)), first);
  assert.notEqual(page(reportOf(lines.slice(1))), first);
});

test('times are local with the offset, and RFC 3339 for programs', (t) => {
  const { TZ: before } = process.env;
  t.after(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, 'TZ');
    else Object.assign(process.env, { TZ: before });
  });
  Object.assign(process.env, { TZ: 'Asia/Kolkata' });
  const text = page(reportOf(madeLines({ seed: 7, startMs: START_MS, days: 1 }).map(asJson)));
  assert.match(
    text,
    /<time datetime="2026-11-18T00:00:00\.000Z">2026-11-18 05:30 <span class="zone">\+0530<\/span><\/time>/,
  );
});

test('every table has a caption, every picture a title and a description, every name it refers to', () => {
  const text = page(reportOf(madeLines({ seed: 7, startMs: START_MS, days: 7 }).map(asJson)));
  const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
  assert.equal(count(/<table/g), count(/<caption>/g));
  assert.ok(count(/<svg class="strip/g) > 8);
  assert.equal(
    count(/<svg class="strip[^>]*role="img"[^>]*><title id="[^"]+">[^<]+<\/title><desc id/g),
    count(/<svg class="strip/g),
  );
  const ids = Array.from(text.matchAll(/ id="([^"]+)"/g), ([, id = '']) => id);
  assert.equal(new Set(ids).size, ids.length, 'no name twice');
  for (const [, names = ''] of text.matchAll(/aria-labelledby="([^"]+)"/g)) {
    for (const name of names.split(' ')) assert.ok(ids.includes(name), name);
  }
  for (const [, name = ''] of text.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(name), name);
});

test('colours have the contrast of WCAG 2.2, AA, on both grounds of both schemes', () => {
  const schemes = Array.from(STYLE.matchAll(/:root\{([^}]*--ground[^}]*)\}/g), ([, text = '']) =>
    Object.fromEntries(
      Array.from(text.matchAll(/--(\w+):(#\w+)/g), ([, name = '', value = '']) => [name, value]),
    ),
  );
  assert.equal(schemes.length, 3, 'light, dark, print');
  for (const scheme of schemes) {
    const of = (name: string) => scheme[name] ?? '';
    for (const ground of ['ground', 'card']) {
      for (const ink of ['ink', 'soft', 'link', 'good', 'warn', 'bad']) {
        const ratio = contrast(of(ink), of(ground));
        assert.ok(ratio >= 4.5, `${ink} ${of(ink)} on ${of(ground)}: ${ratio}`);
      }
    }
    for (const shape of ['good', 'warn', 'bad', 'calm']) {
      const ratio = contrast(of(shape), of('faint'));
      assert.ok(ratio >= 3, `${shape} ${of(shape)} on ${of('faint')}: ${ratio}`);
    }
  }
});

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.replaceAll(/[\da-f]/g, '$&$&') : colour;
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
