/** docs/totp.md: its vectors are what the code derives, and its Python program derives the same. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseProtocol } from '../src/net/protocol.ts';
import { parseTotpSecret } from '../src/spa/totp-secret.ts';
import { totpSequence, totpStep } from '../src/spa/totp-sequence.ts';
import { seededRandom, seedFromEnvironment } from './support/seeded-random.ts';

const PAGE = readFileSync(new URL('../../docs/totp.md', import.meta.url), 'utf8');
const TEXT = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const PROGRAM =
  /\n((?: {4}.*\n|\n)* {4}import [\s\S]*?)\nIts arguments/
    .exec(PAGE)?.[1]
    ?.replace(/^ {4}/gm, '')
    .trimStart() ?? '';

interface Vector {
  readonly seconds: number;
  readonly step: number;
  readonly steps: number;
  readonly first: number;
  readonly last: number;
  readonly protocols: string;
  readonly sequence: string;
}

const VECTORS = [
  ...PAGE.matchAll(/^\| *(\d+) *\| *(\d+) *\| *(\d+) *\| *(\d+)-(\d+) *\| *([a-z,]+) *\| *(.*?) *\|$/gm),
].map(
  ([, seconds, step, steps, first, last, protocols = '', sequence = '']): Vector => ({
    seconds: Number(seconds),
    step: Number(step),
    steps: Number(steps),
    first: Number(first),
    last: Number(last),
    protocols,
    sequence,
  }),
);

function derived({ seconds, protocols: names, ...shape }: Omit<Vector, 'step' | 'sequence'>): string {
  const secret = parseTotpSecret(TEXT);
  assert.ok(secret.ok);
  const protocols = names.split(',').map((name) => parseProtocol(name) ?? assert.fail(name));
  const sequence = totpSequence(secret.value, totpStep(seconds * 1000), { ...shape, protocols });
  return sequence.map(({ port, protocol }) => `${port}:${protocol}`).join(' ');
}

test('the vectors of the page are what is derived', () => {
  assert.ok(VECTORS.length >= 8, `${VECTORS.length} were found`);
  for (const vector of VECTORS) {
    assert.equal(totpStep(vector.seconds * 1000), vector.step);
    assert.equal(derived(vector), vector.sequence);
  }
});

/** Itself: what lies in PATH may be a script that looks for it each time. */
const PYTHON = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
const skip = PYTHON.status === 0 ? false : 'python3 is not installed';

test('the Python program of the page derives the same, for its vectors and for random shapes', {
  skip,
}, (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  assert.match(PROGRAM, /^import [\s\S]*print\(/);
  const shapes = Array.from({ length: 8 }, () => {
    const first = 1 + random.below(60_000);
    const protocols = random.pick(['tcp', 'udp', 'tcp,udp', 'udp,tcp']);
    // Up to 3 * 2^30 choices, of which a quarter of all words is left out.
    const last = random.oneIn(2) ? first + 40 : 3 * 2 ** 29 + first;
    return { seconds: random.below(2 ** 32), steps: 1 + random.below(20), first, last, protocols };
  });
  for (const vector of [...VECTORS, ...shapes]) {
    const { seconds, steps, first, last, protocols } = vector;
    const args = [TEXT, String(seconds), String(steps), String(first), String(last), protocols];
    const said = execFileSync(PYTHON.stdout.trim(), ['-c', PROGRAM, ...args], { encoding: 'utf8' });
    assert.equal(said.trim(), derived({ seconds, steps, first, last, protocols }), JSON.stringify(vector));
  }
});
