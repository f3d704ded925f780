/** `npm run lint`: format and lint, types, dead code, the package, the import table. */

import { runChecks } from './checks.mjs';
import { runScript } from './run.mjs';
import { setUp } from './setup.mjs';

await runScript(async () => {
  await setUp('nothing');
  return (await runChecks(['biome', 'knip', 'publint', 'import table'])) ? 0 : 1;
});
