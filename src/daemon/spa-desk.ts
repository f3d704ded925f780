/**
 * Datagrams for doors that one packet opens: each to the judge of its port, and what is accepted to the grants, once
 * the replay memory is on the disk. Nothing is ever sent back.
 */

import type { OpError } from '../base/op-error.ts';
import type { Result } from '../base/result.ts';
import type { Door } from '../config/config.ts';
import { formatIpAddress, type IpAddress } from '../net/ip-address.ts';
import type { PortRange } from '../net/port-range.ts';
import { MAX_PORT } from '../net/protocol.ts';
import type { PacketFields } from '../packet/packet-fields.ts';
import { SpaJudge } from '../spa/judge.ts';
import type { ReplayMemory } from '../spa/replay-window.ts';
import type { SpaDoor } from '../spa/spa-door.ts';
import type { SpaVerdict } from '../spa/verdict.ts';

/** What a door with commands offers: the client has to name some port. */
const ANY_PORT: readonly PortRange[] = [
  { protocol: 'tcp', first: 1, last: MAX_PORT },
  { protocol: 'udp', first: 1, last: MAX_PORT },
];

/** An object and no function: V8 compiles the call of a method that is always the same into the way of a packet. */
export interface SpaAudience {
  /** Every datagram to a port of an SPA door. `source` is the same object for all of them. */
  spaPacket(verdict: SpaVerdict, source: Readonly<IpAddress>): void;
}

export interface SpaDeskOptions {
  readonly audience: SpaAudience;
  readonly open: (door: Door, address: IpAddress, forMs: number | undefined) => void;
  /** The replay memory could not be written: the door stays shut. */
  readonly failed: (door: Door, address: IpAddress, error: OpError) => void;
  /** A reload took the door away while its packet was being written down. */
  readonly gone: (door: Door, address: IpAddress) => void;
}

export interface SpaReplay extends ReplayMemory {
  /** Resolves when all that was added before is on the disk. */
  written(): Promise<Result<void, OpError>>;
}

interface Desk {
  /** Undefined: this host's own addresses. */
  readonly target: IpAddress | undefined;
  readonly judge: SpaJudge;
}

export class SpaDesk {
  readonly #options: SpaDeskOptions;
  #doors = new Map<string, Door>();
  #replay: SpaReplay | undefined;
  readonly #source = { w0: 0, w1: 0, w2: 0, w3: 0 };
  /** By port. */
  #desks = new Map<number, readonly Desk[]>();

  constructor(options: SpaDeskOptions) {
    this.#options = options;
  }

  /** @param replay undefined when no door needs it */
  setDoors(doors: readonly Door[], replay: SpaReplay | undefined): void {
    const ours = replay === undefined ? [] : doors.filter(({ sequence }) => sequence.kind === 'spa');
    this.#replay = replay;
    this.#doors = new Map(ours.map((door) => [door.name, door]));
    this.#desks = replay === undefined ? new Map() : desksOf(ours, replay);
  }

  /** UDP ports that the capture has to pass whole. */
  get ports(): readonly number[] {
    return [...this.#desks.keys()];
  }

  get targets(): readonly IpAddress[] {
    return [...this.#desks.values()].flat().flatMap(({ target }) => (target === undefined ? [] : [target]));
  }

  isOurs(port: number): boolean {
    return this.#desks.has(port);
  }

  /**
   * Judges the datagram in `bytes` from `from` up to, not including, `to`.
   * @param toOwn whether it was sent to this host's own addresses
   */
  packet(
    bytes: Uint8Array,
    from: number,
    to: number,
    fields: PacketFields,
    toOwn: boolean,
    wallMs: number,
  ): void {
    for (const { target, judge } of this.#desks.get(fields.dstPort) ?? []) {
      if (target === undefined ? !toOwn : !isTo(fields, target)) continue;
      const verdict = judge.packet(bytes, from, to, fields, wallMs);
      this.#tell(verdict, fields);
      if (verdict.kind === 'accepted') void this.#accept(verdict);
    }
  }

  #tell(verdict: SpaVerdict, { src0, src1, src2, src3 }: PacketFields): void {
    const source = this.#source;
    source.w0 = src0;
    source.w1 = src1;
    source.w2 = src2;
    source.w3 = src3;
    this.#options.audience.spaPacket(verdict, source);
  }

  async #accept({ door: name, address, timeoutS }: Extract<SpaVerdict, { kind: 'accepted' }>): Promise<void> {
    const door = this.#doors.get(name);
    if (door === undefined || this.#replay === undefined) return;
    const written = await this.#replay.written();
    const today = this.#doors.get(name);
    if (!written.ok) this.#options.failed(door, address, written.error);
    else if (today === undefined) this.#options.gone(door, address);
    else this.#options.open(today, address, timeoutS === undefined ? undefined : timeoutS * 1000);
  }
}

/** Judges are not kept over a reload: what they know beyond the replay memory is only a cache. */
function desksOf(doors: readonly Door[], replay: ReplayMemory): Map<number, readonly Desk[]> {
  const groups = new Map<string, { port: number; target: IpAddress | undefined; doors: SpaDoor[] }>();
  for (const door of doors) {
    if (door.sequence.kind !== 'spa') continue;
    const { port } = door.sequence;
    const { target } = door;
    const key = `${port} ${target === undefined ? '' : formatIpAddress(target)}`;
    const group = groups.get(key) ?? { port, target, doors: [] };
    group.doors.push(spaDoorOf(door, door.sequence));
    groups.set(key, group);
  }
  const desks = new Map<number, Desk[]>();
  for (const { port, target, doors: ofGroup } of groups.values()) {
    const desk = { target, judge: new SpaJudge(ofGroup, replay) };
    desks.set(port, [...(desks.get(port) ?? []), desk]);
  }
  return desks;
}

function spaDoorOf(door: Door, spa: Extract<Door['sequence'], { kind: 'spa' }>): SpaDoor {
  const { name, opening, allowFrom } = door;
  return {
    name,
    key: spa.key,
    hmac: spa.hmac,
    allowWeakDigests: spa.weakDigests,
    maxAgeS: Math.floor(spa.maxAgeMs / 1000),
    users: spa.users.length === 0 ? undefined : spa.users,
    allowFrom,
    anySource: spa.anySource,
    otherAddress: false,
    ports: opening?.ports ?? ANY_PORT,
    maxTimeoutS: Math.floor(spa.openForMaxMs / 1000),
  };
}

function isTo({ dst0, dst1, dst2, dst3 }: PacketFields, { w0, w1, w2, w3 }: IpAddress): boolean {
  return dst0 === w0 && dst1 === w1 && dst2 === w2 && dst3 === w3;
}
