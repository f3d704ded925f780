/** Who is banned, by hand or as a scanner: of one address, and as a list. */

import type { BannedBy } from '../explain/explanation.ts';
import type { HandBans } from '../knock/hand-bans.ts';
import type { Matcher } from '../knock/matcher.ts';
import { hostLength, type Prefix, prefixOf } from '../net/prefix.ts';

export interface Ban {
  readonly prefix: Prefix;
  readonly by: BannedBy;
  /** Wall clock; FOREVER_MS: no end. */
  readonly endMs: number;
}

export interface BanSources {
  readonly hand: HandBans;
  readonly matcher: Matcher;
  /** The matcher's time. */
  readonly now: number;
  readonly wallMs: number;
}

/** Bans by hand first. */
export function listBans({ hand, matcher, now, wallMs }: BanSources, limit: number) {
  const byHand = hand.list().slice(-limit);
  const scanners = matcher.newestBans(now, limit - byHand.length);
  const newest: readonly Ban[] = [
    ...byHand.map((ban) => ({ ...ban, by: 'hand' as const })),
    ...scanners.map(({ source, leftMs }) => ({
      prefix: prefixOf(source),
      by: 'scan' as const,
      endMs: wallMs + leftMs,
    })),
  ];
  return { count: hand.size + matcher.liveBans, newest };
}

/** The ban that all of the prefix is under. */
export function banOf(source: Prefix, { hand, matcher, now, wallMs }: BanSources): Ban | undefined {
  const byHand = hand.covering(source);
  if (byHand !== undefined) return { ...byHand, by: 'hand' };
  if (source.length !== hostLength(source.address)) return undefined;
  const leftMs = matcher.banLeftMs(source.address, now);
  return leftMs === undefined ? undefined : { prefix: source, by: 'scan', endMs: wallMs + leftMs };
}
