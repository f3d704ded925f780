/** The replay file as it lies on the disk, read whole at the start. */

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isOurs } from '../base/durable-file.ts';
import { errnoName, OpError } from '../base/op-error.ts';
import { type ParsedReplayLine, parseReplayLine, REPLAY_HEADER, type ReplayRecord } from './replay-record.ts';

/** Many times what a full window needs; a larger file was not written by this program. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface ReplayContents {
  readonly records: readonly ReplayRecord[];
  /** The last line was cut off: its packet opened nothing, for that waits for the disk. */
  readonly isCut: boolean;
  /** What cannot be trusted; undefined when all is well. */
  readonly damage: string | undefined;
  /** Where the next line goes: behind the last whole one. */
  readonly tailBytes: number;
  /** When the file was last written, seconds since 1970-01-01 UTC. */
  readonly writtenS: number;
}

/** Undefined when there is no file. Throws OpError. */
export async function readReplayFile(path: string): Promise<ReplayContents | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || !isOurs(stats))
        throw new Error('not a regular file that only its owner can write to');
      if (stats.size > MAX_FILE_BYTES) throw new Error(`larger than ${MAX_FILE_BYTES} bytes`);
      return { ...parseReplayFile(await file.readFile('latin1')), writtenS: Math.ceil(stats.mtimeMs / 1000) };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (errnoName(cause) === 'ENOENT') return undefined;
    const hint = 'look at it; without this file, packets of the last minutes could be used again';
    throw new OpError({ op: 'read the replay file', target: path, cause, hint });
  }
}

/** `text` has a character a byte. Empty lines and NUL bytes (blocks that a power cut left unwritten) say nothing. */
export function parseReplayFile(text: string): Omit<ReplayContents, 'writtenS'> {
  const header = REPLAY_HEADER.trimEnd();
  const [first, ...rest] = text.split('\n');
  if (first !== header)
    return { records: [], isCut: false, damage: `it does not begin with '${header}'`, tailBytes: 0 };
  const lines = placed(rest, REPLAY_HEADER.length);
  const isCut = lines.at(-1)?.parsed.kind === 'cut';
  if (isCut) lines.pop();
  const records = lines.flatMap(({ parsed }) => (isRecord(parsed) ? [parsed] : []));
  const damaged = lines.find(({ parsed }) => !isRecord(parsed));
  const damage = damaged && `line ${damaged.number} is damaged`;
  return { records, isCut, damage, tailBytes: lines.at(-1)?.endBytes ?? REPLAY_HEADER.length };
}

interface PlacedLine {
  readonly number: number;
  readonly parsed: ParsedReplayLine;
  /** Behind its line break. */
  readonly endBytes: number;
}

function placed(lines: readonly string[], fromBytes: number): PlacedLine[] {
  const found: PlacedLine[] = [];
  let endBytes = fromBytes;
  for (const [at, line] of lines.entries()) {
    endBytes += line.length + 1;
    const text = line.replaceAll('\0', '');
    if (text !== '') found.push({ number: at + 2, parsed: parseReplayLine(text), endBytes });
  }
  return found;
}

function isRecord(line: ParsedReplayLine): line is ReplayRecord {
  return line.kind === 'packet' || line.kind === 'floor';
}
