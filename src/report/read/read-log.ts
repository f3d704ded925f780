/**
 * Whole logs to events, in one pass and in bounded memory. What cannot be read is counted, with its first place, and never
 * stops the rest.
 */

import { messageOf } from '../../base/op-error.ts';
import { LineCutter } from './line-cutter.ts';
import { logBytes, PackedError } from './log-bytes.ts';
import type { LogEvent } from './log-event.ts';
import { type LineResult, readLine } from './read-line.ts';

export interface LogInput {
  /** As messages name it. */
  readonly name: string;
  /** Afresh each time. */
  readonly open: () => AsyncIterable<Buffer>;
  /** It can be read once only, as a pipe. */
  readonly isPipe: boolean;
}

export interface Counted {
  readonly count: number;
  /** `file:line` of the first; null where there is none. */
  readonly first: string | null;
}

export interface ReadTotals {
  readonly inputs: readonly string[];
  readonly lines: number;
  readonly events: number;
  /** No line of a log: torn, cut off, rubbish. */
  readonly unreadable: Counted;
  readonly foreign: Counted;
  /** The daemon's lines, without a time. */
  readonly noTime: Counted;
  readonly clockUnset: Counted;
  /** Whose time is before that of the line above; `largestMs` is the widest step. */
  readonly backwards: Counted & { readonly largestMs: number };
  /** Inputs that ended badly, with the reason. */
  readonly damaged: readonly string[];
}

/** Lines that are looked at for the first time of a file. */
const PEEKED_LINES = 1000;

/** Lines of one moment may stand in any order. */
const SAME_MOMENT_MS = 1000;

/** @param take is given each event. @throws PackedError for an input that only another program unpacks */
export async function readLog(
  inputs: readonly LogInput[],
  { take, nowMs }: { readonly take: (event: LogEvent) => void; readonly nowMs: number },
): Promise<ReadTotals> {
  const reading = new Reading(take, nowMs);
  for (const input of await inOrderOfTime(inputs, nowMs)) await reading.read(input);
  return reading.totals;
}

/** By the first time in each: a shell lists `knockd.log` before `knockd.log.2.gz`. Pipes last. */
async function inOrderOfTime(inputs: readonly LogInput[], nowMs: number): Promise<readonly LogInput[]> {
  if (inputs.length < 2) return inputs;
  const dated: { readonly input: LogInput; readonly firstMs: number }[] = [];
  for (const input of inputs) dated.push({ input, firstMs: await firstTime(input, nowMs) });
  return dated.toSorted((a, b) => a.firstMs - b.firstMs || 0).map(({ input }) => input);
}

async function firstTime(input: LogInput, nowMs: number): Promise<number> {
  if (input.isPipe) return Number.MAX_VALUE;
  let firstMs: number | undefined;
  let lines = 0;
  const line = (text: string) => {
    lines++;
    if (firstMs !== undefined) return;
    const result = readLine(text, nowMs);
    if (result.kind === 'event') firstMs = result.event.atMs;
  };
  const cutter = new LineCutter({ line, tooLong: () => undefined });
  try {
    for await (const chunk of logBytes(input.open())) {
      cutter.push(chunk);
      if (firstMs !== undefined || lines > PEEKED_LINES) break;
    }
    cutter.end();
  } catch {
    // It is told when it is read.
  }
  return firstMs ?? Number.MAX_VALUE;
}

type CountName = 'backwards' | Exclude<LineResult['kind'], 'event' | 'empty'>;

class Reading {
  readonly #take: (event: LogEvent) => void;
  readonly #nowMs: number;
  readonly #inputs: string[] = [];
  readonly #damaged: string[] = [];
  readonly #counts = {
    unreadable: new Count(),
    foreign: new Count(),
    'no-time': new Count(),
    'clock-unset': new Count(),
    backwards: new Count(),
  };
  #lines = 0;
  #events = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #largestMs = 0;
  /** Of the input at hand. */
  #name = '';
  #line = 0;

  constructor(take: (event: LogEvent) => void, nowMs: number) {
    this.#take = take;
    this.#nowMs = nowMs;
  }

  get totals(): ReadTotals {
    const { unreadable, foreign, backwards, 'no-time': noTime, 'clock-unset': clockUnset } = this.#counts;
    return {
      ...{ inputs: this.#inputs, lines: this.#lines, events: this.#events, damaged: this.#damaged },
      ...{ unreadable: unreadable.told, foreign: foreign.told },
      ...{ noTime: noTime.told, clockUnset: clockUnset.told },
      backwards: { ...backwards.told, largestMs: this.#largestMs },
    };
  }

  async read({ name, open }: LogInput): Promise<void> {
    this.#inputs.push(name);
    this.#name = name;
    this.#line = 0;
    const cutter = new LineCutter({
      line: (text) => this.#judge(readLine(text, this.#nowMs)),
      tooLong: () => this.#judge({ kind: 'unreadable' }),
    });
    try {
      for await (const chunk of logBytes(open())) cutter.push(chunk);
    } catch (error) {
      if (error instanceof PackedError) throw error;
      this.#damaged.push(`${name}: ${messageOf(error)}`);
    }
    cutter.end();
  }

  #judge(result: LineResult): void {
    this.#line++;
    this.#lines++;
    if (result.kind === 'empty') return;
    if (result.kind !== 'event') {
      this.#count(result.kind);
      return;
    }
    if (result.isTorn === true) this.#count('unreadable');
    this.#tell(result.event);
  }

  #tell(event: LogEvent): void {
    this.#events++;
    const backMs = this.#lastMs - event.atMs;
    if (backMs > SAME_MOMENT_MS) {
      this.#count('backwards');
      this.#largestMs = Math.max(this.#largestMs, backMs);
    }
    this.#lastMs = event.atMs;
    this.#take(event);
  }

  #count(what: CountName): void {
    this.#counts[what].add(this.#name, this.#line);
  }
}

class Count {
  #count = 0;
  #first: string | null = null;

  add(name: string, line: number): void {
    this.#count++;
    this.#first ??= `${name}:${line}`;
  }

  get told(): Counted {
    return { count: this.#count, first: this.#first };
  }
}
