/** Closed sets of values, from the compiled sources that read them. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../root.mjs';

/** @typedef {Readonly<Record<'digests' | 'firewalls' | 'methods' | 'warnings', readonly string[]>>} ClosedSets */

/** @returns {Promise<ClosedSets>} */
export async function closedSets() {
  const { DIGEST_NAMES } = await compiled('src/spa/digest.js');
  const { FIREWALLS } = await compiled('src/cli/setup/init-fields.js');
  const { METHODS } = await compiled('src/cli/setup/init-plan.js');
  const { RULES } = await compiled('src/lint/lint.js');
  return {
    digests: DIGEST_NAMES,
    firewalls: FIREWALLS,
    methods: METHODS,
    warnings: RULES.map((/** @type {{ code: string }} */ { code }) => code),
  };
}

/** @param {string} file below dist/ */
export function compiled(file) {
  return import(pathToFileURL(join(ROOT, 'dist', file)).href);
}
