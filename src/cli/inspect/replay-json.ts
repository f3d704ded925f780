/** What `postern replay --json` writes: an object a line for each packet, then one for the whole file. Pure. */

import type { ReplayedPacket, ReplayTotals } from '../../daemon/replay.ts';
import { MATCH_EVENT_NAMES } from '../../knock/match-event.ts';
import { formatIpAddress, formatWords } from '../../net/ip-address.ts';
import { TCP } from '../../net/protocol.ts';
import type { PacketFields } from '../../packet/packet-fields.ts';
import { DECODED, reasonText } from '../../packet/reason.ts';

export interface OpenedDoor {
  readonly timeMs: number;
  readonly door: string;
  readonly source: string;
}

export interface ReplaySummary {
  readonly totals: ReplayTotals;
  readonly doorCount: number;
  readonly scans: number;
  readonly openedCount: number;
  /** The first of them. */
  readonly opened: readonly OpenedDoor[];
}

export interface PacketWords {
  readonly source: string;
  readonly destination: string;
  readonly protocol: 'tcp' | 'udp';
  /** As tcpdump writes them; null: udp has none. */
  readonly flags: string | null;
  readonly port: number;
}

/** Of an attempt that only time ended there is no packet: its fields but the source are null. */
export function packetJson({ timeMs, fields, events }: ReplayedPacket): string {
  const [first] = events;
  const packet =
    fields === undefined
      ? {
          source: first === undefined ? null : formatIpAddress(first.source),
          ...{ destination: null, protocol: null, flags: null, port: null },
        }
      : packetWords(fields);
  return line({
    kind: 'packet',
    at: timeText(timeMs),
    ...packet,
    events: events.map(({ kind, door, stage }) => ({
      what: MATCH_EVENT_NAMES[kind],
      door: door ?? null,
      stage,
    })),
  });
}

export function summaryJson({ totals, doorCount, scans, openedCount, opened }: ReplaySummary): string {
  const { frames, byReason } = totals;
  const notRead = [...byReason.entries()].filter(([reason, count]) => reason !== DECODED && count > 0);
  return line({
    kind: 'summary',
    frames,
    decoded: byReason[DECODED],
    notLookedAt: Object.fromEntries(notRead.map(([reason, count]) => [reasonText(reason), count])),
    doorCount,
    scans,
    openedCount,
    opened: opened.map(({ timeMs, door, source }) => ({ at: timeText(timeMs), door, source })),
  });
}

export function packetWords(f: PacketFields): PacketWords {
  return {
    source: formatWords(f.src0, f.src1, f.src2, f.src3),
    destination: formatWords(f.dst0, f.dst1, f.dst2, f.dst3),
    protocol: f.protocol === TCP ? 'tcp' : 'udp',
    flags: f.protocol === TCP ? flagsText(f.tcpFlags) : null,
    port: f.dstPort,
  };
}

function flagsText(flags: number): string {
  const letters = [...'FSRP.U'].filter((_, bit) => (flags & (1 << bit)) !== 0);
  return letters.length === 0 ? 'none' : letters.join('');
}

/** RFC 3339, UTC. */
function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
