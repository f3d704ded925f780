/** Remembered events and decisions as plain data. */

import * as told from '../knock/match-event.ts';
import { TCP } from '../net/protocol.ts';
import type { SpaRefusal } from '../spa/refusal.ts';
import { refusalText } from '../spa/refusal-text.ts';
import type { AboutDoor, DecisionEvent, ExplainedEvent, Packet, SpaEvent } from './explanation.ts';
import type { PastDecision } from './past-decisions.ts';
import type { RememberedDoor } from './remembered-doors.ts';
import type { RememberedEvent } from './remembered-event.ts';
import type { RefusedPacket } from './spa-events.ts';

type When = Pick<AboutDoor, 'at' | 'agoMs' | 'source'>;

/** A door that is known no more has no name. */
const FORGOTTEN: RememberedDoor = { name: '', steps: [], seqTimeoutMs: 0 };

export function explainedEvent(
  event: RememberedEvent,
  door: RememberedDoor = FORGOTTEN,
  showsSecrets: boolean,
  when: When,
): ExplainedEvent {
  const { stage, count } = event;
  const packet: Packet = { protocol: event.protocol === TCP ? 'tcp' : 'udp', port: event.port };
  const secret = showsSecrets && event.port > 0 ? { packet } : {};
  const about = { ...when, count };
  const aboutDoor = { ...about, door: door.name, steps: door.steps.length, ...secret };
  switch (event.kind) {
    case told.STAGE:
      return { kind: 'step', stage, ...aboutDoor };
    case told.OPENED:
      return { kind: 'complete', ...aboutDoor };
    case told.DUPLICATE:
      return { kind: 'duplicate', stage, ...aboutDoor };
    case told.HELD:
      return { kind: 'held', stage, ...aboutDoor };
    case told.WRONG_STEP:
      return { kind: 'wrong-step', expected: stage + 1, ...cameInstead(event, door), ...aboutDoor };
    case told.TIMEOUT:
      return { kind: 'timeout', stage, limitMs: door.seqTimeoutMs, ...aboutDoor };
    case told.OTHER_FLAGS:
      return { kind: 'other-flags', ...aboutDoor };
    case told.OTHER_TARGET:
      return { kind: 'other-target', ...aboutDoor };
    case told.UNEXPECTED:
      return { kind: 'later-step', ...about, ...secret };
    case told.STRAY:
      return { kind: 'stray', strays: stage, ...about, packet };
    case told.SCAN:
      return { kind: 'scan', strays: stage, ...about };
    case told.BANNED:
      return { kind: 'banned', by: stage === told.BY_HAND ? 'hand' : 'scan', ...about };
  }
}

/** A packet of no shape at all is told without what was wrong with it: anybody can send any number of them. */
export function explainedPacket({ door, refusal }: RefusedPacket, when: When): SpaEvent {
  const { what, hint = null } =
    refusal.reason === 'shape' && !('fault' in refusal)
      ? { what: 'it is no SPA packet', hint: 'see what else sends to this port' }
      : refusalText(refusal as SpaRefusal);
  return {
    kind: 'spa-refused',
    spaDoor: door ?? null,
    reason: refusal.reason,
    text: what,
    hint,
    count: 1,
    ...when,
  };
}

export function explainedDecision(past: PastDecision, when: When): DecisionEvent {
  const { door, decision, reason, count, endsMs, status, limitMs, detail } = past;
  return {
    kind: 'decision',
    decision,
    reason,
    ...when,
    count,
    door,
    ...(endsMs === undefined ? {} : { endsAt: endText(endsMs) }),
    ...(status === undefined ? {} : { status }),
    ...(limitMs === undefined ? {} : { limitMs }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** The last moment that a Date can say (ECMA-262, 21.4.1.1); FOREVER_MS is beyond it. */
const LAST_DATE_MS = 8.64e15;

/** RFC 3339; null for no end. */
function endText(endsMs: number): string | null {
  return endsMs > LAST_DATE_MS ? null : new Date(endsMs).toISOString();
}

/** Which step it was: the next one that fits, else the first one that does. */
function cameInstead({ protocol, port, stage }: RememberedEvent, { steps }: RememberedDoor) {
  if (port === 0) return { isLate: true, came: stage + 2 };
  const isIt = (step: (typeof steps)[number]) =>
    step.port === port && (step.protocol === 'tcp') === (protocol === TCP);
  const later = steps.findIndex((step, i) => i > stage && isIt(step));
  const found = later >= 0 ? later : steps.findIndex(isIt);
  return { isLate: false, came: found < 0 ? null : found + 1 };
}
