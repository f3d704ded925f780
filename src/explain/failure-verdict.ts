/** Doors that could not be opened: by their commands, or by the firewall. */

import type { DecisionEvent, ExplainedEvent, Verdict } from './explanation.ts';
import { agoText } from './span-text.ts';

/** @param events all of the source, oldest first: the command's own end has the details */
export function failureVerdict(last: DecisionEvent, events: readonly ExplainedEvent[]): Verdict {
  const { door, agoMs } = last;
  const failed = lastOf('failed', door, events) ?? last;
  if (failed.reason === 'firewall-failed') {
    const why = failed.detail === undefined ? '' : `: ${failed.detail}`;
    const text = `${door}: the firewall could not open it ${agoText(agoMs)}${why}`;
    return { cause: 'firewall-failed', door, text, next: 'see in the log what the firewall said' };
  }
  const end = lastOf('command-ended', door, events) ?? failed;
  return {
    cause: 'command-failed',
    door,
    text: `${door}: the start command ${endWords(end)} ${agoText(agoMs)}`,
    next: 'see in the log what it printed, and run it by hand',
  };
}

function lastOf(
  decision: DecisionEvent['decision'],
  door: string,
  events: readonly ExplainedEvent[],
): DecisionEvent | undefined {
  return events.findLast(
    (event): event is DecisionEvent =>
      event.kind === 'decision' && event.door === door && event.decision === decision,
  );
}

function endWords({ reason, status, limitMs, detail }: DecisionEvent): string {
  switch (reason) {
    case 'failed-status':
      return status === undefined ? 'failed' : `ended with status ${status}`;
    case 'time-limit':
      return `was killed after ${(limitMs ?? 0) / 1000} s ('Command_Timeout')`;
    default:
      return `could not be run${detail === undefined ? '' : `: ${detail}`}`;
  }
}
