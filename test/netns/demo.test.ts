/** `npm start` tells the whole story, and leaves nothing behind. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readStory, stepNames } from '../../demo/told-story.ts';

const DEMO = fileURLToPath(new URL('../../demo/main.js', import.meta.url));

/** What the picture of the README is drawn from. */
const KEPT_RUN = new URL('../../../demo/run.txt', import.meta.url);

/** The demo says so when private namespaces cannot be had here. */
const CANNOT_RUN = 2;

test('every step of the demo goes as told', { timeout: 120_000 }, async (t) => {
  const demo = spawn(process.execPath, [DEMO], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      said += text;
    });
  }
  const status = await new Promise<number | null>((ended) => demo.once('close', ended));
  if (status === CANNOT_RUN) return t.skip(said);
  assert.equal(status, 0, said);
  assert.match(said, /All \d+ steps went as told/);
  const kept = readFileSync(KEPT_RUN, 'utf8');
  const names = (output: string) => stepNames(readStory(output));
  assert.deepEqual(names(kept), names(said), "the run of the picture tells another story: 'npm run picture'");
});
