/** How a door is knocked at: exactly one of a sequence, one-time sequences, time-based sequences, or an SPA packet. */

import type { Sequence } from './config.ts';
import type { Entries } from './entries.ts';
import type { Faults } from './faults.ts';
import { DOOR_KEYS, type DoorKey } from './keys.ts';
import { pathValue } from './path-value.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';
import { sequenceValue } from './sequence-value.ts';
import { SPA_KEYS, spaOf } from './spa-settings.ts';
import { TOTP_KEYS, totpOf } from './totp-settings.ts';

interface Way {
  /** The key that chooses it. */
  readonly key: DoorKey;
  readonly title: string;
  /** What means nothing without that key. */
  readonly others: readonly DoorKey[];
}

const WAYS: readonly Way[] = [
  { key: 'Sequence', title: 'a fixed sequence', others: [] },
  { key: 'One_Time_Sequences', title: 'one-time sequences', others: [] },
  { key: 'Totp_Secret', title: 'time-based sequences', others: TOTP_KEYS },
  { key: 'Spa_Key', title: 'an SPA key', others: SPA_KEYS },
];

/** Knocks alone have these. */
const KNOCK_KEYS: readonly DoorKey[] = ['Seq_Timeout', 'TCPFlags'];

/** @param openForMs of `Open_For`. @returns undefined after a fault, which is reported */
export function doorSequence(
  name: Piece,
  entries: Entries<DoorKey>,
  openForMs: number | undefined,
  faults: Faults,
): Sequence | undefined {
  const chosen = WAYS.filter(({ key }) => entries.has(key));
  refuseSecondWay(name, chosen, entries, faults);
  for (const way of WAYS) if (!chosen.includes(way)) refuseStray(way, entries, faults);
  const read = WAYS.map(({ key }) => readWay(key, entries, openForMs, faults));
  if (chosen.length === 0) {
    const message = `door ${quote(name.text)} has no sequence`;
    faults.report(name, message, `write '${DOOR_KEYS.Sequence}' with ports of your own`);
  }
  return read.find((sequence) => sequence !== undefined);
}

function readWay(
  key: DoorKey,
  entries: Entries<DoorKey>,
  openForMs: number | undefined,
  faults: Faults,
): Sequence | undefined {
  if (!entries.has(key)) return undefined;
  switch (key) {
    case 'Sequence': {
      const steps = entries.read('Sequence', sequenceValue, undefined, faults);
      return steps === undefined ? undefined : { kind: 'fixed', steps };
    }
    case 'One_Time_Sequences': {
      const path = entries.read('One_Time_Sequences', pathValue, undefined, faults);
      return path === undefined ? undefined : { kind: 'one-time', path };
    }
    case 'Totp_Secret':
      return totpOf(entries, faults);
    default:
      refuseKnockKeys(entries, faults);
      return spaOf(entries, openForMs, faults);
  }
}

function refuseSecondWay(
  name: Piece,
  chosen: readonly Way[],
  entries: Entries<DoorKey>,
  faults: Faults,
): void {
  const written = chosen.flatMap((way) => {
    const at = entries.get(way.key)?.key;
    return at === undefined ? [] : [{ at, way }];
  });
  const [first, ...more] = written.sort((a, b) => a.at.line - b.at.line);
  if (first === undefined) return;
  for (const { at, way } of more) {
    const [one, other] = WAYS.filter((each) => each === first.way || each === way) as [Way, Way];
    const message = `door ${quote(name.text)} has both ${one.title} and ${other.title}`;
    faults.report(at, message, `keep either '${one.key}' or '${other.key}'`);
  }
}

function refuseStray({ key, others }: Way, entries: Entries<DoorKey>, faults: Faults): void {
  for (const other of others) {
    const written = entries.get(other)?.key;
    if (written === undefined) continue;
    faults.report(
      written,
      `${quote(written.text)} means nothing without '${key}'`,
      `write '${DOOR_KEYS[key]}'`,
    );
  }
}

function refuseKnockKeys(entries: Entries<DoorKey>, faults: Faults): void {
  for (const key of KNOCK_KEYS) {
    const written = entries.get(key)?.key;
    if (written === undefined) continue;
    faults.report(written, `${quote(written.text)} means nothing for an SPA packet`, 'leave the line out');
  }
}
