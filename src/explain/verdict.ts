/** Why the door did or did not open, in one verdict: what holds now, else what became of the source's last try. */

import { FOREVER_MS } from '../base/duration.ts';
import { formatPrefix, isIpv4Address, type Prefix } from '../net/prefix.ts';
import { doorVerdict } from './door-verdict.ts';
import type { ExplainedEvent, Verdict } from './explanation.ts';
import { doorOfLastTry, lastTry } from './last-try.ts';
import type { SourceFacts } from './source-facts.ts';
import {
  bannedVerdict,
  banOver,
  ignoredFamily,
  neverSeen,
  noFirstStep,
  scanVerdict,
  spaVerdict,
} from './source-verdict.ts';
import { spanText } from './span-text.ts';

export interface Case {
  readonly source: Prefix;
  /** Oldest first. */
  readonly events: readonly ExplainedEvent[];
  readonly facts: SourceFacts;
  /** For how long first knocks are remembered. */
  readonly remembersMs: number;
  /** Wall clock. */
  readonly nowMs: number;
}

export function verdictOn(given: Case): Verdict {
  const { source, events, facts, nowMs } = given;
  if (facts.ban !== undefined) return bannedVerdict(facts.ban, nowMs);
  if (facts.ignoresIpv6 && !isIpv4Address(source.address)) return ignoredFamily();
  const door = doorOfLastTry(lastTry(events));
  const grant = facts.grants.find((each) => door === undefined || each.door === door);
  if (grant !== undefined) return openVerdict(grant, facts.hindrances, nowMs);
  const last = events.at(-1);
  if (last?.kind === 'spa-refused') return spaVerdict(last);
  return door === undefined ? doorless(given) : doorVerdict(door, events, facts);
}

function openVerdict(
  { door, endsMs }: SourceFacts['grants'][number],
  hindrances: SourceFacts['hindrances'],
  nowMs: number,
): Verdict {
  const left = endsMs === FOREVER_MS ? 'until it is closed' : `for another ${spanText(endsMs - nowMs)}`;
  const hindrance = hindrances.find((each) => each.door === door);
  const service = 'if nothing answers, see whether the service listens';
  return {
    cause: 'open',
    door,
    text: `${door} is open to it ${left}`,
    next:
      hindrance === undefined
        ? `${service}, and whether another rule of the firewall drops the packets`
        : `${service}; other rules may drop the packets all the same: ${hindrance.text}`,
  };
}

/** Nothing that came has to do with a door. */
function doorless({ source, events, remembersMs }: Case): Verdict {
  const last = events.findLast(({ kind }) => kind !== 'stray');
  switch (last?.kind) {
    case 'later-step':
      return noFirstStep(last.agoMs);
    case 'scan':
      return scanVerdict(null, last.strays, last.agoMs);
    case 'banned':
      return banOver(last.agoMs);
    default:
      return neverSeen(formatPrefix(source), remembersMs);
  }
}
