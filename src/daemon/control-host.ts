/** What the control socket needs of the daemon, and nothing more: the daemon gives it, tests stand in for it. */

import type { OpError } from '../base/op-error.ts';
import type { Result } from '../base/result.ts';
import type { InterfaceState } from '../capture/interface-slots.ts';
import type { Config, Diagnostic, Door } from '../config/config.ts';
import type { JournalStatus } from '../control/status.ts';
import type { Explanation } from '../explain/explanation.ts';
import type { MatchDecision } from '../grant/decision.ts';
import type { GrantView } from '../grant/grants.ts';
import type { AttemptView } from '../knock/attempt-list.ts';
import type { IpAddress } from '../net/ip-address.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Ban } from './ban-list.ts';
import type { Counters } from './counters.ts';
import type { LiveDoor } from './live-doors.ts';

export interface ConfigState {
  readonly file: string;
  /** Wall clock, as below. */
  readonly loadedMs: number;
  readonly failedReload: { readonly atMs: number; readonly errors: number } | undefined;
}

/** What a reload came to; `message` is the system's word where the file itself is good. */
export type Reloaded =
  | { readonly ok: true; readonly warnings: readonly string[] }
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      readonly message: string | undefined;
    };

export interface ControlHost {
  readonly startedMs: number;
  readonly config: Config;
  readonly configState: ConfigState;
  readonly counters: Counters;
  readonly journal: JournalStatus;
  readonly watcher: {
    readonly doors: readonly LiveDoor[];
    readonly interfaces: readonly InterfaceState[];
    attempts(limit: number): { readonly count: number; readonly newest: readonly AttemptView[] };
    bans(limit: number): { readonly count: number; readonly newest: readonly Ban[] };
  };
  /** Packets that the kernel has passed, and those of them that it lost. */
  stats(): { readonly received: number; readonly dropped: number };
  /** Why a door is off; undefined when it is on. */
  whyOff(door: string): string | undefined;
  grants(limit: number): { readonly count: number; readonly newest: readonly GrantView[] };
  open(door: Door, source: IpAddress, forMs: number | undefined): Promise<MatchDecision>;
  /** Gives the number of grants that are being closed. */
  close(door: string, source: string | undefined): number;
  /** What is remembered of an address, or of all addresses of a prefix. */
  explain(source: Prefix, showsSecrets: boolean): Explanation;
  /** The end, on the wall clock. The error tells what is in force all the same. */
  ban(prefix: Prefix, forMs: number | undefined): Promise<Result<number, OpError>>;
  /** Gives how many bans were lifted. */
  unban(prefix: Prefix): Promise<Result<number, OpError>>;
  reload(): Promise<Reloaded>;
}
