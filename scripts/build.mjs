/** `npm run build`: compiles, makes the programs, manual pages and completions, and nothing else; for installations by hand after `npm ci`. */

import { compile } from './compile.mjs';
import { makeCompletions } from './completions.mjs';
import { makeManualPages } from './man-pages.mjs';
import { requireNode } from './node-version.mjs';
import { makePrograms } from './programs.mjs';
import { runScript } from './run.mjs';

requireNode();
await runScript(async () => {
  await compile(() => {}, { force: true });
  await makePrograms({ force: true });
  await makeManualPages({ force: true });
  await makeCompletions({ force: true });
  return 0;
});
