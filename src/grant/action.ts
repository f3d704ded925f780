/** Opens or closes one grant through its backend, and tells what commands did. */

import type { ActionOutcome, CommandBackend, CommandOutcome, PortBackend, PortOutcome } from './backend.ts';
import type { Action, Decision } from './decision.ts';
import type { Means } from './means.ts';
import type { Moment } from './moment.ts';

/** Whom a decision is about. */
export interface Subject {
  readonly door: string;
  readonly source: string;
}

export type Report = (decision: Decision) => void;

export interface Backends {
  readonly commands: CommandBackend;
  readonly ports: PortBackend;
}

export interface ActionSubject extends Subject {
  readonly means: Means;
  readonly endMs: number;
}

export class Actions {
  readonly #backends: Backends;
  readonly #report: Report;

  constructor(backends: Backends, report: Report) {
    this.#backends = backends;
    this.#report = report;
  }

  open(grant: ActionSubject): Promise<ActionOutcome> {
    if (grant.means.kind === 'commands') return this.command('start', grant, grant.means.start);
    return this.#backends.ports.open(grant);
  }

  /** Moves the end of what is open, for doors with ports. */
  renew(grant: ActionSubject): Promise<PortOutcome> {
    return this.#backends.ports.open(grant);
  }

  close(grant: ActionSubject): Promise<ActionOutcome> {
    if (grant.means.kind === 'commands') return this.command('stop', grant, grant.means.stop);
    return this.#backends.ports.close(grant);
  }

  async command(action: Action, { door, source }: Subject, command: string): Promise<CommandOutcome> {
    const { commands } = this.#backends;
    const started = (at: Moment) =>
      this.#report({ kind: 'command-started', door, source, atMs: at.wallMs, action, command });
    const request = { door, source, command, started };
    const outcome = await (action === 'start' ? commands.open(request) : commands.close(request));
    if (outcome.kind !== 'queue-full') {
      const atMs = outcome.at.wallMs;
      this.#report({ kind: 'command-ended', door, source, atMs, action, ...endOf(outcome) });
    }
    return outcome;
  }
}

/** True when the command never began, so there is nothing to take back. */
export function neverRan(
  outcome: ActionOutcome,
): outcome is Extract<ActionOutcome, { kind: 'could-not-start' | 'queue-full' }> {
  return outcome.kind === 'could-not-start' || outcome.kind === 'queue-full';
}

/** True when the door may be open still. A stop command that ran has closed, whatever its status. */
export function mayBeOpen(outcome: ActionOutcome): boolean {
  return neverRan(outcome) || outcome.kind === 'firewall-failed';
}

/** The system's word on what went wrong, where there is one. */
export function errorOf(outcome: ActionOutcome): { readonly detail?: string } {
  return 'error' in outcome ? { detail: outcome.error } : {};
}

function endOf(outcome: Exclude<CommandOutcome, { kind: 'queue-full' }>) {
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
