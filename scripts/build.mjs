/** `npm run build`: compiles and makes the manual pages, and nothing else; for installations by hand after `npm ci`. */

import { compile } from './compile.mjs';
import { makeManualPages } from './man-pages.mjs';
import { requireNode } from './node-version.mjs';
import { runScript } from './run.mjs';

requireNode();
await runScript(async () => {
  await compile(() => {}, { force: true });
  await makeManualPages({ force: true });
  return 0;
});
