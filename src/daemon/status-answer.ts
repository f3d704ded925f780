/** The answer to `status`, put together from the parts of the daemon. */

import { programVersion } from '../base/version.ts';
import {
  type AttemptStatus,
  type BanStatus,
  type DoorStatus,
  type GrantStatus,
  type Listed,
  MAX_LISTED,
  type StatusAnswer,
} from '../control/status.ts';
import type { AttemptView } from '../knock/attempt-list.ts';
import { formatIpAddress } from '../net/ip-address.ts';
import { formatPrefix } from '../net/prefix.ts';
import type { ControlHost } from './control-host.ts';
import { doorStatus } from './door-status.ts';
import type { LiveDoor } from './live-doors.ts';
import { endText, timeText } from './time-texts.ts';

/** Attempts that an answer shows: in a flood there are a million. */
const MAX_ATTEMPTS = 100;

export function statusAnswer(host: ControlHost, nowMs: number, showSecrets: boolean): StatusAnswer {
  const { configState, startedMs, watcher } = host;
  const { failedReload } = configState;
  return {
    kind: 'status',
    version: programVersion(),
    pid: process.pid,
    startedAt: timeText(startedMs),
    uptimeMs: Math.max(0, nowMs - startedMs),
    config: {
      file: configState.file,
      loadedAt: timeText(configState.loadedMs),
      failedReload:
        failedReload === undefined ? null : { at: timeText(failedReload.atMs), errors: failedReload.errors },
    },
    interfaces: watcher.interfaces.map(({ name, isListening }) => ({
      name,
      state: isListening ? 'listening' : 'waiting',
    })),
    doors: listDoors(host, showSecrets),
    attempts: listAttempts(host),
    grants: listGrants(host),
    bans: listBans(host),
    counters: host.counters.status(host.stats()),
    journal: host.journal,
  };
}

function listDoors(host: ControlHost, showSecrets: boolean): Listed<DoorStatus> {
  const { doors } = host.config;
  const live = showSecrets ? liveByName(host.watcher.doors) : undefined;
  const shown = doors
    .slice(0, MAX_LISTED)
    .map((door) => doorStatus(door, host, live === undefined ? undefined : (live.get(door.name) ?? [])));
  return { count: doors.length, shown };
}

/** Time-based doors have several. */
function liveByName(doors: readonly LiveDoor[]): ReadonlyMap<string, readonly LiveDoor[]> {
  const byName = new Map<string, LiveDoor[]>();
  for (const live of doors) {
    const { name } = live.door;
    const before = byName.get(name);
    if (before === undefined) byName.set(name, [live]);
    else before.push(live);
  }
  return byName;
}

function listAttempts({ watcher }: ControlHost): Listed<AttemptStatus> {
  const { count, newest } = watcher.attempts(MAX_ATTEMPTS);
  return { count, shown: newest.map((view) => attemptStatus(view, watcher.doors)) };
}

function attemptStatus(
  { source, doors, stage, ageMs }: AttemptView,
  live: readonly LiveDoor[],
): AttemptStatus {
  // Time-based doors have several sequences at a time.
  const names = new Set(doors.map((index) => live[index]?.door.name ?? ''));
  return { source: formatIpAddress(source), doors: [...names], stage, ageMs };
}

/** The last ones to be opened last. */
function listGrants(host: ControlHost): Listed<GrantStatus> {
  const { count, newest } = host.grants(MAX_LISTED);
  const shown = newest.map(({ door, source, phase, endsMs }) => ({
    door,
    source,
    phase,
    endsAt: endText(endsMs),
  }));
  return { count, shown };
}

function listBans({ watcher }: ControlHost): Listed<BanStatus> {
  const { count, newest } = watcher.bans(MAX_LISTED);
  const shown = newest.map(({ prefix, by, endMs }) => ({
    prefix: formatPrefix(prefix),
    by,
    endsAt: endText(endMs),
  }));
  return { count, shown };
}
