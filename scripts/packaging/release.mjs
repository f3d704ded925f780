/** What is released: the version of package.json, and the moment that every file of a package is dated. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';
import { runQuietly, StepError } from '../run.mjs';

/**
 * @typedef {object} Release
 * @property {string} version as package.json has it
 * @property {string} debianVersion sorts a pre-release before its release
 * @property {number} epoch seconds since 1970, SOURCE_DATE_EPOCH
 */

/** Tests build a package of another version. */
const VERSION_VARIABLE = 'POSTERN_PACKAGE_VERSION';

/** @returns {Promise<Release>} */
export async function currentRelease() {
  const version = process.env[VERSION_VARIABLE] ?? packageVersion();
  return { version, debianVersion: `${version.replace('-', '~')}-1`, epoch: await epochOf(version) };
}

export function packageVersion() {
  return /** @type {string} */ (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version);
}

/**
 * The date of a version's section in CHANGELOG.md (`## 1.2.3 - 2026-01-31`), undefined while it has none.
 * @param {string} version
 */
export function changelogDate(version) {
  const heading = new RegExp(`^## \\[?${version.replaceAll('.', '\\.')}\\]? - (\\d{4}-\\d{2}-\\d{2})$`, 'm');
  return heading.exec(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'))?.[1];
}

/**
 * The variable that the environment may have, else the date of the version, else that of the last commit.
 * @param {string} version
 */
async function epochOf(version) {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined) return Number(given);
  const date = changelogDate(version);
  if (date !== undefined) return Date.parse(`${date}T00:00:00Z`) / 1000;
  const { status, output } = await runQuietly('git', ['log', '-1', '--format=%ct']);
  if (status === 0) return Number(output);
  throw new StepError(`CHANGELOG.md has no date for ${version}, and there is no commit to take one from`, {
    hint: 'set SOURCE_DATE_EPOCH to the seconds since 1970',
  });
}
