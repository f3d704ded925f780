/**
 * kill -9 at random moments while forged knockers open doors and doors close: after each restart the firewall and the
 * journal say the same, nothing that was confirmed is lost, and nothing is open beyond its end.
 */

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { enterLab } from '../../lab/enter.ts';
import type { Running } from '../../lab/running.ts';
import { Journal } from '../../src/grant/journal.ts';
import { seededRandom, seedFromEnvironment } from '../support/seeded-random.ts';
import { missingForDaemon, type Scene, SERVER4, setScene, TestDaemon } from './daemon-stage.ts';

const skip = (await enterLab()) ?? missingForDaemon('nft');

const { POSTERN_CRASH_ROUNDS = '6' } = process.env;
const ROUNDS = Number(POSTERN_CRASH_ROUNDS);
const SOURCES = 60;
const OPEN_FOR_MS = 4000;
/** A grant is confirmed by a line of the log; its end may be this late. */
const LATE_MS = 1000;

const DOOR = `[ssh]
Sequence = 7001,8002,9003
TCPFlags = syn
Open = tcp/22
Open_For = ${OPEN_FOR_MS}ms
`;

test(`${ROUNDS} times kill -9 during opens and closes`, { skip }, async (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed} POSTERN_CRASH_ROUNDS=${ROUNDS}`);
  const scene = setScene(t);
  const confirmed = new Map<string, number>();
  let checked = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const daemon = await TestDaemon.started(scene, DOOR);
    const startedMs = Date.now();
    if (round > 0) checked += await agree(scene, confirmed, `round ${round}, seed ${random.seed}`);
    const load = keepKnocking(scene, () => daemon.running.isRunning, round);
    await delay(random.below(900));
    await daemon.running.stop('SIGKILL');
    await load;
    noteConfirmed(daemon.running, confirmed, startedMs + OPEN_FOR_MS);
  }
  t.diagnostic(`${checked} grants compared with the firewall`);
  assert.ok(checked > ROUNDS, 'the rounds test too little');
});

/** Complete sequences from many sources, one after the other, as long as the daemon lives. */
async function keepKnocking({ sender }: Scene, isAlive: () => boolean, round: number): Promise<void> {
  for (let i = 0; isAlive() && i < 5000; i++) {
    const src = `10.9.0.${20 + ((i * 7 + round * 13) % SOURCES)}`;
    for (const port of [7001, 8002, 9003]) await sender.send([{ src, dst: SERVER4, port }]);
  }
}

/** What the log has told to be open, with the earliest end that it can have. */
function noteConfirmed(running: Running, confirmed: Map<string, number>, earliestEndMs: number): void {
  for (const [, source = '', what] of running.output.matchAll(/(\S+): ssh: (open until|closing)/g)) {
    if (what === 'closing') confirmed.delete(source);
    else confirmed.set(source, earliestEndMs);
  }
}

/** Right after a restart. Gives how many grants were compared. */
async function agree(scene: Scene, confirmed: Map<string, number>, when: string): Promise<number> {
  const journal = await journalled(scene);
  const firewall = elements(scene);
  const nowMs = Date.now();
  for (const [source, leftMs] of firewall) {
    const endMs = journal.get(source);
    assert.ok(endMs !== undefined, `${when}: ${source} is in the firewall and not in the journal`);
    assert.ok(nowMs + leftMs <= endMs + LATE_MS, `${when}: ${source} outlives its end`);
  }
  for (const [source, endMs] of journal) {
    if (endMs - nowMs < LATE_MS) continue;
    assert.ok(firewall.has(source), `${when}: ${source} is in the journal and not in the firewall`);
  }
  for (const [source, earliestEndMs] of confirmed) {
    if (earliestEndMs > nowMs) assert.ok(journal.has(source), `${when}: ${source} was confirmed and is lost`);
  }
  return firewall.size;
}

async function journalled({ directory }: Scene): Promise<ReadonlyMap<string, number>> {
  const copy = mkdtempSync(join(directory, 'copy-'));
  cpSync(join(directory, 'postern', 'state'), copy, { recursive: true });
  const journal = await Journal.open({ directory: copy, log: { log: () => undefined } });
  const live = new Map(journal.liveGrants().map(({ source, endMs }) => [source, endMs]));
  await journal.close();
  rmSync(copy, { recursive: true });
  return live;
}

/** What the kernel lets in, with the milliseconds that are left. */
function elements({ server }: Scene): ReadonlyMap<string, number> {
  const listed: unknown = JSON.parse(server.runSync('nft', ['-j', 'list', 'table', 'inet', 'postern']));
  const sets = (listed as { readonly nftables: readonly { readonly set?: NftSet }[] }).nftables;
  const found = sets.flatMap(({ set }) => set?.elem ?? []);
  return new Map(
    found.flatMap((each) => (each.elem === undefined ? [] : [[each.elem.val, each.elem.expires * 1000]])),
  );
}

interface NftSet {
  readonly elem?: readonly { readonly elem?: { readonly val: string; readonly expires: number } }[];
}
