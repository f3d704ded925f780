/**
 * The log lines of decisions. Those that knockd writes too are kept word for word, for people's tools match on them:
 * the door's name alone before a command, the source before it otherwise. Commands that end well say nothing.
 */

import type { LogLevel } from '../base/logger.ts';
import type { CloseReason, Decision, RefusalReason } from './decision.ts';

/** `label` stands for the source: its address, or `192.0.2.7 (host.example)`. Undefined: not worth a line. */
export function decisionText(decision: Decision, label: string = decision.source): string | undefined {
  const said = decisionWords(decision);
  if (said === undefined) return undefined;
  const aboutCommand = decision.kind === 'command-started' || decision.kind === 'command-ended';
  return aboutCommand ? `${decision.door}: ${said}` : `${label}: ${decision.door}: ${said}`;
}

export function decisionLevel(decision: Decision): LogLevel {
  switch (decision.kind) {
    case 'refused':
      return decision.reason === 'daemon-stop' ? 'notice' : 'error';
    case 'command-ended':
      return decision.reason === 'ok' ? 'debug' : 'error';
    case 'failed':
    case 'close-delayed':
      return 'error';
    case 'kept':
      return decision.reason === 'could-not-start' ? 'error' : 'notice';
    case 'opened':
    case 'refreshed':
    case 'deferred':
    case 'command-started':
    case 'closing':
    case 'closed':
    case 'restored':
      return 'notice';
  }
}

function decisionWords(decision: Decision): string | undefined {
  switch (decision.kind) {
    // The match has said OPEN SESAME.
    case 'opened':
    case 'closed':
      return undefined;
    case 'refreshed':
      return decision.reason === 'open'
        ? 'open already, its time begins anew'
        : 'its start command is running already';
    case 'deferred':
      return 'opens again after the stop command';
    case 'refused':
      return `refused: ${refusalWords(decision.reason)}${tail(decision.detail)}`;
    case 'failed':
      return undefined;
    case 'command-started':
      return `running command: ${decision.command}`;
    case 'command-ended':
      return endWords(decision);
    case 'closing':
      return closingWords(decision.reason);
    case 'close-delayed':
      return 'the stop command could not be run and is tried again';
    case 'restored':
      return `still open until ${localTime(decision.endsMs)}, as the journal says`;
    case 'kept':
      return 'left to the next start to close';
  }
}

function endWords(end: Extract<Decision, { kind: 'command-ended' }>): string | undefined {
  switch (end.reason) {
    case 'ok':
      return undefined;
    case 'failed-status':
      return `command returned non-zero status code (${end.status})`;
    case 'time-limit':
      return `command killed, it ran for more than ${(end.limitMs ?? 0) / 1000} s (Command_Timeout)`;
    case 'could-not-start':
      return `command could not be run${tail(end.detail)}`;
  }
}

function closingWords(reason: CloseReason): string {
  switch (reason) {
    case 'timeout':
      return 'command timeout';
    case 'daemon-stop':
      return 'closing, the daemon stops';
    case 'overdue':
      return 'closing, overdue since the last run';
    case 'start-failed':
      return 'closing, its start command failed';
    case 'asked':
      return 'closing, as asked';
    case 'replaced':
      return "closing, the door's commands have changed";
  }
}

function refusalWords(reason: RefusalReason): string {
  switch (reason) {
    case 'table-full':
      return 'too many doors are open';
    case 'queue-full':
      return 'too many start commands are waiting';
    case 'door-off':
      return 'the door is off';
    case 'journal-failed':
      return 'nothing would close the door after a crash';
    case 'could-not-start':
      return 'the start command could not be run';
    case 'daemon-stop':
      return 'the daemon stops';
  }
}

function tail(detail: string | undefined): string {
  return detail === undefined ? '' : `: ${detail}`;
}

function localTime(wallMs: number): string {
  const date = new Date(wallMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}
