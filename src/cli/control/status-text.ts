/** The status of a daemon for people. */

import { durationText, leftText, localTime } from '../../base/people-time.ts';
import type {
  AttemptStatus,
  BanStatus,
  CounterStatus,
  DoorStatus,
  GrantStatus,
  InterfaceStatus,
  Listed,
  StatusAnswer,
} from '../../control/status.ts';
import { columns } from '../columns.ts';
import type { Palette } from '../paint.ts';
import { doorText } from './door-text.ts';

/** Entries of a list on a terminal; --json has more. */
const MAX_SHOWN = 20;

export function statusText(status: StatusAnswer, nowMs: number, palette: Palette): string {
  const { doors, attempts, grants, bans } = status;
  const lines = [
    ...head(status, palette),
    ...section('doors', doors, palette, (list) => columns(list.map((door) => doorRow(door, palette)))),
    ...section('open', grants, palette, (list) => columns(list.map((grant) => grantRow(grant, nowMs)))),
    ...section('attempts', attempts, palette, (list) => columns(list.map(attemptRow))),
    ...section('banned', bans, palette, (list) => columns(list.map((ban) => banRow(ban, nowMs)))),
    '',
    ...counterLines(status.counters),
  ];
  return `${lines.join('\n')}\n`;
}

function head(status: StatusAnswer, { strong, good, bad }: Palette): readonly string[] {
  const { version, pid, uptimeMs, config, interfaces, journal } = status;
  const failed = config.failedReload;
  const lines = [
    `${strong('knockd')} ${version}, process ${pid}, up ${durationText(uptimeMs)} since ${localTime(status.startedAt)}`,
    `configuration ${config.file}, read ${localTime(config.loadedAt)}`,
    `listening on ${interfaces.map((each) => interfaceText(each, good, bad)).join(', ') || bad('nothing')}`,
    `journal ${journal.path}: ${journal.healthy ? good('well') : bad('cannot be written')}`,
  ];
  if (failed === null) return lines;
  const what = `${failed.errors} ${failed.errors === 1 ? 'error' : 'errors'}`;
  return [...lines, bad(`the file had ${what} at ${localTime(failed.at)}: that reload changed nothing`)];
}

function interfaceText(
  { name, state }: InterfaceStatus,
  good: (text: string) => string,
  bad: (text: string) => string,
): string {
  return state === 'listening' ? good(name) : bad(`${name} (waiting for it)`);
}

function section<T>(
  title: string,
  { count, shown }: Listed<T>,
  { strong, dim }: Palette,
  body: (shown: readonly T[]) => readonly string[],
): readonly string[] {
  const list = shown.slice(0, MAX_SHOWN);
  const left = count - list.length;
  const more = left > 0 ? [dim(`  and ${left} more`)] : [];
  return ['', `${strong(title)}: ${count}`, ...body(list).map((line) => `  ${line}`), ...more];
}

function doorRow(door: DoorStatus, { good, bad }: Palette): readonly string[] {
  const state = door.state === 'on' ? good('on') : bad(`off${door.why === undefined ? '' : `: ${door.why}`}`);
  return [door.name, state, doorText(door)];
}

function grantRow({ door, source, phase, endsAt }: GrantStatus, nowMs: number): readonly string[] {
  return [source, door, phase === 'open' ? leftText(endsAt, nowMs) : phase];
}

function attemptRow({ source, doors, stage, ageMs }: AttemptStatus): readonly string[] {
  return [source, doors.join(' or '), `stage ${stage}, ${durationText(ageMs)} old`];
}

function banRow({ prefix, by, endsAt }: BanStatus, nowMs: number): readonly string[] {
  return [prefix, by === 'hand' ? 'by hand' : 'scanned', leftText(endsAt, nowMs)];
}

function counterLines(counters: CounterStatus): readonly string[] {
  const { packetsReceived, packetsDropped, matches, timeouts, scans } = counters;
  const { opened, refreshed, closed, refused, spaRefused, commandsStarted, commandsFailed } = counters;
  return [
    `packets   ${packetsReceived} received, ${packetsDropped} dropped by the kernel`,
    `attempts  ${matches} matches, ${timeouts} timed out, ${scans} scans`,
    `doors     ${opened} opened, ${refreshed} refreshed, ${closed} closed, ${reasons(refused)} refused`,
    ...(Object.keys(spaRefused).length === 0 ? [] : [`packets   ${reasons(spaRefused)} of SPA refused`]),
    `commands  ${commandsStarted} started, ${reasons(commandsFailed)} failed`,
  ];
}

function reasons(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  const sum = entries.reduce((total, [, count]) => total + count, 0);
  if (sum === 0) return '0';
  return `${sum} (${entries.map(([reason, count]) => `${count} ${reason}`).join(', ')})`;
}
