/** A program that writes its replay file and is killed at any moment: no packet that was promised is taken again. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { numberedPacket, REPLAY_START_S } from '../../test/support/numbered-packet.ts';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { ReplayStore } from './replay-store.ts';

const WRITER = fileURLToPath(new URL('../../test/support/replay-writer.js', import.meta.url));
const ROUNDS = 15;
const STEP_S = 120;

test(`${ROUNDS} times kill -9 while packets are written: none that was confirmed is taken again`, async (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  const directory = mkdtempSync(join(tmpdir(), 'postern-replay-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'spa.replay');
  let next = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const lines = await writerLines(path, next, 20 + random.below(3000));
    const confirmed = numbers(lines, 'written');
    next = Math.max(...numbers(lines, 'add')) + 1;
    assert.ok(confirmed.length > 0);
    const grave = lines.filter((line) => /^(log (error|warning)|failed)/.test(line));
    assert.deepEqual(grave, [], 'no line but a last one was ever damaged');
    const store = await openStore(path);
    for (const number of confirmed) {
      const { digest, timeS } = numberedPacket(number, STEP_S);
      const isRefused = store.holds(digest) || store.isForgotten(timeS);
      assert.ok(isRefused, `seed ${random.seed} round ${round}: packet ${number} would be taken again`);
    }
    assert.equal(store.isForgotten(numberedPacket(next, STEP_S).timeS), false, 'new ones are taken');
    await store.close();
  }
  t.diagnostic(`${next} packets`);
});

function openStore(path: string): Promise<ReplayStore> {
  const log = { log: () => undefined };
  return ReplayStore.open({ path, nowS: REPLAY_START_S, maxAgeS: 120, reserveBytes: 4096, log });
}

function numbers(lines: readonly string[], what: string): number[] {
  return lines.filter((line) => line.startsWith(`${what} `)).map((line) => Number(line.split(' ')[1]));
}

/** Lets a writer run until it has told that many lines, and gives all that it told. */
function writerLines(path: string, first: number, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let seen = 0;
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      seen += chunk.split('\n').length - 1;
      if (seen >= count) child.kill('SIGKILL');
    });
    child.on('error', reject);
    // The last piece has no line break: what it announces has not begun.
    child.on('close', () => resolve(text.split('\n').slice(0, -1)));
  });
}
