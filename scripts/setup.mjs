/**
 * The set-up that every command begins with: the locked npm dependencies, the build, the system's libraries and programs.
 * Does nothing and says nothing where everything is there; else a line a step.
 */

import { compile } from './compile.mjs';
import { makeCompletions } from './completions.mjs';
import { installDependencies } from './dependencies.mjs';
import { makeManualPages } from './man-pages.mjs';
import { requireNode } from './node-version.mjs';
import { makePrograms } from './programs.mjs';
import { providePackages } from './system-packages.mjs';
import { NEEDS } from './system-parts.mjs';

/** @param {keyof typeof NEEDS | 'nothing'} command what the set-up is for */
export async function setUp(command) {
  requireNode();
  await installDependencies(tell);
  await compile(tell);
  await makePrograms();
  await makeManualPages();
  await makeCompletions();
  if (command !== 'nothing') await providePackages(NEEDS[command], tell);
}

/** @param {string} line */
function tell(line) {
  console.error(`set-up: ${line}`);
}
