/** `npm run bench`: the benchmarks beside the peers. Arguments are passed on. */

import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { runInFront, runScript } from './run.mjs';
import { setUp } from './setup.mjs';

await runScript(async () => {
  await setUp('bench');
  return runInFront(process.execPath, [join(ROOT, 'dist/bench/main.js'), ...process.argv.slice(2)]);
});
