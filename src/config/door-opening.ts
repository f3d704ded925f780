/** `Open`, `Open_For` and `Also_Prefix`: what a door without commands opens, and what cannot stand beside it. */

import type { DoorOpening } from './config.ts';
import { durationValue } from './duration-value.ts';
import type { Entries } from './entries.ts';
import type { Faults } from './faults.ts';
import { DOOR_KEYS, type DoorKey } from './keys.ts';
import { openValue } from './open-value.ts';
import { prefixLengthValue } from './prefix-length-value.ts';
import { quote } from './quote.ts';

/** Long enough to connect; who is connected stays so. */
const DEFAULT_OPEN_FOR_MS = 30_000;

/** Beyond a year one means for ever, and firewalls count their timeouts in no more. */
const openFor = durationValue({
  unit: 's',
  leastMs: 1,
  greatestMs: 365 * 86_400_000,
  mayBeForever: true,
});

const OWN_DOOR_HINT = 'give the command a door of its own with the same sequence';
const NOT_BESIDE_OPEN: readonly (readonly [key: DoorKey, hint: string])[] = [
  ['Start_Command', OWN_DOOR_HINT],
  ['Start_Command_6', OWN_DOOR_HINT],
  ['Stop_Command', OWN_DOOR_HINT],
  ['Stop_Command_6', OWN_DOOR_HINT],
  ['Cmd_Timeout', "'Open_For' says how long the ports stay open"],
];

/** Undefined without `Open`, and where it has faults. */
export function openingOf(entries: Entries<DoorKey>, faults: Faults): DoorOpening | undefined {
  const ports = entries.read('Open', openValue, undefined, faults);
  const forMs = entries.read('Open_For', openFor, DEFAULT_OPEN_FOR_MS, faults);
  const ipv6PrefixLength = entries.read('Also_Prefix', prefixLengthValue, 128, faults);
  if (entries.has('Open')) refuseBesideOpen(entries, faults);
  else askForOpen(entries, faults);
  return ports === undefined ? undefined : { ports, forMs, ipv6PrefixLength };
}

function refuseBesideOpen(entries: Entries<DoorKey>, faults: Faults): void {
  for (const [key, hint] of NOT_BESIDE_OPEN) {
    const written = entries.get(key)?.key;
    if (written === undefined) continue;
    faults.report(written, `${quote(written.text)} cannot stand beside 'Open'`, hint);
  }
}

function askForOpen(entries: Entries<DoorKey>, faults: Faults): void {
  for (const key of ['Open_For', 'Also_Prefix'] as const) {
    const written = entries.get(key)?.key;
    if (written === undefined) continue;
    const hint = `write '${DOOR_KEYS.Open}' with the ports to open, or leave the line out`;
    faults.report(written, `${quote(written.text)} means nothing without 'Open'`, hint);
  }
}
