/** What the daemon says of packets, decisions and commands: the log's phrases, within the limits of the log. */

import { monotonicMs, wallMs } from '../base/clock.ts';
import type { LogFields, Logger } from '../base/logger.ts';
import type { Decision } from '../grant/decision.ts';
import { decisionLevel, decisionText } from '../grant/decision-text.ts';
import { MATCH_EVENT_NAMES, type MatchEventKind, SCAN } from '../knock/match-event.ts';
import { type LineBudget, RateLimit } from '../log/rate-limit.ts';
import { formatIpAddress, type IpAddress } from '../net/ip-address.ts';
import type { SpaVerdict } from '../spa/verdict.ts';
import { Announcer } from './announcer.ts';
import { attemptLine, attemptLineClass } from './attempt-lines.ts';
import type { HostNames } from './host-names.ts';
import { spaLine, spaLineClass } from './spa-lines.ts';
import { endText } from './time-texts.ts';

export class Teller {
  readonly #log: Logger;
  readonly #names: HostNames | undefined;
  readonly #announcer: Announcer;
  readonly #rate = new RateLimit(monotonicMs());
  /** By kind of event; undefined for those that are not told. */
  readonly #budgets: readonly (LineBudget | undefined)[];
  #banTimeMs = 0;

  constructor(log: Logger, names: HostNames | undefined, debug: boolean) {
    this.#log = log;
    this.#names = names;
    this.#announcer = new Announcer(log, names);
    this.#budgets = MATCH_EVENT_NAMES.map((_, kind) => {
      const lineClass = attemptLineClass(kind as MatchEventKind);
      return lineClass === 'debug' && !debug ? undefined : this.#rate.budgetOf(lineClass);
    });
  }

  /** How long a scan bans its source; 0: not at all. */
  setBanTimeMs(banTimeMs: number): void {
    this.#banTimeMs = banTimeMs;
  }

  /** An event of the matcher. Costs next to nothing when there is no line to write. */
  event(
    kind: MatchEventKind,
    door: string | undefined,
    stage: number,
    source: Readonly<IpAddress>,
    nowMs: number,
    protocol: number,
    port: number,
  ): void {
    const budget = this.#budgets[kind];
    if (budget?.allows(nowMs)) this.#tellEvent(kind, door, stage, source, protocol, port);
  }

  /** First steps, and attempts that ended at theirs, that were only counted. */
  untold(steps: number, ends: number): void {
    this.#rate.budgetOf('stage').leaveOut(steps);
    this.#rate.budgetOf('timeout').leaveOut(ends);
  }

  decision(decision: Decision): void {
    const isOld = decision.kind === 'restored' || decision.kind === 'kept';
    if (decisionText(decision) === undefined) return;
    if (!this.#rate.allows(isOld ? 'restored' : 'decision', monotonicMs())) return;
    this.#announcer.about(
      decisionLevel(decision),
      decision.source,
      (label) => decisionText(decision, label) ?? '',
      fieldsOf(decision),
    );
  }

  /** A packet to an SPA door. Costs a few sums when there is no line to write. */
  spa(verdict: SpaVerdict, source: Readonly<IpAddress>, nowMs: number): void {
    if (this.#rate.allows(spaLineClass(verdict), nowMs)) this.#tellSpa(verdict, source);
  }

  /** A line that a command printed. */
  output(door: string, source: string, line: string): void {
    if (!this.#rate.allows('output', monotonicMs())) return;
    const fields = { door, kind: 'command-output' };
    this.#announcer.about('info', source, () => `${door}: command output: ${line}`, fields);
  }

  /** What was left out since the last time. */
  summarise(): void {
    this.#rate.summarise(this.#log);
  }

  /** At the end: what waits for a name is told without it. */
  async close(): Promise<void> {
    this.summarise();
    this.#names?.close();
    await this.#announcer.flush();
  }

  /** Apart from `event`, which would make room for what the closure holds at every call; the next as well. */
  #tellEvent(
    kind: MatchEventKind,
    door: string | undefined,
    stage: number,
    source: Readonly<IpAddress>,
    protocol: number,
    port: number,
  ): void {
    const { level, text } = attemptLine(kind, door, stage, protocol, port);
    const ban = kind === SCAN ? this.#banTimeMs : 0;
    const fields = {
      ...(door === undefined ? {} : { door }),
      ...{ kind: MATCH_EVENT_NAMES[kind] ?? `${kind}`, stage },
      ...(ban === 0 ? {} : { endsAt: endText(wallMs() + ban) }),
    };
    const more = ban === 0 ? '' : `; banned for ${ban / 1000} s`;
    this.#announcer.about(level, formatIpAddress(source), (label) => `${label}: ${text}${more}`, fields);
  }

  #tellSpa(verdict: SpaVerdict, source: Readonly<IpAddress>): void {
    const { level, text } = spaLine(verdict);
    const door = verdict.door === undefined ? {} : { door: verdict.door };
    const why = verdict.kind === 'accepted' ? {} : { reason: verdict.refusal.reason };
    const fields = { ...door, kind: `spa-${verdict.kind}`, ...why };
    this.#announcer.about(level, formatIpAddress(source), (label) => `${label}: ${text}`, fields);
  }
}

function fieldsOf(decision: Decision): LogFields {
  const { door, kind } = decision;
  return {
    ...{ door, kind },
    ...('reason' in decision ? { reason: decision.reason } : {}),
    ...('action' in decision ? { action: decision.action } : {}),
    ...('endsMs' in decision && decision.endsMs !== undefined ? { endsAt: endText(decision.endsMs) } : {}),
  };
}
