/** Runs one command through the backend and tells when it began and how it ended. */

import type { ActionOutcome, Backend } from './backend.ts';
import type { Action, Decision } from './decision.ts';
import type { Moment } from './moment.ts';

/** Whom a decision is about. */
export interface Subject {
  readonly door: string;
  readonly source: string;
}

export type Report = (decision: Decision) => void;

export async function runAction(
  backend: Backend,
  report: Report,
  action: Action,
  { door, source }: Subject,
  command: string,
): Promise<ActionOutcome> {
  const started = (at: Moment) =>
    report({ kind: 'command-started', door, source, atMs: at.wallMs, action, command });
  const request = { door, source, command, started };
  const outcome = await (action === 'start' ? backend.open(request) : backend.close(request));
  if (outcome.kind !== 'queue-full') {
    report({ kind: 'command-ended', door, source, atMs: outcome.at.wallMs, action, ...endOf(outcome) });
  }
  return outcome;
}

/** True when the command never began, so there is nothing to take back. */
export function neverRan(
  outcome: ActionOutcome,
): outcome is Extract<ActionOutcome, { kind: 'could-not-start' | 'queue-full' }> {
  return outcome.kind === 'could-not-start' || outcome.kind === 'queue-full';
}

function endOf(outcome: Exclude<ActionOutcome, { kind: 'queue-full' }>) {
  switch (outcome.kind) {
    case 'ok':
      return { reason: outcome.kind };
    case 'failed-status':
      return { reason: outcome.kind, status: outcome.status };
    case 'time-limit':
      return { reason: outcome.kind, limitMs: outcome.limitMs };
    case 'could-not-start':
      return { reason: outcome.kind, detail: outcome.error };
  }
}
