/** The last decisions about each door and source, of those that had one most recently. */

import type { Decision } from '../grant/decision.ts';
import { type Prefix, parsePrefix } from '../net/prefix.ts';
import type { DecisionEvent } from './explanation.ts';

/** Pairs of a door and a source; each decision has less than a kilobyte: 4 MB at the very most. */
const MOST_PAIRS = 1024;
const MOST_EACH = 8;

/** What the system said may be long. */
const MAX_DETAIL = 200;

export interface PastDecision {
  readonly door: string;
  readonly source: Prefix;
  readonly decision: DecisionEvent['decision'];
  readonly reason: DecisionEvent['reason'];
  /** Wall clock. */
  readonly endsMs: number | undefined;
  readonly status: number | undefined;
  readonly limitMs: number | undefined;
  readonly detail: string | undefined;
  readonly count: number;
  /** Monotonic. */
  readonly timeMs: number;
}

export class PastDecisions {
  /** The pair that had a decision most recently is the last. */
  readonly #byPair = new Map<string, PastDecision[]>();

  /** One that says the same as the last about its door and source is counted: somebody may knock all day. */
  append(decision: Decision, timeMs: number): void {
    const source = parsePrefix(decision.source);
    if (source === undefined || !isTelling(decision)) return;
    const key = `${decision.source} ${decision.door}`;
    const past = this.#byPair.get(key) ?? [];
    const last = past.at(-1);
    const isSame = last?.decision === decision.kind && last.reason === decision.reason;
    if (isSame || past.length === MOST_EACH) past.splice(isSame ? -1 : 0, 1);
    past.push(pastOf(decision, source, isSame ? last.count + 1 : 1, timeMs));
    this.#byPair.delete(key);
    this.#byPair.set(key, past);
    if (this.#byPair.size > MOST_PAIRS) this.#byPair.delete(this.#byPair.keys().next().value ?? '');
  }

  /** Oldest first for each door and source. */
  collect(fits: (source: Prefix) => boolean): readonly PastDecision[] {
    return [...this.#byPair.values()].flatMap((past) => past.filter(({ source }) => fits(source)));
  }
}

type Telling = Exclude<Decision, { readonly kind: 'command-started' | 'closing' }>;

/** A command that was started tells how it ended, and a door that is being closed that it is closed. */
function isTelling(decision: Decision): decision is Telling {
  if (decision.kind === 'command-started' || decision.kind === 'closing') return false;
  return decision.kind !== 'command-ended' || (decision.action === 'start' && decision.reason !== 'ok');
}

function pastOf(decision: Telling, source: Prefix, count: number, timeMs: number): PastDecision {
  const { kind, door, reason } = decision;
  const { endsMs, status, limitMs, detail } = decision as Partial<
    Pick<PastDecision, 'endsMs' | 'status' | 'limitMs' | 'detail'>
  >;
  return {
    door,
    source,
    decision: kind,
    reason,
    endsMs,
    status,
    limitMs,
    detail: detail?.slice(0, MAX_DETAIL),
    count,
    timeMs,
  };
}
