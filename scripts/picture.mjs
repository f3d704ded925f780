/** `npm run picture`: runs the demo, keeps what it told in demo/run.txt, and draws docs/story.svg from that. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';
import { runInFront, runScript } from './run.mjs';
import { setUp } from './setup.mjs';

const RUN = join(ROOT, 'demo/run.txt');
const PICTURE = join(ROOT, 'docs/story.svg');

await runScript(async () => {
  await setUp('demo');
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'dist/demo/main.js')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  if (status !== 0) return status ?? 1;
  writeFileSync(RUN, stdout);
  return runInFront(process.execPath, [join(ROOT, 'dist/demo/picture.js'), RUN, PICTURE]);
});
