/**
 * A log such as a small server's daemon writes in a week: people who come and go, scanners all day, two floods, a restart,
 * a reload that was refused. The same seed makes the same log.
 */

import type { LogFields, LogLevel } from '../../src/base/logger.ts';
import { jsonLine } from '../../src/log/line-format.ts';
import { minuteStamp } from '../../src/log/time-stamp.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

export interface MadeLine {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

export interface MadeLog {
  readonly seed: number;
  readonly startMs: number;
  readonly days: number;
  /** Scans on an ordinary day. */
  readonly scansADay?: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Person {
  readonly user: string;
  readonly source: string;
  readonly door: string;
  readonly by: 'spa' | 'sequence';
  readonly openMs: number;
  /** A day; spread over the working hours. */
  readonly times: number;
}

const PEOPLE: readonly Person[] = [
  { user: 'anna', source: '198.51.100.23', door: 'ssh', by: 'spa', openMs: 30 * MINUTE, times: 6 },
  { user: 'bilal', source: '203.0.113.80', door: 'ssh', by: 'spa', openMs: 30 * MINUTE, times: 3 },
  { user: 'bilal', source: '2001:db8:77:1::42', door: 'ssh', by: 'spa', openMs: 30 * MINUTE, times: 2 },
  { user: 'chiara', source: '192.0.2.145', door: 'vpn', by: 'sequence', openMs: 8 * HOUR, times: 1 },
  { user: 'dmitri', source: '198.51.100.200', door: 'vpn', by: 'sequence', openMs: 8 * HOUR, times: 1 },
  { user: 'backup', source: '203.0.113.9', door: 'backup', by: 'sequence', openMs: 2 * HOUR, times: 1 },
  { user: 'eve', source: '192.0.2.61', door: 'web-admin', by: 'sequence', openMs: 10 * MINUTE, times: 4 },
];

/** In order of time. */
export function madeLines({ seed, startMs, days, scansADay = 60 }: MadeLog): readonly MadeLine[] {
  const random = seededRandom(seed);
  const lines: MadeLine[] = [];
  const say = (atMs: number, level: LogLevel, message: string, fields?: LogFields) =>
    lines.push({ atMs: Math.floor(atMs), level, message, fields });
  say(startMs, 'notice', 'starting up, listening on eth0', { kind: 'started' });
  for (let day = 0; day < days; day++) {
    const dayMs = startMs + day * DAY;
    for (const person of PEOPLE) visits(person, dayMs, random, say);
    for (let n = 0; n < scansADay; n++) noise(dayMs + random.below(DAY), random, say);
  }
  flood(startMs + 0.55 * days * DAY, random, say);
  service(startMs, days, say);
  return lines.filter(({ atMs }) => atMs < startMs + days * DAY).toSorted((a, b) => a.atMs - b.atMs);
}

export function asJson({ atMs, level, message, fields }: MadeLine): string {
  return jsonLine(level, message, fields, new Date(atMs));
}

export function asText({ atMs, message }: MadeLine): string {
  return `[${minuteStamp(new Date(atMs))}] ${message}`;
}

type Say = (atMs: number, level: LogLevel, message: string, fields?: LogFields) => void;

function visits(person: Person, dayMs: number, random: SeededRandom, say: Say): void {
  const isWeekend = [0, 6].includes(new Date(dayMs).getUTCDay());
  const isBackup = person.user === 'backup';
  if (isWeekend && !isBackup && random.below(4) > 0) return;
  const from = isBackup ? 2 * HOUR : 7 * HOUR;
  const room = isBackup ? 5 * MINUTE : 11 * HOUR;
  for (let n = 0; n < person.times; n++) {
    visit(person, dayMs + from + (n * room) / person.times + random.below(room / person.times), random, say);
  }
}

function visit(
  { user, source, door, by, openMs }: Person,
  atMs: number,
  random: SeededRandom,
  say: Say,
): void {
  const about = { source, door };
  const prefix = `${source}: ${door}:`;
  if (by === 'spa') {
    if (random.oneIn(15)) {
      const text = `${prefix} SPA packet refused: its time is 412 s old, at most 120 s are allowed`;
      say(atMs - MINUTE, 'notice', text, { ...about, kind: 'spa-refused', reason: 'clock-skew' });
    }
    say(atMs, 'notice', `${prefix} SPA packet of '${user}' accepted`, { ...about, kind: 'spa-accepted' });
  } else {
    for (let stage = 1; stage <= 3; stage++) {
      say(atMs - 3 + stage, 'notice', `${prefix} Stage ${stage}`, { ...about, kind: 'stage', stage });
    }
    say(atMs, 'notice', `${prefix} OPEN SESAME`, { ...about, kind: 'opened', stage: 3 });
  }
  if (door === 'web-admin' && random.oneIn(9)) {
    const text = `${prefix} refused: its Allow_From does not name this address`;
    say(atMs, 'error', text, { ...about, kind: 'refused', reason: 'not-allowed' });
    return;
  }
  const endsAt = new Date(Math.floor(atMs) + openMs).toISOString();
  const until = endsAt.slice(11, 19);
  say(atMs + 2, 'notice', `${prefix} open until ${until}`, {
    ...about,
    kind: 'opened',
    reason: 'grant',
    endsAt,
  });
  const text = `${prefix} closing, its time is up`;
  say(atMs + openMs, 'notice', text, { ...about, kind: 'closing', reason: 'timeout' });
}

function noise(atMs: number, random: SeededRandom, say: Say): void {
  const source = stranger(random);
  const door = random.pick(['vpn', 'web-admin', 'backup']);
  const about = { source, door };
  switch (random.below(6)) {
    case 0:
    case 1:
    case 2: {
      say(atMs, 'notice', `${source}: ${door}: Stage 1`, { ...about, kind: 'stage', stage: 1 });
      const endsAt = new Date(Math.floor(atMs) + 10 * MINUTE).toISOString();
      const text = `${source}: scan: too many strays, its attempts are ended; banned for 600 s`;
      say(atMs + 90, 'warning', text, { source, kind: 'scan', stage: 4, endsAt });
      return;
    }
    case 3: {
      const text = `${source}: SPA packet refused: no key of this port made it`;
      say(atMs, 'info', text, { source, kind: 'spa-refused', reason: 'bad-hmac' });
      return;
    }
    default: {
      say(atMs, 'notice', `${source}: ${door}: Stage 1`, { ...about, kind: 'stage', stage: 1 });
      const text = `${source}: ${door}: sequence timeout (stage 1)`;
      say(atMs + 15_000, 'info', text, { ...about, kind: 'timeout', stage: 1 });
    }
  }
}

/** Some come again and again. */
function stranger(random: SeededRandom): string {
  if (random.oneIn(4)) return `203.0.113.${random.pick([17, 18, 44, 130, 131])}`;
  return random.oneIn(6)
    ? `2001:db8:bad::${random.below(65_536).toString(16)}`
    : `100.64.${random.below(4)}.${random.below(256)}`;
}

/** More than the log takes: the rest is a number. */
function flood(atMs: number, random: SeededRandom, say: Say): void {
  for (let n = 0; n < 400; n++) {
    const source = `100.${64 + random.below(64)}.${random.below(256)}.${random.below(256)}`;
    say(atMs + n * 100, 'notice', `${source}: vpn: Stage 1`, {
      source,
      door: 'vpn',
      kind: 'stage',
      stage: 1,
    });
  }
  for (let n = 0; n < 8; n++) {
    const count = 18_000 + random.below(4000);
    const text = `suppressed ${count} lines about stages of attempts`;
    say(atMs + n * 5000, 'warning', text, { kind: 'suppressed', reason: 'stage', count });
  }
  const text = 'the kernel dropped 1290 packets, they came faster than they could be read';
  say(atMs + 40_000, 'warning', text, { kind: 'packets-dropped', count: 1290 });
}

function service(startMs: number, days: number, say: Say): void {
  const reloadMs = startMs + 0.3 * days * DAY;
  say(reloadMs, 'notice', 're-reading config file: /etc/knockd.conf', { kind: 'reloading' });
  say(reloadMs, 'error', "/etc/knockd.conf:14:3: error: unknown key 'Opne'");
  say(reloadMs, 'error', 'the configuration stays as it was', { kind: 'not-reloaded' });
  say(reloadMs + 4 * MINUTE, 'notice', 're-reading config file: /etc/knockd.conf', { kind: 'reloading' });
  const restartMs = startMs + 0.8 * days * DAY;
  say(restartMs, 'notice', 'shutting down', { kind: 'stopping' });
  say(restartMs + 20_000, 'notice', 'starting up, listening on eth0', { kind: 'started' });
  const ban = { source: '203.0.113.128/25', kind: 'banned', endsAt: null };
  say(restartMs + HOUR, 'notice', '203.0.113.128/25: banned for ever, as asked', ban);
  say(restartMs + 2 * HOUR, 'warning', 'nftables: the guard was gone and is put up again');
}
