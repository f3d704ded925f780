/**
 * A capture file through decoder and matcher, as if the daemon had seen it: time comes from the file, nothing is opened
 * and nothing is written. A one-time door stays at its next unused sequence.
 */

import { readCaptureFile } from '../capture/capture-file.ts';
import type { FrameBatch } from '../capture/frame-batch.ts';
import type { Options } from '../config/config.ts';
import { AddressSet } from '../knock/address-set.ts';
import type { MatchEventKind } from '../knock/match-event.ts';
import { Matcher } from '../knock/matcher.ts';
import type { IpAddress } from '../net/ip-address.ts';
import { decodeFrame } from '../packet/decode-frame.ts';
import { PacketFields } from '../packet/packet-fields.ts';
import { DECODED, REASON_COUNT } from '../packet/reason.ts';
import type { LiveDoor } from './live-doors.ts';
import { SweepSchedule } from './sweep-schedule.ts';
import { matcherOptions, randomHashKey } from './watcher.ts';

/** Destinations of a file that count as own; more than any server has. */
const MAX_OWN_ADDRESSES = 65_536;

export interface ReplayEvent {
  readonly kind: MatchEventKind;
  /** undefined where no door is meant. */
  readonly door: string | undefined;
  readonly stage: number;
  readonly source: IpAddress;
}

export interface ReplayedPacket {
  /** Wall clock, milliseconds since 1970, with a fraction. */
  readonly timeMs: number;
  /** The same object for every packet; undefined for what is no packet but time running out. */
  readonly fields: PacketFields | undefined;
  /** Empty when the packet meant nothing to any door. */
  readonly events: readonly ReplayEvent[];
}

export interface ReplayTotals {
  readonly frames: number;
  /** By the decoder's reason; the one at DECODED are packets. */
  readonly byReason: readonly number[];
}

export interface ReplayOptions {
  readonly doors: readonly LiveDoor[];
  readonly settings: Options;
  /** This host's addresses of then; undefined: every destination in the file counts. */
  readonly own: readonly IpAddress[] | undefined;
  readonly packet: (packet: ReplayedPacket) => void;
}

/** @throws OpError when the file cannot be read; what came before a fault in it has been told by then */
export function replay(path: string, options: ReplayOptions): ReplayTotals {
  const own = options.own ?? destinationsOf(path);
  const run = new Run(options, new AddressSet(own));
  readCaptureFile(path, (batch) => run.take(batch));
  run.finish();
  return run.totals;
}

class Run {
  readonly #options: ReplayOptions;
  readonly #matcher: Matcher;
  readonly #schedule: SweepSchedule;
  readonly #fields = new PacketFields();
  readonly #byReason = new Array<number>(REASON_COUNT).fill(0);
  #events: ReplayEvent[] = [];
  #frames = 0;
  #firstMs: number | undefined;
  #nowMs = 0;

  constructor(options: ReplayOptions, own: AddressSet) {
    const { doors, settings } = options;
    this.#options = options;
    const knockDoors = doors.map(({ knock }) => knock);
    this.#matcher = new Matcher(knockDoors, matcherOptions(settings, randomHashKey()), {
      matchEvent: (kind, door, stage, w0, w1, w2, w3) => {
        this.#events.push({ kind, door: knockDoors[door]?.name, stage, source: { w0, w1, w2, w3 } });
      },
    });
    this.#matcher.setOwnAddresses(own);
    this.#schedule = new SweepSchedule(Math.min(...knockDoors.map(({ seqTimeoutMs }) => seqTimeoutMs)));
  }

  get totals(): ReplayTotals {
    return { frames: this.#frames, byReason: this.#byReason };
  }

  take(batch: FrameBatch): void {
    forEachFrame(batch, (start, length, timeMs) => {
      this.#frames++;
      const reason = decodeFrame(batch.view, start, length, batch.linkType, this.#fields);
      this.#byReason[reason]!++;
      if (reason === DECODED) this.#judge(timeMs);
    });
  }

  /** Attempts that the file leaves open are not told: nobody knows what came next. */
  finish(): void {
    this.#sweepUntil(this.#nowMs);
  }

  #judge(timeMs: number): void {
    this.#firstMs ??= timeMs;
    const nowMs = Math.max(this.#nowMs, Math.floor(timeMs - this.#firstMs));
    this.#sweepUntil(nowMs);
    this.#nowMs = nowMs;
    this.#matcher.packet(this.#fields, nowMs | 0);
    this.#tell(timeMs, this.#fields);
    this.#schedule.packetsTaken(this.#matcher.liveAttempts, nowMs);
  }

  /** Time runs out between packets, too. */
  #sweepUntil(nowMs: number): void {
    for (let due = this.#schedule.dueMs; due !== undefined && due <= nowMs; due = this.#schedule.dueMs) {
      const nextInMs = this.#matcher.expire(due | 0);
      this.#schedule.swept(nextInMs, this.#matcher.liveAttempts, due);
      if (this.#events.length > 0) this.#tell((this.#firstMs ?? 0) + due, undefined);
    }
  }

  #tell(timeMs: number, fields: PacketFields | undefined): void {
    const events = this.#events;
    this.#events = [];
    this.#options.packet({ timeMs, fields, events });
  }
}

function destinationsOf(path: string): readonly IpAddress[] {
  const fields = new PacketFields();
  const found = new Map<string, IpAddress>();
  readCaptureFile(path, (batch) => {
    forEachFrame(batch, (start, length) => {
      if (found.size >= MAX_OWN_ADDRESSES) return;
      if (decodeFrame(batch.view, start, length, batch.linkType, fields) !== DECODED) return;
      const { dst0: w0, dst1: w1, dst2: w2, dst3: w3 } = fields;
      const key = `${w0} ${w1} ${w2} ${w3}`;
      if (!found.has(key)) found.set(key, { w0, w1, w2, w3 });
    });
  });
  return [...found.values()];
}

function forEachFrame(
  { frames }: FrameBatch,
  visit: (start: number, length: number, timeMs: number) => void,
): void {
  const { starts, lengths, seconds, microseconds, count } = frames;
  for (let i = 0; i < count; i++) {
    visit(starts[i]!, lengths[i]!, seconds[i]! * 1000 + microseconds[i]! / 1000);
  }
}
