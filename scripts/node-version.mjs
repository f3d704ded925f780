/** Refuses a Node that is too old for the project. Written so that old ones can read it. */

import { readFileSync } from 'node:fs';

/**
 * @param {string} running such as `20.19.0`
 * @param {string} wanted such as `>=20.19`
 */
function isNewEnough(running, wanted) {
  const have = running.split('.').map(Number);
  const want = wanted.replace('>=', '').split('.').map(Number);
  const differing = want.findIndex((part, i) => part !== have[i]);
  return differing === -1 || Number(have[differing]) > Number(want[differing]);
}

/** Ends the process with a clear message when its Node is too old. */
export function requireNode() {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (isNewEnough(process.versions.node, manifest.engines.node)) return;
  console.error(`error: Node ${process.versions.node} is too old: Postern needs ${manifest.engines.node}`);
  console.error('hint: install a current Node from https://nodejs.org or from your distribution');
  process.exit(1);
}
