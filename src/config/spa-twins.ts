/** Two SPA doors that no packet could tell apart: which of them opens would be chance. */

import type { Door } from './config.ts';
import { type Faults, type Place, placeText } from './faults.ts';
import { quote } from './quote.ts';

/** A door with `Spa_Key`, and where that stands. */
export interface SpaDoorPlace {
  readonly door: Door;
  readonly at: Place;
}

export function checkSpaTwins(places: readonly SpaDoorPlace[], faults: Faults): void {
  const byKeys = new Map<string, SpaDoorPlace[]>();
  for (const place of places) {
    const keys = keysOf(place.door);
    const before = byKeys.get(keys) ?? [];
    const twin = before.find((other) => shareUser(other.door, place.door));
    if (twin !== undefined) reportTwin(twin, place, faults);
    byKeys.set(keys, [...before, place]);
  }
}

function reportTwin(twin: SpaDoorPlace, { door, at }: SpaDoorPlace, faults: Faults): void {
  const message = `no packet could tell ${quote(door.name)} from ${quote(twin.door.name)}, ${placeText(twin.at, at)}`;
  faults.report(at, message, "give each door keys of its own, or let 'Spa_User' tell them apart");
}

/** Equal for doors that the same packets are meant for, but for their users. */
function keysOf({ sequence, target }: Door): string {
  if (sequence.kind !== 'spa') return '';
  const { port, key, hmac } = sequence;
  const bytes = [key, hmac?.key].map((each) => Buffer.from(each?.reveal() ?? []).toString('hex'));
  return JSON.stringify([port, target, hmac?.type, ...bytes]);
}

function shareUser(a: Door, b: Door): boolean {
  if (a.sequence.kind !== 'spa' || b.sequence.kind !== 'spa') return false;
  const [ours, theirs] = [a.sequence.users, b.sequence.users];
  return ours.length === 0 || theirs.length === 0 || ours.some((user) => theirs.includes(user));
}
