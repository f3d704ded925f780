/** The prober on the sender's host, as the rows talk to it. */

import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Running } from '../lab/running.ts';
import type { Answer, Round } from './knock-line.ts';
import { SERVER, type Yard } from './yard.ts';

const PROBER = fileURLToPath(new URL('./prober.js', import.meta.url));
/** The slowest peer takes a tenth of it. */
const GIVE_UP_MS = 2000;

/** As long as the longest interval of a peer: knockd's and fwknopd's 100 ms. */
const SPREAD_MS = 100;
const GOLDEN = 0.618034;

export class Knocker {
  readonly #program: Running;
  readonly #answers: AsyncIterator<string>;

  constructor(yard: Yard) {
    this.#program = yard.onLoadCore(process.execPath, [PROBER]);
    this.#answers = linesOf(this.#program.child.stdout as NodeJS.ReadableStream);
  }

  async round(wish: Omit<Round, 'to' | 'giveUpMs'> & Partial<Round>): Promise<Answer> {
    const round: Round = { to: SERVER, giveUpMs: GIVE_UP_MS, ...wish };
    this.#program.child.stdin?.write(`${JSON.stringify(round)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`the sender ended:\n${this.#program.output}`);
    return JSON.parse(value) as Answer;
  }

  async end(): Promise<void> {
    await this.#program.stop();
  }
}

/**
 * A pause before a round, different each time and evenly spread. Programs look for packets at their own intervals: knocks that always
 * come right after the last answer would meet them always at the same moment, and not at any, as people's do.
 */
export async function spreadPause(round: number): Promise<void> {
  await delay(SPREAD_MS * ((round * GOLDEN) % 1));
}

export function linesOf(stream: NodeJS.ReadableStream): AsyncIterator<string> {
  return createInterface({ input: stream })[Symbol.asyncIterator]();
}
