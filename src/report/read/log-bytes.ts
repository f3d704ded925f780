/** The bytes of a log, unpacked: what is packed is known by its first bytes, whatever its name. */

import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The longest of the signatures below. */
const SNIFFED_BYTES = 6;

const GZIP = Buffer.from([0x1f, 0x8b]);

/** What Node of every supported line cannot unpack. */
const OTHER_PACKERS = [
  { name: 'xz', first: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), unpack: 'xzcat' },
  { name: 'zstd', first: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpack: 'zstdcat' },
  { name: 'bzip2', first: Buffer.from('BZh'), unpack: 'bzcat' },
] as const;

export class PackedError extends Error {
  /** The program that unpacks it to its standard output. */
  readonly unpack: string;

  constructor(name: string, unpack: string) {
    super(`it is packed with ${name}`);
    this.unpack = unpack;
  }
}

/** Rejects with the system's or zlib's error where the input ends badly, after all that could be read. */
export async function* logBytes(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = input[Symbol.asyncIterator]();
  const head = await headOf(chunks);
  const other = OTHER_PACKERS.find(({ first }) => startsWith(head, first));
  if (other !== undefined) throw new PackedError(other.name, other.unpack);
  const all = rejoined(head, chunks);
  if (!startsWith(head, GZIP)) yield* all;
  else yield* unpacked(all);
}

/** The first chunks, as many as hold the signatures. */
async function headOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < SNIFFED_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* rejoined(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

async function* unpacked(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(packed, { objectMode: false });
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } finally {
    source.destroy();
  }
}

function startsWith(bytes: Buffer, first: Buffer): boolean {
  return bytes.subarray(0, first.length).equals(first);
}
