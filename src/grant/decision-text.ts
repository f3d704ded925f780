/**
 * The log lines of decisions. Those that knockd writes too are kept word for word, for people's tools match on them:
 * the door's name alone before a command, the source before it otherwise. Commands that end well say nothing.
 */

import { FOREVER_MS } from '../base/duration.ts';
import type { LogLevel } from '../base/logger.ts';
import type { CloseReason, Decision, RefusalReason } from './decision.ts';
import type { Means } from './means.ts';

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
    // The match has said OPEN SESAME, and commands speak for themselves.
    case 'opened':
      return decision.means === 'ports' ? `open ${untilText(decision.endsMs)}` : undefined;
    case 'closed':
      return undefined;
    case 'refreshed':
      return decision.reason === 'open' ? 'open already, its time begins anew' : 'it is being opened already';
    case 'deferred':
      return 'opens again once it is closed';
    case 'refused':
      return `refused: ${refusalWords(decision.reason)}${tail(decision.detail)}`;
    case 'failed':
      return decision.reason === 'firewall-failed'
        ? `could not be opened${tail(decision.detail)}`
        : undefined;
    case 'command-started':
      return `running command: ${decision.command}`;
    case 'command-ended':
      return endWords(decision);
    case 'closing':
      return closingWords(decision.reason, decision.means);
    case 'close-delayed':
      return `it could not be closed, which is tried again${tail(decision.detail)}`;
    case 'restored':
      return `still open ${untilText(decision.endsMs)}, as the journal says`;
    case 'kept':
      return decision.reason === 'forever'
        ? 'stays open, as it has no end'
        : 'left to the next start to close';
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

export function closingWords(reason: CloseReason, means: Means['kind']): string {
  switch (reason) {
    case 'timeout':
      return means === 'ports' ? 'closing, its time is up' : 'command timeout';
    case 'daemon-stop':
      return 'closing, the daemon stops';
    case 'overdue':
      return 'closing, overdue since the last run';
    case 'start-failed':
      return means === 'ports' ? 'closing what may be half open' : 'closing, its start command failed';
    case 'asked':
      return 'closing, as asked';
    case 'closing-door':
      return 'closing, a closing door was knocked at';
    case 'door-gone':
      return 'closing, the configuration no longer has it';
    case 'replaced':
      return "closing, the door's commands have changed";
  }
}

export function refusalWords(reason: RefusalReason): string {
  switch (reason) {
    case 'used-sequence':
      return 'its sequence was used before, another one comes within 30 seconds';
    case 'replay-failed':
      return 'what was used could not be written down, and could be used again';
    case 'not-allowed':
      return 'its Allow_From does not name this address';
    case 'table-full':
      return 'too many doors are open';
    case 'queue-full':
      return 'too many doors are being opened';
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

function untilText(endsMs: number | undefined): string {
  if (endsMs === undefined || endsMs === FOREVER_MS) return 'until it is closed';
  return `until ${localTime(endsMs)}`;
}

function localTime(wallMs: number): string {
  const date = new Date(wallMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}
