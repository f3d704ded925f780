/** The report in a real browser, offline: that it loads without a complaint, is readable in both schemes, and fits a phone. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { POSTERN } from '../lab/programs.ts';
import { Browser, installedBrowser, type View } from './support/browser.ts';
import { asJson, madeLines } from './support/log-maker.ts';

const program = installedBrowser();
const skip = program === undefined ? 'no Chromium is installed (package chromium)' : undefined;

const HOSTILE = `"><img src=http://192.0.2.1/x onerror=document.title='broken'><script>document.title='broken'</script>`;

function madePage(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [log, page] = [join(folder, 'log'), join(folder, 'report.html')];
  const about = { source: '2001:db8:1111:2222:3333:4444:5555:6666', door: HOSTILE, endsAt: null };
  const long = JSON.stringify({
    time: '2026-11-19T00:00:00.000Z',
    ...{ level: 'notice', message: 'x', kind: 'opened', reason: 'grant', ...about },
  });
  const lines = madeLines({ seed: 7, startMs: Date.UTC(2026, 10, 18), days: 7 }).map(asJson);
  writeFileSync(log, [...lines, long].join('\n'));
  const args = [POSTERN, 'report', '--until', '2026-11-25T00:00:00Z', '-o', page, log];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return pathToFileURL(page).href;
}

const VIEWS: readonly View[] = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
];

test('the page loads offline without a complaint, fits each width, and looks different in the dark', {
  skip,
}, async (t) => {
  const url = madePage(t);
  const browser = await Browser.started(program ?? '');
  t.after(() => browser.close());
  const pictures = new Map<string, string>();
  for (const view of VIEWS) {
    await browser.view(view);
    await browser.open(url);
    const [page, window] = (await browser.value(
      '[document.documentElement.scrollWidth, innerWidth]',
    )) as number[];
    assert.equal(window, view.width);
    assert.ok((page ?? 0) <= view.width, `${view.width}: the page is ${page} wide`);
    const ground = await browser.value('getComputedStyle(document.body).backgroundColor');
    pictures.set(`${view.width} ${view.scheme}`, `${ground} ${digestOf(await browser.picture())}`);
  }
  assert.equal(new Set(pictures.values()).size, VIEWS.length, [...pictures.values()].join('\n'));
  assert.deepEqual(new Set([...pictures.values()].map((text) => text.split(') ')[0])).size, 2, 'two grounds');
  assert.equal(await browser.value('document.title'), 'Postern report');
  const seen = await browser.value(`(() => {
    const strips = [...document.querySelectorAll('svg.strip rect')].map((rect) => rect.getBoundingClientRect());
    return [strips.length > 100, strips.every(({ width, height }) => width > 0 && height > 0)];
  })()`);
  assert.deepEqual(seen, [true, true], 'the strips have something in them');
  const { complaints, requests } = browser.told;
  assert.deepEqual(complaints, []);
  assert.deepEqual(new Set(requests), new Set([url]));
});

test('the policy holds: a script and a style from elsewhere do nothing, and are complained of', {
  skip,
}, async (t) => {
  const url = madePage(t);
  const browser = await Browser.started(program ?? '');
  t.after(() => browser.close());
  await browser.view({ width: 1280, scheme: 'light' });
  await browser.open(url);
  await browser.value(`(() => {
    const script = document.createElement('script');
    script.textContent = "document.title = 'broken'";
    document.body.append(script);
    document.body.setAttribute('style', 'color:red');
  })()`);
  assert.equal(await browser.value('document.title'), 'Postern report');
  assert.ok(browser.told.complaints.length > 0);
});

test('it prints on paper, few pages', { skip }, async (t) => {
  const url = madePage(t);
  const browser = await Browser.started(program ?? '');
  t.after(() => browser.close());
  await browser.open(url);
  const pages = [...(await browser.print()).toString('latin1').matchAll(/\/Type \/Page\b/g)].length;
  assert.ok(pages >= 2 && pages <= 8, `${pages}`);
});

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
