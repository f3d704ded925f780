/** Reasons of refusals and closings by the words that the text log has for them. */

import type { CloseReason, RefusalReason } from '../../grant/decision.ts';
import { closingWords, refusalWords } from '../../grant/decision-text.ts';

const REFUSALS: Readonly<Record<RefusalReason, true>> = {
  'used-sequence': true,
  'replay-failed': true,
  'not-allowed': true,
  'table-full': true,
  'queue-full': true,
  'door-off': true,
  'journal-failed': true,
  'could-not-start': true,
  'daemon-stop': true,
};

const CLOSINGS: Readonly<Record<CloseReason, true>> = {
  timeout: true,
  'daemon-stop': true,
  overdue: true,
  'start-failed': true,
  asked: true,
  'closing-door': true,
  'door-gone': true,
  replaced: true,
};

/** Of `too many doors are open: DETAIL`. */
export function refusalReasonOf(line: string): RefusalReason | 'unknown' {
  const found = REFUSAL_CODES.find((code) => line.startsWith(refusalWords(code)));
  return found ?? 'unknown';
}

/** In words; the code itself for one that is not known. */
export function refusalReasonWords(code: string): string {
  return Object.hasOwn(REFUSALS, code) ? refusalWords(code as RefusalReason) : code;
}

/** Of the whole line behind the door; undefined where it tells of no closing. */
export function closeReasonOf(line: string): CloseReason | undefined {
  return CLOSE_CODES.get(line);
}

const REFUSAL_CODES = Object.keys(REFUSALS) as readonly RefusalReason[];

const CLOSE_CODES: ReadonlyMap<string, CloseReason> = new Map(
  (Object.keys(CLOSINGS) as readonly CloseReason[]).flatMap((code) =>
    (['ports', 'commands'] as const).map((means) => [closingWords(code, means), code] as const),
  ),
);
