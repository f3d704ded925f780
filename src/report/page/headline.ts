/** The report in a sentence or two. */

import { durationText } from '../../base/people-time.ts';
import type { ReportData } from '../sum/report-data.ts';
import { counted, sumOf } from './number-text.ts';

export function headline({ period, totals, sources, gaps, daemon }: ReportData): string {
  const { from, to } = period;
  if (from === null || to === null || period.firstLine === null) return 'The log has no lines of this time.';
  const opened =
    totals.opened === 0
      ? 'no door was opened'
      : `${counted(totals.opened, 'opening')} for ${counted(sources.opened, 'address', 'addresses')}`;
  const scans =
    totals.scans === 0
      ? 'no scan was noticed'
      : `${counted(totals.scans, 'scan')} by ${sources.forgotten > 0 ? 'about ' : ''}${counted(sources.scanned, 'address', 'addresses')}`;
  const length = durationText(Date.parse(to) - Date.parse(from));
  const left = sumOf(gaps.suppressed);
  const tail = left === 0 ? '' : ` ${counted(left, 'line')} were left out of the log under load.`;
  const starts = daemon.starts === 0 ? '' : ` The daemon started ${times(daemon.starts)}.`;
  return `In ${length}: ${opened}, ${scans}.${starts}${tail}`;
}

function times(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}
