/** Verdicts on a source as a whole. */

import { FOREVER_MS } from '../base/duration.ts';
import type { SpaEvent, Verdict } from './explanation.ts';
import type { SourceFacts } from './source-facts.ts';
import { agoText, spanText } from './span-text.ts';

export function bannedVerdict({ by, endMs }: NonNullable<SourceFacts['ban']>, nowMs: number): Verdict {
  const why = by === 'hand' ? 'banned by hand' : 'banned as a scanner';
  const left = endMs === FOREVER_MS ? 'until somebody lifts it' : `for another ${spanText(endMs - nowMs)}`;
  return {
    cause: 'banned',
    door: null,
    text: `${why} ${left}: its knocks are not looked at`,
    next: "lift the ban with 'postern unban', or wait until it is over",
  };
}

/** @param agoMs of the last knock that was not looked at */
export function banOver(agoMs: number): Verdict {
  return {
    cause: 'banned',
    door: null,
    text: `its knocks were not looked at, the last one ${agoText(agoMs)}; the ban is over now`,
    next: 'knock again',
  };
}

/** The daemon was started with `-4`. */
export function ignoredFamily(): Verdict {
  return {
    cause: 'other-family',
    door: null,
    text: 'the daemon runs with -4 and does not look at IPv6',
    next: "let the client use IPv4 ('knock -4'), or start the daemon without -4",
  };
}

export function scanVerdict(door: string | null, strays: number, agoMs: number): Verdict {
  return {
    cause: 'scan',
    door,
    text: `${strays} packets to ports that are no steps came during the attempt, as in a scan, and ended it ${agoText(agoMs)}`,
    next: "name ports that this client uses anyway in 'Ignore_Ports', or raise 'Max_Strays'",
  };
}

export function noFirstStep(agoMs: number): Verdict {
  return {
    cause: 'no-first-step',
    door: null,
    text: `a later step of a sequence came ${agoText(agoMs)}, and never its first one`,
    next: "send the whole sequence in its order; where packets overtake each other, with a pause ('knock -d 200')",
  };
}

export function spaVerdict({ spaDoor, reason, text, hint, agoMs }: SpaEvent): Verdict {
  const about = spaDoor === null ? '' : `${spaDoor}: `;
  return {
    cause: `spa-${reason}`,
    door: spaDoor,
    text: `${about}an SPA packet came ${agoText(agoMs)}, and was refused: ${text}`,
    next: hint ?? 'send a new packet',
  };
}

export function neverSeen(source: string, remembersMs: number): Verdict {
  const kind = source.includes('/') ? 'net' : 'host';
  return {
    cause: 'never-seen',
    door: null,
    text:
      `no knock from ${source} was seen in the last ${spanText(remembersMs)}: a filter on the way, an address changed by NAT, ` +
      'the other address family, ports that are no steps, or an interface that the daemon does not listen on',
    next: `see whether its packets arrive: tcpdump -ni any ${kind} ${source}`,
  };
}
