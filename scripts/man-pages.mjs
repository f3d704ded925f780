/** The manual pages, from docs/NAME.SECTION.md to dist/man/NAME.SECTION. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './compile.mjs';
import { ROOT } from './root.mjs';

const SOURCES = join(ROOT, 'docs');
const PAGES = join(ROOT, 'dist/man');
const ALSO_DECISIVE = ['package.json', 'CHANGELOG.md', 'scripts/man-pages.mjs'].map((name) =>
  join(ROOT, name),
);

/** @typedef {{ name: string, section: string, source: string, output: string }} Page */

/** @param {{ force?: boolean }} [options] without `force` only when something is newer than they are */
export async function makeManualPages({ force = false } = {}) {
  const pages = readdirSync(SOURCES).flatMap(pageOf);
  if (!force && !isStale(pages)) return;
  const { manualPage } = await import('./man/page.mjs'); // its parser may have been installed a moment ago
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const date = releaseDate(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'));
  rmSync(PAGES, { recursive: true, force: true });
  mkdirSync(PAGES, { recursive: true });
  for (const { name, section, source, output } of pages) {
    writeFileSync(output, manualPage(readFileSync(source, 'utf8'), { name, section, version, date }));
  }
}

/** @param {string} file @returns {Page[]} */
function pageOf(file) {
  const [, name, section] = /^(.+)\.([1-8])\.md$/.exec(file) ?? [];
  if (name === undefined || section === undefined) return [];
  return [{ name, section, source: join(SOURCES, file), output: join(PAGES, `${name}.${section}`) }];
}

/** @param {readonly Page[]} pages */
function isStale(pages) {
  if (!pages.every(({ output }) => existsSync(output)) || readdirSync(PAGES).length !== pages.length)
    return true;
  const scripts = filesBelow(join(ROOT, 'scripts/man'), '.mjs');
  const sources = [...pages.map(({ source }) => source), ...scripts, ...ALSO_DECISIVE];
  const newest = Math.max(...sources.map(timeOf));
  return pages.some(({ output }) => timeOf(output) <= newest);
}

/** @param {string} file */
function timeOf(file) {
  return statSync(file).mtimeMs;
}

/** Of the first `## [1.2.3] - 2026-01-31`; empty before there is a release. @param {string} changes */
function releaseDate(changes) {
  return /^## .* - (\d{4}-\d{2}-\d{2})$/m.exec(changes)?.[1] ?? '';
}
