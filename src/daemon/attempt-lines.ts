/** What the log says of an attempt: knockd's phrases, word for word, and with -D what else a packet did. */

import type { LogLevel } from '../base/logger.ts';
import * as told from '../knock/match-event.ts';
import type { LineClass } from '../log/rate-limit.ts';
import { TCP } from '../net/protocol.ts';

export interface AttemptLine {
  readonly level: LogLevel;
  readonly lineClass: LineClass;
  /** What follows the source. */
  readonly text: string;
}

/** The line's class, so that the limit can be asked before anything is put together. */
export function attemptLineClass(kind: told.MatchEventKind): LineClass {
  switch (kind) {
    case told.STAGE:
      return 'stage';
    case told.OPENED:
      return 'match';
    case told.TIMEOUT:
      return 'timeout';
    case told.SCAN:
      return 'scan';
    default:
      return 'debug';
  }
}

/**
 * Only lines for -D name a port, which may be a step of a sequence: neither the log file nor syslog takes those.
 * @param door its name, undefined where the event is about no door
 * @param protocol its number in the IP header
 * @param port 0 where no packet is the cause, or it is told anyway
 */
export function attemptLine(
  kind: told.MatchEventKind,
  door: string | undefined,
  stage: number,
  protocol = 0,
  port = 0,
): AttemptLine {
  const lineClass = attemptLineClass(kind);
  const about = door === undefined ? '' : `${door}: `;
  switch (kind) {
    case told.STAGE:
      return { level: 'notice', lineClass, text: `${about}Stage ${stage}` };
    case told.OPENED:
      return { level: 'notice', lineClass, text: `${about}OPEN SESAME` };
    case told.TIMEOUT:
      return { level: 'info', lineClass, text: `${about}sequence timeout (stage ${stage})` };
    case told.SCAN:
      return { level: 'warning', lineClass, text: `${about}scan: too many strays, its attempts are ended` };
    default:
      return {
        level: 'debug',
        lineClass,
        text: `${about}${debugWords(kind, stage, portText(protocol, port))}`,
      };
  }
}

function debugWords(kind: told.MatchEventKind, stage: number, came: string): string {
  const name = told.MATCH_EVENT_NAMES[kind] ?? `event ${kind}`;
  switch (kind) {
    case told.WRONG_STEP:
      return `${name}${came}, the attempt at stage ${stage} ends`;
    case told.STRAY:
      return `${name} number ${stage}${came}`;
    case told.BANNED:
      return stage === told.BY_HAND ? `${name} by hand` : name;
    default:
      return name;
  }
}

function portText(protocol: number, port: number): string {
  return port === 0 ? '' : ` (${protocol === TCP ? 'tcp' : 'udp'}/${port})`;
}
