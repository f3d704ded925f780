/** A program that writes its journal and is killed at any moment: what it was promised holds, what it began may not. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { grantRecord, JournalBench } from '../../test/support/journal-bench.ts';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import type { GrantRecord } from './journal-record.ts';

const WRITER = fileURLToPath(new URL('../../test/support/journal-writer.js', import.meta.url));
const ROUNDS = 20;
/** Small, so that the file is written anew several times a round. */
const RESERVE_BYTES = 4096;

/** One grant as the writer's lines tell it. */
interface Told {
  opened: boolean;
  closing: boolean;
  closed: boolean;
  /** Ends that it may have: the last one confirmed, and those told after it. */
  ends: readonly number[];
}

test(`${ROUNDS} times kill -9 while records are written: none is lost, none is half`, async (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  const bench = newBench(t);
  let live: readonly GrantRecord[] = [];
  let records = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const lines = await writerLines(bench, String(RESERVE_BYTES), 20 + random.below(3000));
    records += lines.length;
    const told = tell(live, lines);
    live = await readAgain(bench);
    check(told, live, `seed ${random.seed} round ${round}`);
  }
  t.diagnostic(`${records} lines of the writer`);
  const grave = bench.logged.filter((line) => !line.startsWith('notice '));
  assert.deepEqual(grave, [], 'no line but a last one was ever damaged');
});

test('a disk that fills up while records are written loses none that was confirmed', async (t) => {
  const bench = newBench(t);
  for (const limitKb of [4, 5, 6, 8]) {
    const live = await readAgain(bench);
    const lines = await writerLines(bench, '1024', Number.POSITIVE_INFINITY, limitKb);
    assert.ok(
      lines.some((line) => line.startsWith('failed ')),
      'the disk was full',
    );
    check(tell(live, lines), await readAgain(bench), `${limitKb} KB`);
  }
});

function newBench(t: TestContext): JournalBench {
  const bench = new JournalBench();
  t.after(() => bench.remove());
  return bench;
}

/** Lets a writer run until it has told that many lines, or until its disk is full, and gives all that it told. */
function writerLines(
  bench: JournalBench,
  reserve: string,
  lines: number,
  limitKb?: number,
): Promise<string[]> {
  const command = [process.execPath, WRITER, bench.directory, reserve];
  const limited = [`ulimit -f ${limitKb}; exec "$@"`, 'bash', ...command, 'once'];
  const child =
    limitKb === undefined
      ? spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn('bash', ['--norc', '-c', ...limited], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let seen = 0;
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      seen += chunk.split('\n').length - 1;
      if (seen >= lines) child.kill('SIGKILL');
    });
    child.on('error', reject);
    // The last piece has no line break: what it announces has not begun.
    child.on('close', () => resolve(text.split('\n').slice(0, -1)));
  });
}

async function readAgain(bench: JournalBench): Promise<readonly GrantRecord[]> {
  const journal = await bench.open(RESERVE_BYTES);
  await journal.close();
  return journal.liveGrants();
}

function tell(live: readonly GrantRecord[], lines: readonly string[]): ReadonlyMap<number, Told> {
  const told = new Map<number, Told>();
  for (const { id, endMs } of live)
    told.set(id, { opened: true, closing: false, closed: false, ends: [endMs] });
  for (const line of lines) {
    const [what, id, end] = line.split(' ');
    if (what === 'log') continue;
    apply(told, what ?? '', Number(id), Number(end));
  }
  return told;
}

function apply(told: Map<number, Told>, what: string, id: number, end: number): void {
  if (what === 'open') {
    told.set(id, { opened: false, closing: false, closed: false, ends: [grantRecord(id).endMs] });
    return;
  }
  const grant = told.get(id);
  assert.ok(grant !== undefined, `${what} ${id}`);
  if (what === 'opened') grant.opened = true;
  else if (what === 'close') grant.closing = true;
  else if (what === 'closed') grant.closed = true;
  else if (what === 'refresh') grant.ends = [...grant.ends, end];
  else if (what === 'refreshed') grant.ends = grant.ends.slice(grant.ends.indexOf(end));
  else assert.equal(what, 'failed');
}

function check(told: ReadonlyMap<number, Told>, live: readonly GrantRecord[], where: string): void {
  for (const grant of live) {
    const { id, endMs } = grant;
    const known = told.get(id);
    assert.ok(known !== undefined, `${where}: grant ${id} was never opened`);
    assert.ok(!known.closed, `${where}: grant ${id} is open again`);
    assert.ok(
      known.ends.includes(endMs),
      `${where}: grant ${id} ends at ${endMs}, not ${known.ends.join(' or ')}`,
    );
    assert.deepEqual(
      grant,
      grantRecord(id, { endMs }),
      `${where}: grant ${id} was not read as it was written`,
    );
  }
  const ids = new Set(live.map(({ id }) => id));
  const lost = [...told].filter(([id, { opened, closing }]) => opened && !closing && !ids.has(id));
  assert.deepEqual(
    lost.map(([id]) => id),
    [],
    `${where}: lost`,
  );
}
