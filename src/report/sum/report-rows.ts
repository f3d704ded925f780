/** Rows of the tables as the data has them: times as text. */

import type { Lane } from './lanes.ts';
import type { LaneReport, SourceReport } from './report-data.ts';
import type { SourceRow } from './source-table.ts';

export function sourceReport(row: SourceRow): SourceReport {
  const { firstMs, lastMs, isAtLeast, strange: _, ...counts } = row;
  return { ...counts, firstSeen: timeText(firstMs), lastSeen: timeText(lastMs), atLeast: isAtLeast };
}

export function laneReport({ door, source, openings, openMs, isOpen, spans }: Lane): LaneReport {
  return {
    ...{ door, source, openings, openMs, stillOpen: isOpen },
    spans: spans.map(({ startMs, endMs }) => ({ from: timeText(startMs), to: timeText(endMs) })),
  };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
