/**
 * The daemon's numbers in the text format of Prometheus 0.0.4. Labels have values from closed sets and the names of
 * doors, never sources: their number does not grow with the network.
 */

import type { StatusAnswer } from '../../control/status.ts';

export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function metricsOf(status: StatusAnswer): readonly Metric[] {
  const { counters, journal, doors, interfaces } = status;
  return [
    gauge('postern_info', 'The version of the daemon.', [{ labels: { version: status.version }, value: 1 }]),
    gauge(
      'postern_start_time_seconds',
      'When the daemon was started, since 1970.',
      one(seconds(status.startedAt)),
    ),
    gauge(
      'postern_config_last_load_time_seconds',
      'When the configuration in force was read, since 1970.',
      one(seconds(status.config.loadedAt)),
    ),
    gauge(
      'postern_config_last_reload_successful',
      'Whether the last reload was: 1, or 0.',
      one(status.config.failedReload === null ? 1 : 0),
    ),
    gauge(
      'postern_interface_up',
      'Whether an interface is listened on: 1, or 0 while it is waited for.',
      interfaces.map(({ name, state }) => ({
        labels: { interface: name },
        value: state === 'listening' ? 1 : 0,
      })),
    ),
    counter(
      'postern_packets_received_total',
      'Packets that the kernel filter passed.',
      one(counters.packetsReceived),
    ),
    counter(
      'postern_packets_dropped_total',
      'Packets lost because they came too fast.',
      one(counters.packetsDropped),
    ),
    counter(
      'postern_matches_total',
      'Sequences that were made as a whole.',
      doors.shown.map(({ name, matches }) => ({ labels: { door: name }, value: matches })),
    ),
    counter('postern_attempt_timeouts_total', 'Attempts that were too slow.', one(counters.timeouts)),
    counter('postern_scans_total', 'Sources that met too many other ports.', one(counters.scans)),
    counter('postern_opened_total', 'Doors opened.', one(counters.opened)),
    counter(
      'postern_refreshed_total',
      'Doors that were open already and stay open longer.',
      one(counters.refreshed),
    ),
    counter('postern_closed_total', 'Doors closed.', one(counters.closed)),
    counter('postern_refused_total', 'Matches that opened nothing.', byReason(counters.refused)),
    counter(
      'postern_spa_refused_total',
      'Packets of SPA that opened nothing.',
      byReason(counters.spaRefused),
    ),
    counter('postern_commands_started_total', 'Commands run.', one(counters.commandsStarted)),
    counter(
      'postern_commands_failed_total',
      'Commands that did not end well.',
      byReason(counters.commandsFailed),
    ),
    gauge('postern_attempts', 'Attempts in progress.', one(status.attempts.count)),
    gauge('postern_grants', 'Doors that are open, one for each source.', one(status.grants.count)),
    gauge('postern_bans', 'Sources that are banned.', one(status.bans.count)),
    gauge('postern_doors', 'Doors that are configured.', one(doors.count)),
    gauge(
      'postern_journal_healthy',
      'Whether the journal can be written: 1, or 0.',
      one(journal.healthy ? 1 : 0),
    ),
  ];
}

export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(metricText).join('');
}

function metricText({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: 'counter', help, samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: 'gauge', help, samples };
}

function one(value: number): readonly Sample[] {
  return [{ labels: {}, value }];
}

function byReason(counts: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(counts).map(([reason, value]) => ({ labels: { reason }, value }));
}

/** @param text RFC 3339 */
function seconds(text: string): number {
  return Date.parse(text) / 1000;
}
