/** Sequences that were complete and opened nothing. */

import type { RefusalReason } from '../grant/decision.ts';
import type { DecisionEvent, Verdict } from './explanation.ts';
import { agoText } from './span-text.ts';

const REFUSED: Readonly<Record<RefusalReason, readonly [text: string, next: string]>> = {
  'not-allowed': [
    "'Allow_From' does not name this address",
    "add it to the door's 'Allow_From', or knock from an address that it names",
  ],
  'used-sequence': [
    'the time-based sequence was used before',
    'wait for the next one, which comes within 30 seconds; somebody else may have used this one',
  ],
  'replay-failed': [
    'its use could not be written down, and it could be used again',
    "see whether the disk of 'StateDir' is full or read-only",
  ],
  'table-full': ['as many doors are open as can be', "see with 'postern status' who has them open"],
  'queue-full': ['too many doors were being opened at once', 'knock again in a moment'],
  'door-off': ['the door is off', "see with 'postern check' why; its one-time sequences may have run out"],
  'journal-failed': [
    'it could not be written down, so nothing would close it after a crash',
    "see whether the disk of 'StateDir' is full or read-only",
  ],
  'could-not-start': ['the start command could not be run', 'see in the log why; the system may lack memory'],
  'daemon-stop': ['the daemon was stopping', 'knock again'],
};

export function refusalVerdict({ door, reason, agoMs, detail }: DecisionEvent): Verdict {
  const refusal = reason as RefusalReason;
  const [why, next] = REFUSED[refusal];
  const words = detail === undefined ? why : `${why}: ${detail}`;
  return {
    cause: refusal === 'not-allowed' ? refusal : `refused-${refusal}`,
    door,
    text: `${door}: the sequence was complete ${agoText(agoMs)}, and refused: ${words}`,
    next,
  };
}
