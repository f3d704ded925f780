/**
 * The side of the daemon that sees knocks: frames to matcher, own addresses, listening ports, the kernel filter, and
 * the sweep of attempts that are too old. What was matched is told to `matched`; nothing here opens anything.
 */

import { randomBytes } from 'node:crypto';
import { monotonicMs, wallMs } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { CaptureSet } from '../capture/capture-set.ts';
import type { FrameBatch } from '../capture/frame-batch.ts';
import type { InterfaceState } from '../capture/interface-slots.ts';
import type { InterfaceChoice, Options } from '../config/config.ts';
import type { EventMemory } from '../explain/event-memory.ts';
import { AddressSet } from '../knock/address-set.ts';
import type { AttemptView } from '../knock/attempt-list.ts';
import { type HandBan, HandBans } from '../knock/hand-bans.ts';
import type { MatchEventKind } from '../knock/match-event.ts';
import { MATCH_EVENT_NAMES, STRAY } from '../knock/match-event.ts';
import { Matcher, type MatcherOptions } from '../knock/matcher.ts';
import { PortSet } from '../knock/port-set.ts';
import type { CaptureStats } from '../native/live-capture.ts';
import type { IpAddress } from '../net/ip-address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { PacketFields } from '../packet/packet-fields.ts';
import { attemptLineClass } from './attempt-lines.ts';
import { type Ban, type BanSources, banOf, listBans } from './ban-list.ts';
import { DueTimer } from './due-timer.ts';
import { filterSpecOf } from './filter-spec-of.ts';
import { ListeningPorts } from './listening-ports.ts';
import { type LiveDoor, unchangedDoors } from './live-doors.ts';
import { PacketClock } from './packet-clock.ts';
import { PacketLoop } from './packet-loop.ts';
import { SweepSchedule } from './sweep-schedule.ts';

/** An object and no functions, for the reason that MatchSink gives. */
export interface WatcherAudience {
  /**
   * `door` is undefined where none is meant. From within the matcher, which must not be changed before `judged`.
   * @param nowMs monotonic, a 32-bit integer that wraps
   */
  told(
    kind: MatchEventKind,
    door: LiveDoor | undefined,
    stage: number,
    source: Readonly<IpAddress>,
    nowMs: number,
    protocol: number,
    port: number,
  ): void;
  /** First steps, and attempts that ended at theirs, that nobody hears of one by one. */
  untold(steps: number, ends: number): void;
  /** After packets that may have opened doors; doors may be changed now. */
  judged(): void;
}

export interface WatcherOptions {
  readonly log: Logger;
  readonly onlyIpv4: boolean;
  /** Tell what single packets did, too: `-D`. */
  readonly tellsDetails: boolean;
  /** Hears of everything. */
  readonly memory: EventMemory;
  readonly audience: WatcherAudience;
}

export type WatchSettings = Pick<
  Options,
  'maxAttempts' | 'maxStrays' | 'reorderWindowMs' | 'banTimeMs' | 'ignorePorts'
>;

/** By kind of event: 1 for what only -D asks for. */
const IS_DETAIL = Uint8Array.from(MATCH_EVENT_NAMES, (_, kind) =>
  attemptLineClass(kind as MatchEventKind) === 'debug' ? 1 : 0,
);

/** A packet of a knock takes 192 bytes of it: 43,000 packets, 115 ms at 380,000 a second on one interface. */
const RINGS_BYTES = 8 << 20;

/** A door set without doors still sweeps bans. */
const NO_DOORS_TIMEOUT_MS = 60_000;

