/** `npm start`: the demo in a sandbox. `npm start -- OPTIONS`: the daemon itself, with these options. */

import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { runInFront, runScript } from './run.mjs';
import { setUp } from './setup.mjs';

await runScript(async () => {
  const options = process.argv.slice(2);
  const isDemo = options.length === 0;
  await setUp(isDemo ? 'demo' : 'daemon');
  const script = join(ROOT, isDemo ? 'dist/demo/main.js' : 'bin/knockd');
  return runInFront(process.execPath, [script, ...options], { cwd: process.env.INIT_CWD ?? ROOT });
});
