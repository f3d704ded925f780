/**
 * The judge of the packets to one port, with the keys of all its doors. The order of the checks is the point of it:
 *
 *     1. length and alphabet   2. replay   3. HMAC   4. decrypt, parse, digest, age, remember   5. the door's rules
 *
 * Nothing is decrypted and nothing remembered before an HMAC was good. Takes the time as an argument; what it changes is
 * the replay memory.
 */

import type { IpAddress } from '../net/ip-address.ts';
import { applyRules } from './door-rules.ts';
import { type Candidate, type HmacGroup, hmacGroups } from './hmac-groups.ts';
import { KnownBad } from './known-bad.ts';
import { openPacket } from './open-packet.ts';
import type { SpaRefusal } from './refusal.ts';
import type { ReplayMemory } from './replay-window.ts';
import type { SpaDoor } from './spa-door.ts';
import { MAX_WIRE_LENGTH, type ReceivedPacket } from './spa-packet.ts';
import { BAD_HMAC, BAD_SHAPE, REPLAY, type SpaRefused, type SpaVerdict } from './verdict.ts';
import { isClockSet } from './wall-time.ts';
import { isWireLength, WireText } from './wire-text.ts';

/** The sender in the words of net/ip-address. */
export interface SourceWords {
  readonly src0: number;
  readonly src1: number;
  readonly src2: number;
  readonly src3: number;
}

/** A packet whose HMAC was good, on its way through the rest. */
interface Arrival {
  readonly cipherText: string;
  readonly fingerprint: number;
  readonly source: IpAddress;
  readonly nowS: number;
  /** Whether the replay memory has it. */
  isRemembered: boolean;
}

export class SpaJudge {
  readonly #wire = new WireText();
  readonly #groups: readonly HmacGroup[];
  /** 1 for each length that a packet of one of the groups can have. */
  readonly #lengths: Uint8Array;
  readonly #replay: ReplayMemory;
  readonly #knownBad = new KnownBad();
  readonly #open: typeof openPacket;

  /** All doors of one port. All ports share one `replay`. `open` is for tests that count decryptions. */
  constructor(doors: readonly SpaDoor[], replay: ReplayMemory, open: typeof openPacket = openPacket) {
    this.#groups = hmacGroups(doors);
    this.#lengths = lengthsOf(this.#groups);
    this.#replay = replay;
    this.#open = open;
  }

