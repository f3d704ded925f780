/** From a door's section to a door: values, defaults and what must go together. */

import { allowFromValue } from './allow-from-value.ts';
import { closeValue } from './close-value.ts';
import { commandValue } from './command-value.ts';
import type { Door, DoorCommands } from './config.ts';
import { openingOf } from './door-opening.ts';
import { doorSequence } from './door-sequence.ts';
import { durationValue } from './duration-value.ts';
import type { Entries } from './entries.ts';
import type { Faults } from './faults.ts';
import type { DoorKey } from './keys.ts';
import type { Piece } from './piece.ts';
import { isPlainName } from './plain-text.ts';
import { quote } from './quote.ts';
import { targetValue } from './target-value.ts';
import { NO_FLAGS, tcpFlagsValue } from './tcp-flags-value.ts';

export interface DoorSection {
  readonly name: Piece;
  readonly entries: Entries<DoorKey>;
}

/** Names stand in every line of the log and in file names, which have 255 bytes. */
export const MAX_DOOR_NAME_BYTES = 128;

const DEFAULT_SEQ_TIMEOUT_MS = 25_000;
const DEFAULT_CMD_TIMEOUT_MS = 10_000;

/** A knock that takes longer than a day is none; the attempt table counts its times in 32 bits of milliseconds. */
const seqTimeout = durationValue({ unit: 's', leastMs: 1, greatestMs: 86_400_000 });

/** The greatest number of seconds that knockd takes, 68 years: some write it for `never`. */
const cmdTimeout = durationValue({ unit: 's', leastMs: 0, greatestMs: 2_147_483_647_000 });

/** The door, or undefined when it has no name or no sequence; every fault is reported. */
export function buildDoor({ name, entries }: DoorSection, faults: Faults): Door | undefined {
  const isNamed = isDoorName(name, faults);
  const ipv4 = commandsOf(entries, faults);
  const opening = openingOf(entries, faults);
  const sequence = doorSequence(name, entries, opening?.forMs, faults);
  const door = {
    name: name.text,
    seqTimeoutMs: entries.read('Seq_Timeout', seqTimeout, DEFAULT_SEQ_TIMEOUT_MS, faults),
    tcpFlags: entries.read('TCPFlags', tcpFlagsValue, NO_FLAGS, faults),
    target: entries.read('Target', targetValue, undefined, faults),
    ipv4,
    ipv6: ipv6CommandsOf(entries, ipv4, faults),
    cmdTimeoutMs: entries.read('Cmd_Timeout', cmdTimeout, DEFAULT_CMD_TIMEOUT_MS, faults),
    opening,
    closes: entries.read('Close', closeValue, [], faults),
    allowFrom: entries.read('Allow_From', allowFromValue, [], faults),
  };
  return isNamed && sequence !== undefined ? { ...door, sequence } : undefined;
}

function isDoorName(name: Piece, faults: Faults): boolean {
  if (name.text === '') {
    faults.report(
      name,
      'the section has no name',
      "write '[name]', or '[options]' for settings of the whole daemon",
    );
    return false;
  }
  if (Buffer.byteLength(name.text) > MAX_DOOR_NAME_BYTES) {
    faults.report(
      name,
      `${quote(name.text)} is too long`,
      `a door's name has at most ${MAX_DOOR_NAME_BYTES} bytes`,
    );
    return false;
  }
  return isPlainName(name, faults);
}

function commandsOf(entries: Entries<DoorKey>, faults: Faults): DoorCommands {
  return {
    start: entries.readEmptiable('Start_Command', commandValue, faults),
    stop: entries.readEmptiable('Stop_Command', commandValue, faults),
  };
}

/** A `_6` key that is there decides, even an empty one; else the command for IPv4 serves both. */
function ipv6CommandsOf(entries: Entries<DoorKey>, ipv4: DoorCommands, faults: Faults): DoorCommands {
  const start = entries.readEmptiable('Start_Command_6', commandValue, faults);
  const stop = entries.readEmptiable('Stop_Command_6', commandValue, faults);
  return {
    start: entries.has('Start_Command_6') ? start : ipv4.start,
    stop: entries.has('Stop_Command_6') ? stop : ipv4.stop,
  };
}
