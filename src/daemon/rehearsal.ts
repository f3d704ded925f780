/**
 * The rehearsal: in its first seconds a daemon judges knocks that nobody sent, floods of every kind among them, with parts
 * that belong to nobody: no packet, no line, no file and no firewall comes of it. V8 compiles code once it has run often; without
 * this a flood meets code that takes many times as long, at its beginning and again with each kind of packet that is new,
 * and packets are lost meanwhile.
 */

import { monotonicMs, wallMs } from '../base/clock.ts';
import { fail, ok } from '../base/result.ts';
import type { Config } from '../config/config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { EventMemory } from '../explain/event-memory.ts';
import { Grants } from '../grant/grants.ts';
import { OPENED } from '../knock/match-event.ts';
import { type IpAddress, MAPPED_WORD } from '../net/ip-address.ts';
import { Audience } from './audience.ts';
import { Counters } from './counters.ts';
import { DoorKeeper } from './door-keeper.ts';
import { DoorOpener } from './door-opener.ts';
import { momentNow as now } from './moment-now.ts';
import { RehearsalFrames, type RehearsedPacket } from './rehearsal-frames.ts';
import { Teller } from './teller.ts';
import { WatchHub } from './watch-hub.ts';
import { randomHashKey, Watcher } from './watcher.ts';

/** Whoever starts a daemon and knocks at once does not wait for it. */
const FIRST_AFTER_MS = 1000;
const BETWEEN_MS = 2;
/**
 * The kinds in turn: enough that V8 has compiled all of it, for 0.4 s of processor time and 2 MB. Small ones, so that a real knock
 * waits for some milliseconds, 11 at most where that was measured, and not for all.
 */
const BATCHES = 210;
const BATCH_PACKETS = 64;

const OWN_4: IpAddress = { w0: 0, w1: 0, w2: MAPPED_WORD, w3: 0x0a000001 };
const OWN_6: IpAddress = { w0: 0x20010db8 | 0, w1: 0, w2: 0, w3: 1 };
const SEQUENCE = [7001, 8002, 9003] as const;
const STRAY = 5001;

const CONFIG = `[options]
Max_Attempts = 4096
[rehearsal]
Sequence = ${SEQUENCE}
Open = tcp/22
Open_For = 1s
[datagrams]
Sequence = 7001:udp,8002:udp
Start_Command = true
`;

type Kind = (number: number, at: number) => RehearsedPacket;

const KINDS: readonly Kind[] = [
  // First knocks, strays, and everything at once, each of another source.
  (n) => to4(n, SEQUENCE[0]),
  (n) => to4(n, STRAY),
  (n, at) => to4(n, [...SEQUENCE, STRAY][at % 4]!),
  (n) => to6(n, SEQUENCE[0]),
  // Whole knocks among strays.
  (n, at) => to4(Math.floor(n / 4), [...SEQUENCE, STRAY][at % 4]!),
  (n, at) => to6(Math.floor(n / 4), [...SEQUENCE, STRAY][at % 4]!),
  (n, at) => ({ ...to4(Math.floor(n / 4), SEQUENCE[at % 4] ?? STRAY), protocol: 'udp' }),
];

function to4(number: number, port: number): RehearsedPacket {
  const source = { w0: 0, w1: 0, w2: MAPPED_WORD, w3: 0x0b000000 + number };
  return { source, destination: OWN_4, protocol: 'tcp', port };
}

function to6(number: number, port: number): RehearsedPacket {
  return { source: { ...OWN_6, w1: number }, destination: OWN_6, protocol: 'tcp', port };
}

export class Rehearsal {
  readonly #frames = new RehearsalFrames();
  #timer: NodeJS.Timeout | undefined;
  readonly #counters = new Counters();
  #parts: Parts | undefined;
  #batch = 0;

  /** Knocks that were whole, for tests. */
  get openings(): number {
    return this.#counters.status({ received: 0, dropped: 0 }).matches;
  }

  start(): void {
    this.#timer = setTimeout(() => this.#play(), FIRST_AFTER_MS).unref();
  }

  /** Also once it is over. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#parts?.watcher.stop();
    this.#parts = undefined;
  }

  #play(): void {
    this.#parts ??= newParts(this.#counters);
    const { watcher, grants } = this.#parts;
    const kind = KINDS[this.#batch % KINDS.length]!;
    const first = this.#batch * BATCH_PACKETS;
    const packets = Array.from({ length: BATCH_PACKETS }, (_, at) => kind(first + at, at));
    this.#frames.fill(packets, wallMs());
    watcher.take(this.#frames.batch);
    grants.expire(now());
    this.#batch++;
    if (this.#batch === BATCHES) this.stop();
    else this.#timer = setTimeout(() => this.#play(), BETWEEN_MS).unref();
  }
}

interface Parts {
  readonly watcher: Watcher;
  readonly grants: Grants;
}

function newParts(counters: Counters): Parts {
  const config = rehearsalConfig();
  const log = { log: () => undefined };
  const teller = new Teller(log, undefined, false);
  const memory = new EventMemory(randomHashKey(), monotonicMs());
  const hub = new WatchHub({ watcherCount: () => 0, tell: () => undefined });
  const audience = new Audience({ teller, counters, memory, hub: () => hub });
  const done = () => Promise.resolve({ kind: 'ok', at: now() } as const);
  let id = 0;
  const grants = new Grants({
    commands: { open: done, close: done },
    ports: { open: done, close: done },
    journal: {
      nextId: () => ++id,
      opened: () => Promise.resolve(ok(undefined)),
      refreshed: () => undefined,
      closed: () => undefined,
    },
    report: (decision) => audience.decision(decision),
    dueChanged: () => undefined,
  });
  const keeper = new DoorKeeper({ off: () => undefined, changed: () => undefined });
  const report = () => undefined;
  const opener = new DoorOpener({ keeper, grants, report, now });
  opener.start();
  const watcher: Watcher = new Watcher([], config.options, {
    ...{ log, memory, onlyIpv4: false, tellsDetails: false },
    told: (kind, door, stage, source, protocol, port) => {
      audience.knock(kind, door?.door.name, stage, source, watcher.nowMs, protocol, port);
      if (kind === OPENED && door !== undefined) opener.matched(door, source);
    },
    untold: (steps, ends) => audience.untold(steps, ends),
    judged: () => opener.openMatched(),
  });
  watcher.setOwnAddresses([OWN_4, OWN_6]);
  watcher.setDoors(keeper.setDoors(config, undefined), config.options);
  return { watcher, grants };
}

function rehearsalConfig(): Config {
  const nothing = { read: () => fail('there is no such file'), list: () => ok([]), isSame: () => false };
  const config = parseConfig(CONFIG, 'rehearsal', nothing);
  if (!config.ok) throw new Error(`the rehearsal's configuration: ${config.error[0]?.message}`);
  return config.value;
}
