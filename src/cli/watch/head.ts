/** The first lines of the screen: which daemon, how busy it is, and what is wrong. */

import { durationText, localClock, localTime } from '../../base/people-time.ts';
import type { CounterStatus, StatusAnswer } from '../../control/status.ts';
import type { Moment } from '../../grant/moment.ts';
import type { Glyphs } from './glyphs.ts';
import { cutLine, fitLine, type Line, lineWidth, plain, type Span } from './line.ts';
import { type Model, momentOf } from './model.ts';
import { type Rates, ratesOf } from './rates.ts';

/** A daemon that has not answered for so long is said not to. */
const SILENT_MS = 3000;

/** @param now of what is shown. @param isPaused that is a moment of the past */
export function headLines(
  model: Model,
  now: Moment,
  isPaused: boolean,
  width: number,
  glyphs: Glyphs,
): readonly Line[] {
  const clock = localClock(new Date(now.wallMs).toISOString());
  const right: Line = isPaused
    ? [{ text: `paused at ${clock}`, tone: 'strong' }]
    : [{ text: clock, tone: 'dim' }];
  const left = fitLine(
    daemonLine(model, momentOf(model, now)),
    Math.max(0, width - lineWidth(right) - 2),
    glyphs,
  );
  const busy = busyLine(model.status?.counters, ratesOf(model.samples));
  return [[...left, plain('  '), ...right], busy, ...notices(model, now)].map((line) =>
    cutLine(line, width, glyphs),
  );
}

function daemonLine({ status, statusAt }: Model, now: Moment): Line {
  if (status === undefined) return [{ text: 'knockd', tone: 'strong' }, plain(' has not answered yet')];
  const upMs = status.uptimeMs + now.monotonicMs - (statusAt?.monotonicMs ?? now.monotonicMs);
  const on = status.interfaces.filter(({ state }) => state === 'listening').map(({ name }) => name);
  return [
    { text: 'knockd', tone: 'strong' },
    plain(` ${status.version}, process ${status.pid}, up ${durationText(upMs)}, listening on `),
    on.length === 0 ? { text: 'nothing', tone: 'bad' } : plain(on.join(', ')),
  ];
}

function busyLine(counters: CounterStatus | undefined, rates: Rates | undefined): Line {
  if (counters === undefined) return [];
  const { matches, timeouts, scans, refused, packetsDropped } = counters;
  const isLosing = rates !== undefined && rates.dropped > 0;
  const lost = packetsDropped === 0 ? '' : `, ${packetsDropped} dropped`;
  const all = `${matches} matches, ${timeouts} timed out, ${scans} scans, ${sum(refused)} refused${lost}`;
  return [
    plain(`packets ${rateText(rates?.received)}, `),
    { text: `dropped ${rateText(rates?.dropped)}`, tone: isLosing ? 'bad' : 'plain' },
    { text: `   in all ${all}`, tone: 'dim' },
  ];
}

function rateText(rate: number | undefined): string {
  if (rate === undefined) return '-/s';
  return rate > 0 && rate < 10 ? `${rate.toFixed(1)}/s` : `${Math.round(rate)}/s`;
}

function notices({ status, statusAt, absence }: Model, now: Moment): readonly Line[] {
  const texts = absence === undefined ? [] : [absenceText(absence.sinceMs, absence.why)];
  const silentMs = now.monotonicMs - (statusAt?.monotonicMs ?? now.monotonicMs);
  if (absence === undefined && silentMs >= SILENT_MS) {
    texts.push(`the daemon has not answered for ${durationText(silentMs)}`);
  }
  if (status !== undefined) texts.push(...troubles(status));
  return texts.map((text): readonly Span[] => [{ text: `! ${text}`, tone: 'bad' }]);
}

function absenceText(sinceMs: number, why: string): string {
  const clock = localClock(new Date(sinceMs).toISOString());
  return `away since ${clock}, trying again; below is how it was then (${why})`;
}

function troubles({ config, interfaces, journal }: StatusAnswer): readonly string[] {
  const { failedReload } = config;
  const waiting = interfaces.filter(({ state }) => state === 'waiting').map(({ name }) => name);
  return [
    ...(waiting.length === 0 ? [] : [`waiting for ${waiting.join(', ')}`]),
    ...(journal.healthy ? [] : [`the journal ${journal.path} cannot be written`]),
    ...(failedReload === null ? [] : [reloadText(failedReload.errors, failedReload.at)]),
  ];
}

function reloadText(errors: number, at: string): string {
  const what = `${errors} ${errors === 1 ? 'error' : 'errors'}`;
  return `the configuration had ${what} at ${localTime(at)}: that reload changed nothing`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
