/**
 * A program for tests: adds packets to the replay file in its first argument as fast as it can, and tells on standard
 * output `add NUMBER` before and `written NUMBER` after each, until it is killed. The second argument is the first number.
 */

import { writeSync } from 'node:fs';
import { ReplayStore } from '../../src/spa/replay-store.ts';
import { numberedPacket, REPLAY_START_S } from './numbered-packet.ts';

const STANDARD_OUTPUT = 1;
/** Packets that wait at the same time, so that they share writes. */
const AT_ONCE = 8;
/** Time that passes with each packet: a day's packets are some hundreds, and the file is written anew now and then. */
const STEP_S = 120;

const [path = '', first = '0'] = process.argv.slice(2);
const log = { log: (level: string, message: string) => tell(`log ${level} ${message}`) };
const store = await ReplayStore.open({ path, nowS: REPLAY_START_S, maxAgeS: 120, reserveBytes: 4096, log });
let next = Number(first);

for (;;) await Promise.all(Array.from({ length: AT_ONCE }, () => addOne(next++)));

async function addOne(number: number): Promise<void> {
  tell(`add ${number}`);
  const packet = numberedPacket(number, STEP_S);
  store.add(packet, packet.timeS);
  const written = await store.written();
  tell(`${written.ok ? 'written' : 'failed'} ${number}`);
}

function tell(line: string): void {
  writeSync(STANDARD_OUTPUT, `${line}\n`);
}
