/** Grants on a fake clock, with a recording backend and a journal in memory. */

import type { DoorOpening } from '../../src/config/config.ts';
import type { CommandOutcome } from '../../src/grant/backend.ts';
import type { Decision } from '../../src/grant/decision.ts';
import type { GrantDoor } from '../../src/grant/grant.ts';
import { Grants, type GrantsOptions } from '../../src/grant/grants.ts';
import { type IpAddress, parseIpAddress } from '../../src/net/ip-address.ts';
import { MemoryJournal } from './memory-journal.ts';
import { PortRecorder, type RecordedAction, Recorder } from './recorder.ts';

/** Where the fake wall clock stands when the monotonic one is at 0. */
export const WALL_START_MS = 1_700_000_000_000;

export type OutcomeKind = CommandOutcome['kind'];

export function address(text: string): IpAddress {
  const parsed = parseIpAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

/** A door whose commands are `start NAME %IP%` and `stop NAME %IP%` unless told otherwise. */
export function testDoor(name: string, change: Partial<GrantDoor> = {}): GrantDoor {
  const commands = { start: `start ${name} %IP%`, stop: `stop ${name} %IP%` };
  const plain = { opening: undefined, closes: [], allowFrom: [] };
  return { name, ipv4: commands, ipv6: commands, cmdTimeoutMs: 10_000, ...plain, ...change };
}

/** A door that opens tcp/22 for 30 s unless told otherwise. */
export function portDoor(name: string, opening: Partial<DoorOpening> = {}, change: Partial<GrantDoor> = {}) {
  const none = { start: undefined, stop: undefined };
  const ports = [{ protocol: 'tcp', first: 22, last: 22 }] as const;
  const how = { ports, forMs: 30_000, ipv6PrefixLength: 128, ...opening };
  return testDoor(name, { ipv4: none, ipv6: none, opening: how, ...change });
}

export class GrantBench {
  readonly backend = new Recorder();
  readonly ports = new PortRecorder(() => this.now);
  readonly journal = new MemoryJournal();
  readonly decisions: Decision[] = [];
  readonly grants: Grants;
  nowMs = 0;
  /** How far the wall clock was set. */
  wallShiftMs = 0;

  constructor(options: Partial<GrantsOptions> = {}) {
    const report = (decision: Decision) => this.decisions.push(decision);
    const { backend, ports, journal } = this;
    const dueChanged = () => undefined;
    this.grants = new Grants({ commands: backend, ports, journal, report, dueChanged, ...options });
  }

  get now() {
    return { monotonicMs: this.nowMs, wallMs: WALL_START_MS + this.wallShiftMs + Math.round(this.nowMs) };
  }

  /** Commands that run or wait, oldest first. */
  get pending(): readonly string[] {
    return this.backend.pending.map(({ request }) => request.command);
  }

  /** Decisions so far as `kind/reason`, without those on commands; forgets them. */
  told(): readonly string[] {
    const said = this.decisions.splice(0).filter(({ kind }) => !kind.startsWith('command-'));
    return said.map((decision) =>
      'reason' in decision ? `${decision.kind}/${decision.reason}` : decision.kind,
    );
  }

  async match(door: GrantDoor, source: string) {
    const decided = this.grants.open(door, address(source), this.now);
    await settle();
    return { decided };
  }

  async advance(byMs: number): Promise<void> {
    this.nowMs += byMs;
    this.grants.expire(this.now);
    await settle();
  }

  async end(command: string, kind: OutcomeKind = 'ok'): Promise<void> {
    const action = this.backend.pending.find(({ request }) => request.command === command);
    if (action === undefined) throw new Error(`'${command}' is not pending, but ${this.pending.join(', ')}`);
    await this.endAction(action, kind);
  }

  async endAction(action: RecordedAction, kind: OutcomeKind): Promise<void> {
    if (kind !== 'could-not-start' && kind !== 'queue-full') action.begin(this.now);
    action.end(this.#outcome(kind));
    await settle();
  }

  #outcome(kind: OutcomeKind): CommandOutcome {
    const at = this.now;
    switch (kind) {
      case 'ok':
      case 'queue-full':
        return { kind, at };
      case 'failed-status':
        return { kind, status: 1, at };
      case 'time-limit':
        return { kind, limitMs: 30_000, at };
      case 'could-not-start':
        return { kind, error: 'spawn /bin/sh EAGAIN', at };
    }
  }
}

/** Lets every promise that can settle do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
