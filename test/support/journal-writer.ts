/**
 * A program for tests: keeps the journal of the directory in its first argument as busy as it can, and tells on standard
 * output what it is about to do and what the journal confirmed, until it is killed.
 * Lines: `open ID`, `opened ID`, `failed ID`, `refresh ID END`, `refreshed ID END`, `close ID`, `closed ID`. A refresh or a
 * close is confirmed by the next opening, for records are written in order.
 *
 * Arguments: directory, reserve in bytes, `once` to end after the first failure.
 */

import { writeSync } from 'node:fs';
import { Journal } from '../../src/grant/journal.ts';
import { grantRecord } from './journal-bench.ts';

const STANDARD_OUTPUT = 1;
/** Openings that go on at once, so that records share writes. */
const AT_ONCE = 8;
const MOST_LIVE = 60;

const [directory = '', reserve = '4096', once] = process.argv.slice(2);
const journal = await Journal.open({
  directory,
  reserveBytes: Number(reserve),
  log: { log: (level, message) => tell(`log ${level} ${message}`) },
});
const live = journal.liveGrants().map(({ id }) => id);

for (;;) {
  const results = await Promise.all(Array.from({ length: AT_ONCE }, () => openOne()));
  if (once !== undefined && results.includes(false)) break;
}
await journal.close();

async function openOne(): Promise<boolean> {
  const confirm: string[] = [];
  if (live.length > 0) confirm.push(refreshOne(live[Math.floor(Math.random() * live.length)]!));
  while (live.length > MOST_LIVE * Math.random()) confirm.push(closeOne(live.shift()!));
  const id = journal.nextId();
  tell(`open ${id}`);
  const { ok } = await journal.opened(grantRecord(id));
  if (!ok) {
    tell(`failed ${id}`);
    return false;
  }
  live.push(id);
  for (const line of [...confirm, `opened ${id}`]) tell(line);
  return true;
}

function refreshOne(id: number): string {
  const endMs = 1_800_000_000_000 + Math.floor(Math.random() * 1e9);
  tell(`refresh ${id} ${endMs}`);
  journal.refreshed(id, endMs);
  return `refreshed ${id} ${endMs}`;
}

function closeOne(id: number): string {
  tell(`close ${id}`);
  journal.closed(id);
  return `closed ${id}`;
}

function tell(line: string): void {
  writeSync(STANDARD_OUTPUT, `${line}\n`);
}
