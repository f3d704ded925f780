/** What is to be done so that one access has the end that it should, when firewalld cannot change a rule's time. */

import type { Slot } from './rich-rule.ts';

/** What is known of one access in a zone. */
export type Held =
  | { readonly kind: 'none' }
  | { readonly kind: 'timed'; readonly slot: Slot; readonly endMs: number }
  /** Found; firewalld does not tell for how long. */
  | { readonly kind: 'untimed'; readonly slots: readonly Slot[] }
  /** After a failure. */
  | { readonly kind: 'unknown' };

/** In the order in which it is done. */
export interface Step {
  readonly clear: readonly Slot[];
  readonly add: Addition | undefined;
  readonly remove: readonly Slot[];
}

export interface Addition {
  readonly slot: Slot;
  readonly endMs: number;
  /** The same rule with the same time should be there: adding it again shows whether it is. */
  readonly isAgain: boolean;
}

/**
 * @param endMs undefined: the access is not wanted
 * @param wasRead what is held was just read from firewalld, and not only remembered
 */
export function stepTo(endMs: number | undefined, held: Held, wasRead: boolean): Step {
  if (endMs === undefined) return { clear: [], add: undefined, remove: slotsOf(held) };
  const add = (slot: Slot, isAgain = false) => ({ slot, endMs, isAgain });
  switch (held.kind) {
    case 'none':
      return { clear: [], add: add(0), remove: [] };
    case 'timed':
      if (held.endMs !== endMs) return { clear: [], add: add(otherThan(held.slot)), remove: [held.slot] };
      return { clear: [], add: wasRead ? undefined : add(held.slot, true), remove: [] };
    case 'untimed': {
      const [slot = 0, second] = held.slots;
      if (second === undefined) return { clear: [], add: add(otherThan(slot)), remove: [slot] };
      return { clear: [slot], add: add(slot), remove: [second] };
    }
    case 'unknown':
      return { clear: [0, 1], add: add(0), remove: [] };
  }
}

/** After the step. */
export function heldAfter({ add }: Step, before: Held, endMs: number | undefined): Held {
  if (endMs === undefined) return { kind: 'none' };
  return add === undefined ? before : { kind: 'timed', slot: add.slot, endMs };
}

function slotsOf(held: Held): readonly Slot[] {
  switch (held.kind) {
    case 'none':
      return [];
    case 'timed':
      return [held.slot];
    case 'untimed':
      return held.slots;
    case 'unknown':
      return [0, 1];
  }
}

function otherThan(slot: Slot): Slot {
  return slot === 0 ? 1 : 0;
}
