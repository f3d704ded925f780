/** The rehearsal's knocks: floods of every kind, and whole sequences among strays. */

import { wallMs } from '../base/clock.ts';
import { type IpAddress, MAPPED_WORD } from '../net/ip-address.ts';
import type { Counters } from './counters.ts';
import { KnockAudience } from './knock-audience.ts';
import { momentNow as now } from './moment-now.ts';
import type { Act } from './rehearsal.ts';
import { RehearsalFrames, type RehearsedPacket } from './rehearsal-frames.ts';
import { RehearsalParts } from './rehearsal-parts.ts';
import { Watcher } from './watcher.ts';

/** Enough that V8 has compiled the way of a flood; of what opens doors, which nobody needs often, less. */
const ROUNDS = 8;
const BATCH_PACKETS = 128;

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

/** Of numbers that no other kind has. */
const HALF_KNOCKERS = 0x400000;

/** The packet with this number, at this place of its batch. */
type Kind = (number: number, at: number) => RehearsedPacket;

/** Everything at once, each of another source: later steps without the first, which a matcher keeps in mind. */
const MIXED: Kind = (n, at) => to4(n, [...SEQUENCE, STRAY][at % 4]!);

const FLOODS: readonly Kind[] = [
  // First knocks and strays, each of another source.
  (n) => to4(n, SEQUENCE[0]),
  (n) => to4(n, STRAY),
  (n) => to6(n, SEQUENCE[0]),
  MIXED,
  // The same sources again and again.
  (_, at) => to4(at, SEQUENCE[0]),
  // Half knocks, whose attempts last.
  (n, at) => to4(HALF_KNOCKERS + (n >> 1), SEQUENCE[at % 2]!),
];

/** Whole knocks among strays. */
const KNOCKS: readonly Kind[] = [
  (n, at) => to4(Math.floor(n / 4), [...SEQUENCE, STRAY][at % 4]!),
  (n, at) => to6(Math.floor(n / 4), [...SEQUENCE, STRAY][at % 4]!),
  (n, at) => ({ ...to4(Math.floor(n / 4), SEQUENCE[at % 4] ?? STRAY), protocol: 'udp' }),
];

const ROUND: readonly Kind[] = KNOCKS.flatMap((knocks) => [...FLOODS, knocks]);

function to4(number: number, port: number): RehearsedPacket {
  const source = { w0: 0, w1: 0, w2: MAPPED_WORD, w3: 0x0b000000 + number };
  return { source, destination: OWN_4, protocol: 'tcp', port };
}

function to6(number: number, port: number): RehearsedPacket {
  return { source: { ...OWN_6, w1: number }, destination: OWN_6, protocol: 'tcp', port };
}

export class RehearsedKnocks implements Act {
  readonly #frames = new RehearsalFrames(BATCH_PACKETS);
  readonly #parts: RehearsalParts;
  readonly #watcher: Watcher;
  /** Apart from the other, since a matcher that has something in mind never goes its short way. */
  readonly #mixedWatcher: Watcher;
  #batch = 0;

  constructor(counters: Counters) {
    this.#parts = new RehearsalParts(CONFIG, counters);
    this.#watcher = watcherOf(this.#parts);
    this.#mixedWatcher = watcherOf(this.#parts);
  }

  play(): boolean {
    const kind = ROUND[this.#batch % ROUND.length]!;
    const first = this.#batch * BATCH_PACKETS;
    const packets = Array.from({ length: BATCH_PACKETS }, (_, at) => kind(first + at, at));
    this.#frames.fill(packets, wallMs());
    (kind === MIXED ? this.#mixedWatcher : this.#watcher).take(this.#frames.batch);
    this.#parts.grants.expire(now());
    return ++this.#batch < ROUNDS * ROUND.length;
  }

  end(): void {
    this.#watcher.stop();
    this.#mixedWatcher.stop();
  }
}

function watcherOf({ config, log, memory, audience, keeper, opener }: RehearsalParts): Watcher {
  const watcher = new Watcher([], config.options, {
    // In the daemon's own order: V8 takes objects with another for another kind.
    log,
    onlyIpv4: false,
    tellsDetails: false,
    memory,
    audience: new KnockAudience(audience, opener),
  });
  watcher.setOwnAddresses([OWN_4, OWN_6]);
  watcher.setDoors(keeper.setDoors(config, undefined), config.options);
  return watcher;
}
