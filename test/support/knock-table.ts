/**
 * Knocks and doors in a few words, for tables of cases: `syn('192.0.2.7', 7000)`. What a matcher tells about them comes
 * back as lines such as `ssh stage 2`.
 */

import type { Step } from '../../src/config/config.ts';
import { AddressSet } from '../../src/knock/address-set.ts';
import type { KnockDoor } from '../../src/knock/knock-door.ts';
import {
  MATCH_EVENT_NAMES,
  type MatchSink,
  OPENED,
  STAGE,
  STRAY,
  TIMEOUT,
  WRONG_STEP,
} from '../../src/knock/match-event.ts';
import { Matcher, type MatcherOptions } from '../../src/knock/matcher.ts';
import { PortSet } from '../../src/knock/port-set.ts';
import { formatWords, type IpAddress, parseIpAddress } from '../../src/net/ip-address.ts';
import { TCP, UDP } from '../../src/net/protocol.ts';
import { ACK, SYN } from '../../src/net/tcp-flags.ts';
import { PacketFields } from '../../src/packet/packet-fields.ts';

export const OWN_ADDRESS = '10.0.0.1';

/** Between knocks of a list, unless `after` says otherwise. */
const PACE_MS = 10;

export interface Knock {
  readonly source: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly flags: number;
  readonly destination: string;
  readonly srcPort: number;
  readonly seq: number;
  readonly waitMs: number;
}

type Odd = Partial<Pick<Knock, 'flags' | 'destination' | 'srcPort' | 'seq'>>;

export function syn(source: string, port: number, odd: Odd = {}): Knock {
  const usual = { flags: SYN, destination: OWN_ADDRESS, srcPort: 40_000, seq: 1, waitMs: PACE_MS };
  return { source, port, protocol: 'tcp', ...usual, ...odd };
}

export function ack(source: string, port: number, odd: Odd = {}): Knock {
  return syn(source, port, { flags: ACK, ...odd });
}

export function udp(source: string, port: number, odd: Odd = {}): Knock {
  return { ...syn(source, port, { flags: 0, seq: 0, ...odd }), protocol: 'udp' };
}

/** The knock that many milliseconds after the one before it. */
export function after(waitMs: number, knock: Knock): Knock {
  return { ...knock, waitMs };
}

/** One SYN to each port. */
export function syns(source: string, ...ports: readonly number[]): readonly Knock[] {
  return ports.map((port) => syn(source, port));
}

/** @param sequence as in knockd.conf: `7000,8000:udp` */
export function door(name: string, sequence: string, odd: Partial<KnockDoor> = {}): KnockDoor {
  const steps = sequence.split(',').map((text): Step => {
    const [port, protocol = 'tcp'] = text.split(':');
    return { port: Number(port), protocol: protocol as Step['protocol'] };
  });
  return { name, steps, seqTimeoutMs: 5000, tcpFlags: { mask: SYN, value: SYN }, target: undefined, ...odd };
}

export function ports(...list: readonly number[]): PortSet {
  const set = new PortSet();
  for (const port of list) set.add(port, port, undefined);
  return set;
}

/** A matcher on a simulated clock, with what it told. */
export class KnockTable {
  readonly matcher: Matcher;
  readonly #fields = new PacketFields();
  #lines: string[] = [];
  nowMs: number;

  /** @param sink is told everything, too */
  constructor(
    doors: readonly KnockDoor[],
    options: Partial<MatcherOptions> = {},
    nowMs = 1000,
    sink?: MatchSink,
  ) {
    this.nowMs = nowMs;
    const usual = { maxAttempts: 4096, maxStrays: 16, reorderWindowMs: 100, banTimeMs: 0 };
    const rest = { ignorePorts: new PortSet(), hashKey: { k0: 1, k1: 2 } };
    const matchEvent: MatchSink['matchEvent'] = (kind, index, stage, ...packet) => {
      const [w0, w1, w2, w3] = packet;
      sink?.matchEvent(kind, index, stage, ...packet);
      const source = formatWords(w0, w1, w2, w3);
      const subject = doors[index]?.name ?? source;
      const counted = [STAGE, WRONG_STEP, TIMEOUT, STRAY].includes(kind);
      this.#lines.push(`${subject} ${MATCH_EVENT_NAMES[kind]}${counted ? ` ${stage}` : ''}`);
      if (kind === OPENED) this.openings.push(`${subject} ${source}`);
    };
    this.matcher = new Matcher(doors, { ...usual, ...rest, ...options }, { matchEvent });
    this.matcher.setOwnAddresses(new AddressSet([address(OWN_ADDRESS)]));
  }

  /** Every opening since the start, as `door source`. */
  readonly openings: string[] = [];

  /** What the knocks made the matcher tell. */
  see(...knocks: readonly Knock[]): readonly string[] {
    this.#lines = [];
    for (const knock of knocks) {
      this.nowMs += knock.waitMs;
      this.matcher.packet(this.#fieldsOf(knock), this.nowMs | 0);
    }
    return this.#lines;
  }

  /** The same for knocks that are judged together, at most MAX_PREFETCH. */
  seeTogether(...knocks: readonly Knock[]): readonly string[] {
    this.#lines = [];
    const packets = knocks.map((knock) => this.#fieldsOf(knock, new PacketFields()));
    const times = new Int32Array(packets.length).fill(this.nowMs);
    this.matcher.beginBatch();
    for (let next = 0; next < packets.length; ) {
      next = this.matcher.packets(packets, times, next, packets.length);
    }
    return this.#lines;
  }

  /** What the matcher tells when that much time has passed and it is asked to look. */
  wait(forMs: number): readonly string[] {
    this.#lines = [];
    this.nowMs += forMs;
    this.nextDueMs = this.matcher.expire(this.nowMs | 0);
    return this.#lines;
  }

  /** The answer of the last look: in how many milliseconds the next is due, -1 for none. */
  nextDueMs = -1;

  #fieldsOf(knock: Knock, fields = this.#fields): PacketFields {
    const source = address(knock.source);
    const destination = address(knock.destination);
    return Object.assign(fields, {
      ...{ src0: source.w0, src1: source.w1, src2: source.w2, src3: source.w3 },
      ...{ dst0: destination.w0, dst1: destination.w1, dst2: destination.w2, dst3: destination.w3 },
      ...{ protocol: knock.protocol === 'tcp' ? TCP : UDP, srcPort: knock.srcPort, dstPort: knock.port },
      ...{ tcpFlags: knock.flags, tcpSeq: knock.seq },
    });
  }
}

export function address(text: string): IpAddress {
  const parsed = parseIpAddress(text);
  if (parsed === undefined) throw new Error(`'${text}' is not an address`);
  return parsed;
}

/** The doors that a list of knocks opens, as `door source`. */
export function openedBy(
  doors: readonly KnockDoor[],
  knocks: readonly Knock[],
  options: Partial<MatcherOptions> = {},
): readonly string[] {
  const table = new KnockTable(doors, options);
  for (const knock of knocks) table.see(knock);
  return table.openings;
}
