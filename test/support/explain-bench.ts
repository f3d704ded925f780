/** A matcher whose events an EventMemory remembers, on a simulated clock. */

import { EventMemory } from '../../src/explain/event-memory.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import type { SourceFacts } from '../../src/explain/source-facts.ts';
import type { Decision } from '../../src/grant/decision.ts';
import type { KnockDoor } from '../../src/knock/knock-door.ts';
import type { MatcherOptions } from '../../src/knock/matcher.ts';
import { type Prefix, parsePrefix } from '../../src/net/prefix.ts';
import { type Knock, KnockTable } from './knock-table.ts';

/** 2026-01-01T00:00:00Z at the simulated clock's zero. */
const WALL_START_MS = 1_767_225_600_000;

const NO_FACTS: SourceFacts = {
  grants: [],
  ban: undefined,
  ignoresIpv6: false,
  otherFamilyDoors: [],
  hindrances: [],
  showsSecrets: false,
};

export class ExplainBench {
  readonly table: KnockTable;
  readonly memory: EventMemory;

  constructor(doors: readonly KnockDoor[], options: Partial<MatcherOptions> = {}) {
    this.memory = new EventMemory({ k0: 3, k1: 4 }, 0);
    this.memory.setDoors(doors);
    this.table = new KnockTable(doors, options, 1000, {
      matchEvent: (...event) => {
        this.memory.setNow(this.table.nowMs);
        this.memory.record(...event);
      },
    });
  }

  see(...knocks: readonly Knock[]): this {
    this.table.see(...knocks);
    return this;
  }

  wait(forMs: number): this {
    this.table.wait(forMs);
    return this;
  }

  decide(...decisions: readonly Decision[]): this {
    for (const decision of decisions) this.memory.decision(decision, this.table.nowMs);
    return this;
  }

  get wallMs(): number {
    return WALL_START_MS + this.table.nowMs;
  }

  explain(source: string, facts: Partial<SourceFacts> = {}): Explanation {
    const now = { monotonicMs: this.table.nowMs, wallMs: this.wallMs };
    return this.memory.explain(prefix(source), { ...NO_FACTS, ...facts }, now);
  }

  /** `cause door`, the door where there is one. */
  cause(source: string, facts: Partial<SourceFacts> = {}): string {
    const { cause, door } = this.explain(source, facts).verdict;
    return door === null ? cause : `${cause} ${door}`;
  }
}

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`'${text}' is no prefix`);
  return parsed;
}
