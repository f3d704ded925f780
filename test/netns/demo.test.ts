/** `npm start` tells the whole story, and leaves nothing behind. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const DEMO = fileURLToPath(new URL('../../demo/main.js', import.meta.url));

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
});
