/** What a decision about the door comes to. */

import type { CloseReason } from '../grant/decision.ts';
import type { DecisionEvent, ExplainedEvent, Verdict } from './explanation.ts';
import { failureVerdict } from './failure-verdict.ts';
import { refusalVerdict } from './refusal-verdict.ts';
import type { SourceFacts } from './source-facts.ts';
import { agoText } from './span-text.ts';

/** @param events all of the source, oldest first */
export function decisionVerdict(
  last: DecisionEvent,
  events: readonly ExplainedEvent[],
  facts: SourceFacts,
): Verdict {
  switch (last.decision) {
    case 'opened':
      return openedVerdict(last, facts);
    case 'refreshed':
    case 'restored':
    case 'kept':
      return expired(last);
    case 'refused':
      return refusalVerdict(last);
    case 'failed':
    case 'command-ended':
      return failureVerdict(last, events);
    case 'deferred':
      return waiting(last, 'it opens as soon as the closing before it is done');
    case 'closed':
      return last.reason === 'start-failed' ? failureVerdict(last, events) : closedVerdict(last);
    case 'close-delayed':
      return waiting(last, 'it could not be closed, which is tried again');
  }
}

function openedVerdict(last: DecisionEvent, facts: SourceFacts): Verdict {
  const { door, agoMs } = last;
  switch (last.reason) {
    case 'no-command':
      return nothingToDo(last, facts);
    case 'command':
      return {
        cause: 'command-ran',
        door,
        text: `${door}: the start command ran ${agoText(agoMs)} and ended well; nothing closes what it did`,
        next: 'if nothing answers, see what the command did and whether another rule of the firewall comes first',
      };
    case 'closing-door':
      return {
        cause: 'closed',
        door,
        text: `${door}: the sequence was complete ${agoText(agoMs)}, and the doors that it closes were closed`,
        next: 'knock at the door that should open',
      };
    default:
      return expired(last);
  }
}

function nothingToDo({ door, agoMs }: DecisionEvent, { otherFamilyDoors }: SourceFacts): Verdict {
  const head = `${door}: the sequence was complete ${agoText(agoMs)}`;
  if (otherFamilyDoors.includes(door)) {
    const text = `${head}, and the door has commands only for the other address family`;
    return {
      cause: 'other-family',
      door,
      text,
      next: "use 'knock -4' or 'knock -6', or give it commands for both",
    };
  }
  const text = `${head}, and the door has nothing to run and nothing to open`;
  return { cause: 'opens-nothing', door, text, next: `give [${door}] 'Open' or 'Start_Command'` };
}

/** It was open; the daemon would say so if it still were. */
function expired({ door, agoMs }: DecisionEvent): Verdict {
  return {
    cause: 'opened-and-expired',
    door,
    text: `${door}: it was opened ${agoText(agoMs)} and is closed by now`,
    next: `knock again; if the time was too short, raise 'Open_For' or 'Cmd_Timeout' of [${door}]`,
  };
}

function closedVerdict(last: DecisionEvent): Verdict {
  const { door, agoMs } = last;
  const reason = last.reason as CloseReason;
  if (reason === 'timeout' || reason === 'overdue') {
    return { ...expired(last), text: `${door}: it was open, and its time ran out ${agoText(agoMs)}` };
  }
  const text = `${door}: it was open and was closed ${agoText(agoMs)}, ${closedWhy(reason)}`;
  return { cause: 'closed', door, text, next: 'knock again' };
}

function closedWhy(reason: Exclude<CloseReason, 'timeout' | 'overdue'>): string {
  switch (reason) {
    case 'daemon-stop':
      return 'when the daemon stopped';
    case 'asked':
      return 'as somebody asked';
    case 'closing-door':
      return 'by a knock at a door that closes it';
    case 'start-failed':
      return 'as opening it had failed';
    case 'door-gone':
    case 'replaced':
      return 'when the configuration changed';
  }
}

function waiting({ door, agoMs, detail }: DecisionEvent, what: string): Verdict {
  const why = detail === undefined ? '' : `: ${detail}`;
  const text = `${door}: ${what}, since ${agoText(agoMs)}${why}`;
  return { cause: 'opening', door, text, next: 'ask again in a moment' };
}
