/** What the log says of a packet for an SPA door. */

import type { LogLevel } from '../base/logger.ts';
import type { LineClass } from '../log/rate-limit.ts';
import { refusalText } from '../spa/refusal-text.ts';
import type { SpaVerdict } from '../spa/verdict.ts';

export interface SpaLine {
  readonly level: LogLevel;
  /** What follows the source. */
  readonly text: string;
}

/** The line's class, so that the limit can be asked before anything is put together. */
export function spaLineClass({ kind }: SpaVerdict): LineClass {
  return kind === 'accepted' ? 'match' : 'spa';
}

export function spaLine(verdict: SpaVerdict): SpaLine {
  if (verdict.kind === 'accepted') {
    const skew = verdict.skewS === 0 ? '' : `, its clock is ${signed(verdict.skewS)} s off`;
    return { level: 'notice', text: `${verdict.door}: SPA packet of '${verdict.user}' accepted${skew}` };
  }
  const { what } = refusalText(verdict.refusal);
  const about = verdict.door === undefined ? '' : `${verdict.door}: `;
  return {
    level: verdict.door === undefined ? 'info' : 'notice',
    text: `${about}SPA packet refused: ${what}`,
  };
}

function signed(seconds: number): string {
  return seconds > 0 ? `+${seconds}` : `${seconds}`;
}
