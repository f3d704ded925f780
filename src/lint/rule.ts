/** What a lint rule is. Rules are pure: what they need of the machine is in the context. */

import type { Config, Door } from '../config/config.ts';
import type { DoorKey, OptionKey } from '../config/keys.ts';
import type { ConfigPlaces } from '../config/parse-config.ts';
import type { PortRange } from '../net/port-range.ts';
import type { Protocol } from '../net/protocol.ts';

/** What rules ask of the machine that the configuration is for. */
export interface LintContext {
  readonly isListening: (protocol: Protocol, port: number) => boolean;
  /** Ports that it translates to somewhere else, as Docker does: packets to them do not reach the chain INPUT. */
  readonly published: readonly PortRange[];
  /** Permission bits of a file of the configuration; undefined where it cannot be told. */
  readonly modeOf: (file: string) => number | undefined;
}

export interface LintInput {
  readonly config: Config;
  readonly places: ConfigPlaces;
  readonly context: LintContext;
}

/** Where something is advised: a key of a door, the door as a whole, an option, or a file as a whole. */
export type AdvicePlace =
  | { readonly door: string; readonly key?: DoorKey }
  | { readonly option: OptionKey }
  | { readonly file: string };

export interface Advice {
  readonly at: AdvicePlace;
  /** Lower case, with the value. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

export interface Rule {
  /** What `postern check --explain` takes; words with dashes. */
  readonly code: string;
  /** Why it matters, in a few sentences. */
  readonly why: string;
  readonly check: (input: LintInput) => readonly Advice[];
}

/** A rule that looks at one door after the other. */
export function doorRule(
  code: string,
  why: string,
  check: (door: Door, input: LintInput) => (Omit<Advice, 'at'> & { readonly key?: DoorKey }) | undefined,
): Rule {
  const adviceOf = (door: Door, input: LintInput): readonly Advice[] => {
    const found = check(door, input);
    if (found === undefined) return [];
    const { key, message, hint } = found;
    return [{ at: key === undefined ? { door: door.name } : { door: door.name, key }, message, hint }];
  };
  return { code, why, check: (input) => input.config.doors.flatMap((door) => adviceOf(door, input)) };
}
