/**
 * The phrases of the log, knockd's own among them, to what they tell. Lines that hold what strangers chose (a host's name,
 * a command's output, a user's name) are read from their beginning, so that no such text can pass for another line.
 */

import { closeReasonOf, refusalReasonOf } from './grant-reasons.ts';
import type { Told } from './log-event.ts';
import { spaReasonOf } from './spa-reasons.ts';

/** `192.0.2.7: `, `192.0.2.0/24: `, `192.0.2.7 (host.example): `; the name of a host has no blanks. */
const LABEL = /^(?=[^ ]*[.:][^ ]*)([0-9A-Fa-f:.]{2,45}(?:\/\d{1,3})?)(?: \(\S+\))?: /;

/** Undefined for what is no phrase of the daemon's. */
export function readPhrase(message: string): Told | undefined {
  const label = LABEL.exec(message);
  if (label === null) return readOwn(message);
  const source = label[1] ?? '';
  const rest = message.slice(label[0].length);
  const told = readAboutSource(rest) ?? readAboutDoor(rest);
  return told === undefined ? undefined : { source, ...told };
}

/** Of a source, and no door. */
function readAboutSource(rest: string): Told | undefined {
  if (rest.startsWith('scan: too many strays')) return { kind: 'scan', ...banOf(rest) };
  if (rest.startsWith('SPA packet refused: ')) return spaRefused(rest);
  if (rest.startsWith('banned ') && rest.endsWith(', as asked')) return handBan(rest);
  if (rest === 'no longer banned, as asked') return { kind: 'unbanned' };
  return strange(rest);
}

function readAboutDoor(rest: string): Told | undefined {
  const colon = rest.indexOf(': ');
  if (colon <= 0) return undefined;
  const told = readOfDoor(rest.slice(colon + 2));
  return told === undefined ? undefined : { door: rest.slice(0, colon), ...told };
}

function readOfDoor(said: string): Told | undefined {
  if (said.startsWith('Stage ')) return { kind: 'stage' };
  if (said === 'OPEN SESAME') return { kind: 'match' };
  if (said.startsWith('sequence timeout (stage ')) return { kind: 'timeout' };
  if (said.startsWith('scan: too many strays')) return { kind: 'scan', ...banOf(said) };
  if (said.startsWith('SPA packet ')) return readSpa(said);
  return readGrant(said) ?? strange(said);
}

function readSpa(said: string): Told | undefined {
  if (said.startsWith('SPA packet refused: ')) return spaRefused(said);
  const user = /^SPA packet of '(.*)' accepted(?:, its clock is [+-]\d+ s off)?$/.exec(said)?.[1];
  return user === undefined ? undefined : { kind: 'spa-accepted', user };
}

function readGrant(said: string): Told | undefined {
  const reason = closeReasonOf(said);
  if (reason !== undefined) return { kind: 'closing', reason };
  if (said.startsWith('open until ')) return { kind: 'opened', reason: 'grant' };
  if (said === 'open already, its time begins anew') return { kind: 'refreshed', reason: 'open' };
  if (said === 'it is being opened already') return { kind: 'refreshed', reason: 'opening' };
  if (said === 'opens again once it is closed') return { kind: 'note' };
  if (said.startsWith('refused: ')) return { kind: 'refused', reason: refusalReasonOf(said.slice(9)) };
  if (said.startsWith('could not be opened')) return { kind: 'failed', reason: 'firewall-failed' };
  if (said.startsWith('it could not be closed')) return { kind: 'close-delayed' };
  if (said.startsWith('still open until ')) return { kind: 'restored' };
  if (said === 'stays open, as it has no end') return { kind: 'kept', reason: 'forever' };
  if (said === 'left to the next start to close') return { kind: 'kept' };
  return undefined;
}

/** Lines that begin with no source. */
function readOwn(message: string): Told | undefined {
  const colon = message.indexOf(': ');
  return readDaemon(message) ?? (colon <= 0 ? undefined : readCommand(message, colon));
}

function readCommand(message: string, colon: number): Told | undefined {
  const door = message.slice(0, colon);
  const said = message.slice(colon + 2);
  if (said.startsWith('running command: ')) return { kind: 'command-started', door };
  if (said.startsWith('command output: ')) return { kind: 'command-output', door };
  if (said.startsWith('command returned non-zero status code (')) {
    return { kind: 'command-failed', door, reason: 'failed-status' };
  }
  if (said.startsWith('command killed, ')) return { kind: 'command-failed', door, reason: 'time-limit' };
  if (said.startsWith('command could not be run')) {
    return { kind: 'command-failed', door, reason: 'could-not-start' };
  }
  return said.startsWith('the door is off, ') ? { kind: 'door-off', door } : undefined;
}

function readDaemon(message: string): Told | undefined {
  if (message.startsWith('starting up, listening on ')) return { kind: 'started' };
  if (message === 'shutting down') return { kind: 'stopping' };
  if (message.startsWith('re-reading config file: ')) return { kind: 'reloading' };
  if (message === 'the configuration stays as it was') return { kind: 'not-reloaded' };
  return readLosses(message);
}

function readLosses(message: string): Told | undefined {
  const left = /^suppressed (\d+) lines about (.+)$/.exec(message);
  if (left !== null) return { kind: 'suppressed', count: Number(left[1]), reason: left[2] ?? '' };
  const dropped = /^the kernel dropped (\d+) packets,/.exec(message);
  if (dropped !== null) return { kind: 'packets-dropped', count: Number(dropped[1]) };
  const lost = /^(\d+) log lines were lost,/.exec(message);
  return lost === null ? undefined : { kind: 'lines-lost', count: Number(lost[1]) };
}

function spaRefused(said: string): Told {
  return { kind: 'spa-refused', reason: spaReasonOf(said.slice('SPA packet refused: '.length)) };
}

function handBan(rest: string): Told {
  const until = /^banned until (\S+), as asked$/.exec(rest)?.[1];
  return { kind: 'banned', endsMs: until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until) };
}

/** The length of a scanner's ban is in the text; its end is the reader's to add. */
function banOf(said: string): { readonly count?: number } {
  const seconds = /; banned for ([\d.]+) s$/.exec(said)?.[1];
  return seconds === undefined ? {} : { count: Number(seconds) };
}

/** What -D tells of packets. */
const STRANGE =
  /^(wrong step|stray|duplicate|held|banned|other TCP flags|other destination|later step without the first)\b/;

function strange(said: string): Told | undefined {
  const reason = STRANGE.exec(said)?.[1];
  return reason === undefined ? undefined : { kind: 'strange', reason };
}
