/** What was counted as parts of the data: the rows that matter most, and how many there are besides. */

import type { DistinctCount } from './distinct-count.ts';
import type { Lanes } from './lanes.ts';
import type { ReportData } from './report-data.ts';
import { laneReport, sourceReport } from './report-rows.ts';
import type { SourceCounts, SourceTable } from './source-table.ts';
import type { TimeBins } from './time-bins.ts';
import { timeOrNull } from './time-text.ts';

/** Rows of a table of sources, in the data. */
const MAX_SOURCES_SHOWN = 200;
const MAX_LANES_SHOWN = 400;
/** Bars that a page has room for. */
const MAX_BINS_SHOWN = 168;

/** The places of the counts in a bin. */
export const ACTIVITY = { opened: 0, refused: 1, timeouts: 2, scans: 3 } as const;

/** Counts of different sources, for when the table had to forget some. */
interface Estimates {
  readonly seen: DistinctCount;
  readonly scanners: DistinctCount;
}

export function sourcesReport(table: SourceTable, { seen, scanners }: Estimates): ReportData['sources'] {
  const isExact = table.forgotten === 0;
  return {
    count: isExact ? table.size : seen.estimate,
    opened: table.countOf(({ opened }) => opened > 0),
    scanned: isExact ? table.countOf(({ scans }) => scans > 0) : scanners.estimate,
    forgotten: table.forgotten,
    cameIn: table.top(MAX_SOURCES_SHOWN, ({ opened }) => opened).map(sourceReport),
    turnedAway: table.top(MAX_SOURCES_SHOWN, vainWeight).map(sourceReport),
  };
}

function vainWeight({ opened, scans, bans, refused, spaRefused, timeouts, stages }: SourceCounts): number {
  return opened > 0 ? 0 : 1e6 * scans + 1e4 * (bans + refused) + 100 * spaRefused + timeouts + stages;
}

export function grantsReport(lanes: Lanes): ReportData['grants'] {
  const all = lanes.list();
  const busy = all.toSorted((a, b) => b.openings - a.openings).slice(0, MAX_LANES_SHOWN);
  const isShown = new Set(busy);
  const left = all.filter((lane) => !isShown.has(lane));
  const others = [...lanes.others.values()];
  return {
    endless: all.reduce((sum, { endless }) => sum + endless, 0),
    joined: lanes.closedGaps,
    left: {
      lanes: left.length + others.reduce((sum, other) => sum + other.lanes, 0),
      openings: [...left, ...others].reduce((sum, { openings }) => sum + openings, 0),
    },
    lanes: all.filter((lane) => isShown.has(lane)).map(laneReport),
  };
}

/** @param bins undefined where nothing was counted */
export function activityReport(bins: TimeBins | undefined, spanMs: number): ReportData['activity'] {
  if (bins === undefined) return { binMs: 0, bins: [] };
  const rows = bins.list(spanMs, MAX_BINS_SHOWN).map(({ startMs, counts }) => {
    const [opened = 0, refused = 0, timeouts = 0, scans = 0] = counts;
    return { at: timeOrNull(startMs) ?? '', opened, refused, timeouts, scans };
  });
  return { binMs: bins.widthMs, bins: rows };
}