/** Each look at the ends goes through all bans by hand. */
const LEAST_UNBAN_WAIT_MS = 1000;
const MOST_UNBAN_WAIT_MS = 60_000;

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #clock = new PacketClock();
  readonly #loop: PacketLoop;
  readonly #sweepTimer = new DueTimer(() => this.#sweep());
  readonly #listeningPorts: ListeningPorts;
  readonly #hashKey = randomHashKey();
  readonly #handBans = new HandBans(this.#hashKey);
  readonly #banTimer = new DueTimer(() => this.#scheduleUnban());
  readonly #source = { w0: 0, w1: 0, w2: 0, w3: 0 };
  #doors: readonly LiveDoor[];
  #settings: WatchSettings;
  #matcher: Matcher;
  #schedule: SweepSchedule;
  #own = new AddressSet([]);
  #listening = new PortSet();
  #capture: CaptureSet | undefined;
  /** Of captures that have been replaced. */
  #past = { received: 0, dropped: 0 };
  #nowMs = monotonicMs();
  #sawStray = false;

  constructor(doors: readonly LiveDoor[], settings: WatchSettings, options: WatcherOptions) {
    this.#options = options;
    this.#doors = doors;
    this.#settings = settings;
    this.#matcher = this.#newMatcher();
    this.#schedule = this.#newSchedule();
    this.#listeningPorts = new ListeningPorts((ports) => {
      this.#listening = ports;
      this.#matcher.setListening(ports);
    });
    this.#loop = new PacketLoop({ clock: this.#clock, judge: this, onlyIpv4: options.onlyIpv4 });
  }

  get doors(): readonly LiveDoor[] {
    return this.#doors;
  }

  /** @throws OpError when capturing is not allowed. @returns the interfaces' names */
  start(interfaces: InterfaceChoice): readonly string[] {
    void this.#listeningPorts.refresh(monotonicMs());
    const capture = new CaptureSet({
      interfaces,
      ringsBytes: RINGS_BYTES,
      log: this.#options.log,
      onBatch: (batch) => this.take(batch),
      onAddresses: (addresses) => this.setOwnAddresses(addresses),
      filter: (own) => this.#filter(own),
    });
    const before = this.#capture;
    capture.start();
    this.#capture = capture;
    before?.close();
    if (before !== undefined) this.#past = sum(this.#past, before.stats());
    return capture.names;
  }

  /** Where knocks go that name no target. A capture tells them by itself. */
  setOwnAddresses(addresses: readonly IpAddress[]): void {
    this.#own = new AddressSet(addresses);
    this.#matcher.setOwnAddresses(this.#own);
  }

  /** Attempts on doors that stay the same go on. */
  setDoors(doors: readonly LiveDoor[], settings: WatchSettings): void {
    this.#countUntold();
    const newIndexOf = unchangedDoors(this.#doors, doors);
    const previous = this.#matcher;
    this.#doors = doors;
    this.#settings = settings;
    this.#matcher = this.#newMatcher();
    this.#matcher.adopt(previous, newIndexOf);
    this.#schedule = this.#newSchedule();
    this.#reschedule(monotonicMs());
    this.#capture?.setFilter((own) => this.#filter(own));
  }

  /** Since the start. */
  stats(): CaptureStats {
    return this.#capture === undefined ? this.#past : sum(this.#past, this.#capture.stats());
  }

  get interfaces(): readonly InterfaceState[] {
    return this.#capture?.states ?? [];
  }

  /** Whether every capture that is open is still read; what had come by the last call counts. */
  beat(): boolean {
    return this.#capture?.beat() ?? true;
  }

  /** Attempts in progress: how many, and the newest of those that are furthest. */
  attempts(limit: number): { readonly count: number; readonly newest: readonly AttemptView[] } {
    const matcher = this.#matcher;
    return { count: matcher.liveAttempts, newest: matcher.newestAttempts(this.#packetNow(), limit) };
  }

  /** Those who are banned, by hand and as scanners; bans by hand first. */
  bans(limit: number): { readonly count: number; readonly newest: readonly Ban[] } {
    return listBans(this.#banSources(), limit);
  }

  /** The ban that an address, or all of a prefix, is under. */
  banOf(source: Prefix): Ban | undefined {
    return banOf(source, this.#banSources());
  }

  /** Knocks from there are not looked at until `endMs` of the wall clock. False when there is no room for more bans. */
  ban(prefix: Prefix, endMs: number): boolean {
    const isBanned = this.#handBans.add(prefix, endMs);
    this.#scheduleUnban();
    return isBanned;
  }

  /** Lifts the bans of the prefix and of what lies in it, those of scanners too. Gives how many. */
  unban(prefix: Prefix): number {
    return this.#handBans.remove(prefix).length + this.#matcher.liftBans(prefix);
  }

  /** Bans by hand. */
  handBans(): readonly HandBan[] {
    return this.#handBans.list();
  }

  stop(): void {
    this.#capture?.close();
    this.#past = this.stats();
    this.#capture = undefined;
    this.#sweepTimer.set(undefined);
    this.#banTimer.set(undefined);
  }

  /** What a capture gives. */
  take(batch: FrameBatch): void {
    this.#setNow();
    this.#clock.set(this.#nowMs, wallMs());
    this.#matcher.beginBatch();
    this.#loop.take(batch);
    this.#countUntold();
    this.#reschedule(this.#nowMs);
    if (!this.#sawStray) return;
    this.#sawStray = false;
    void this.#listeningPorts.refresh(this.#nowMs);
  }

  /** For the loop of packets. Opening may change the doors, and with them the matcher. */
  judge(packets: readonly PacketFields[], times: Int32Array, count: number): void {
    for (let next = 0; next < count; ) {
      next = this.#matcher.packets(packets, times, next, count);
      this.#options.audience.judged();
    }
  }

  /** For the matcher. */
  matchEvent(
    kind: MatchEventKind,
    door: number,
    stage: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    protocol: number,
    port: number,
  ): void {
    const { memory, tellsDetails, audience } = this.#options;
    memory.record(kind, door, stage, w0, w1, w2, w3, protocol, port);
    if (kind === STRAY) this.#sawStray = true;
    if (IS_DETAIL[kind] === 1 && !tellsDetails) return;
    const source = this.#source;
    source.w0 = w0;
    source.w1 = w1;
    source.w2 = w2;
    source.w3 = w3;
    audience.told(kind, this.#doors[door], stage, source, this.#nowMs | 0, protocol, port);
  }

  #countUntold(): void {
    const steps = this.#matcher.takeUntoldSteps();
    const ends = this.#matcher.takeUntoldEnds();
    if (steps === 0 && ends === 0) return;
    this.#options.memory.forgot();
    this.#options.audience.untold(steps, ends);
  }

  #setNow(): void {
    this.#nowMs = monotonicMs();
    this.#options.memory.setNow(this.#nowMs);
  }

  #sweep(): void {
    this.#setNow();
    const nextInMs = this.#matcher.expire(this.#clock.now(this.#nowMs));
    this.#countUntold();
    this.#options.audience.judged();
    this.#schedule.swept(nextInMs, this.#matcher.liveAttempts, this.#nowMs);
    this.#sweepTimer.set(this.#schedule.dueMs);
  }

  #reschedule(nowMs: number): void {
    if (this.#schedule.packetsTaken(this.#matcher.liveAttempts, nowMs)) {
      this.#sweepTimer.set(this.#schedule.dueMs);
    }
  }

  #banSources(): BanSources {
    this.#handBans.expire(wallMs());
    return { hand: this.#handBans, matcher: this.#matcher, now: this.#packetNow(), wallMs: wallMs() };
  }

  /** The wall clock may be set: ends are looked at again after a while. */
  #scheduleUnban(): void {
    this.#handBans.expire(wallMs());
    if (this.#handBans.size === 0) return;
    const leftMs = Math.min(this.#handBans.nextEndMs() - wallMs(), MOST_UNBAN_WAIT_MS);
    this.#banTimer.set(monotonicMs() + Math.max(leftMs, LEAST_UNBAN_WAIT_MS));
  }

  #packetNow(): number {
    return this.#clock.now(monotonicMs());
  }

  #filter(own: readonly IpAddress[]) {
    const doors = this.#doors.map(({ knock }) => knock);
    const { onlyIpv4 } = this.#options;
    return filterSpecOf({ doors, ignorePorts: this.#settings.ignorePorts, onlyIpv4 }, own);
  }

  #newMatcher(): Matcher {
    const { memory } = this.#options;
    const doors = this.#doors.map(({ knock }) => knock);
    memory.setDoors(doors);
    const matcher = new Matcher(doors, matcherOptions(this.#settings, this.#hashKey), this);
    matcher.setOwnAddresses(this.#own);
    matcher.setListening(this.#listening);
    matcher.setHandBans(this.#handBans);
    return matcher;
  }

  #newSchedule(): SweepSchedule {
    const timeouts = this.#doors.map(({ knock }) => knock.seqTimeoutMs);
    return new SweepSchedule(timeouts.reduce((least, each) => Math.min(least, each), NO_DOORS_TIMEOUT_MS));
  }
}

function sum(a: CaptureStats, b: CaptureStats): CaptureStats {
  return { received: a.received + b.received, dropped: a.dropped + b.dropped };
}

export function matcherOptions(settings: WatchSettings, hashKey: MatcherOptions['hashKey']): MatcherOptions {
  const { maxAttempts, maxStrays, reorderWindowMs, banTimeMs } = settings;
  const ignorePorts = new PortSet();
  for (const { first, last, protocol } of settings.ignorePorts) ignorePorts.add(first, last, protocol);
  return { maxAttempts, maxStrays, reorderWindowMs, banTimeMs, ignorePorts, hashKey };
}

/** Nobody can aim at one chain of the tables. */
export function randomHashKey(): MatcherOptions['hashKey'] {
  const bytes = randomBytes(8);
  return { k0: bytes.readInt32LE(0), k1: bytes.readInt32LE(4) };
}