  /**
   * Judges the datagram in `bytes` from `from` up to, not including, `to`. `nowMs` is the wall clock, milliseconds since
   * 1970-01-01 UTC. Before a door is opened on it, the replay memory must be on the disk (`ReplayStore.written`).
   */
  packet(bytes: Uint8Array, from: number, to: number, source: SourceWords, nowMs: number): SpaVerdict {
    if (this.#lengths[to - from] !== 1) return BAD_SHAPE.length;
    const fault = this.#wire.load(bytes, from, to);
    if (fault !== undefined) return BAD_SHAPE[fault];
    if (this.#isReplay()) return REPLAY;
    let refused = BAD_HMAC;
    for (const group of this.#groups) {
      if (!this.#isAuthentic(group)) continue;
      const verdict = this.#authentic(group, source, nowMs);
      // With an HMAC it is this key's packet and nobody else's. Without one, any text is everybody's.
      if (verdict.kind === 'accepted' || group.hmac !== undefined) return verdict;
      refused = verdict;
    }
    return refused;
  }

  #isReplay(): boolean {
    const fingerprint = this.#wire.fingerprint();
    if (!this.#replay.mayHold(fingerprint) && !this.#knownBad.mayHold(fingerprint)) return false;
    const digest = this.#wire.digest();
    return this.#replay.holds(digest) || this.#knownBad.holds(digest);
  }

  #isAuthentic({ hmac }: HmacGroup): boolean {
    return hmac === undefined ? isWireLength(this.#wire.length, 0) : hmac.matches(this.#wire);
  }

  #authentic({ hmac, candidates }: HmacGroup, source: SourceWords, nowMs: number): SpaVerdict {
    if (!isClockSet(nowMs)) return refused({ reason: 'clock-unset' }, candidates[0]!);
    const arrival: Arrival = {
      cipherText: this.#wire.cipherText(hmac?.tailLength ?? 0),
      fingerprint: this.#wire.fingerprint(),
      source: { w0: source.src0, w1: source.src1, w2: source.src2, w3: source.src3 },
      nowS: Math.floor(nowMs / 1000),
      isRemembered: false,
    };
    const verdict = this.#firstToTake(candidates, arrival);
    const isForeign = hmac === undefined && !wasRead(verdict);
    if (!arrival.isRemembered && !isForeign) this.#rememberBad(arrival);
    return verdict;
  }

  /** Doors that share an HMAC key are asked in their order. When none takes it, the first that could read it has said why. */
  #firstToTake(candidates: readonly Candidate[], arrival: Arrival): SpaVerdict {
    let unread: SpaRefused | undefined;
    let untaken: SpaRefused | undefined;
    for (const candidate of candidates) {
      const opened = this.#open(arrival.cipherText, candidate.door.key, candidate.door);
      if (!opened.ok) {
        unread ??= refused(opened.error, candidate);
        continue;
      }
      const verdict = this.#read(candidate, opened.value, arrival);
      if (verdict.kind === 'accepted') return verdict;
      untaken ??= verdict;
    }
    return untaken ?? unread!;
  }

  #read(candidate: Candidate, packet: ReceivedPacket, arrival: Arrival): SpaVerdict {
    const refusal = this.#staleness(candidate, packet, arrival);
    if (refusal !== undefined) return refused(refusal, candidate, packet.user);
    const request = applyRules(candidate.door, packet, arrival.source);
    if (!request.ok) return refused(request.error, candidate, packet.user);
    const skewS = packet.timeS - arrival.nowS;
    return { kind: 'accepted', door: candidate.door.name, user: packet.user, skewS, ...request.value };
  }

  /** A fresh packet is remembered, whatever its door will say to it. */
  #staleness({ door, rate }: Candidate, { timeS }: ReceivedPacket, arrival: Arrival): SpaRefusal | undefined {
    const { nowS, fingerprint } = arrival;
    const skewS = timeS - nowS;
    if (Math.abs(skewS) > door.maxAgeS) return { reason: 'clock-skew', skewS, maxAgeS: door.maxAgeS };
    if (arrival.isRemembered) return undefined;
    if (this.#replay.isForgotten(timeS)) return { reason: 'maybe-replay' };
    if (!rate.take(nowS)) return { reason: 'rate-limit' };
    const packet = { timeS, fingerprint, digest: this.#wire.digest() };
    arrival.isRemembered = this.#replay.add(packet, nowS);
    return arrival.isRemembered ? undefined : { reason: 'replay-cache-full' };
  }

  #rememberBad({ fingerprint }: Arrival): void {
    this.#knownBad.add({ timeS: 0, fingerprint, digest: this.#wire.digest() });
  }
}

function lengthsOf(groups: readonly HmacGroup[]): Uint8Array {
  const tails = groups.map(({ hmac }) => hmac?.tailLength ?? 0);
  return Uint8Array.from({ length: MAX_WIRE_LENGTH + 1 }, (_, length) =>
    tails.some((tail) => isWireLength(length, tail)) ? 1 : 0,
  );
}

/** Whether its author has the door's key, HMAC or not. */
function wasRead(verdict: SpaVerdict): boolean {
  if (verdict.kind === 'accepted') return true;
  const { reason } = verdict.refusal;
  return reason !== 'not-canonical' && reason !== 'not-decrypted' && reason !== 'digest-mismatch';
}

function refused(refusal: SpaRefusal, { door }: Candidate, user?: string): SpaRefused {
  return { kind: 'refused', refusal, door: door.name, user };
}
