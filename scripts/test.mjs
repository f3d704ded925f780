/**
 * `npm test`: set-up, lint, then every test. `npm test -- PATTERN...` runs only the test files whose path contains one of
 * the patterns, without the lint; options (`--test-name-pattern=...`) are passed on to Node's test runner.
 */

import { runChecks } from './checks.mjs';
import { runScript } from './run.mjs';
import { setUp } from './setup.mjs';
import { runTests } from './test-files.mjs';

await runScript(async () => {
  const args = process.argv.slice(2);
  await setUp('tests');
  const passedLint = args.length > 0 || (await runChecks(['biome', 'knip', 'publint']));
  const status = await runTests(args);
  if (!passedLint) console.error('error: the lint found faults, see the lines that begin with lint: ✗');
  return passedLint ? status : 1;
});
