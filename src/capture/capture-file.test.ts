import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { OpError } from '../base/op-error.ts';
import { readCaptureFile } from './capture-file.ts';

const ETHERNET = 1;
const MICROSECOND_MAGIC = 0xa1b2c3d4;
const NANOSECOND_MAGIC = 0xa1b23c4d;

interface Packet {
  readonly seconds: number;
  readonly microseconds: number;
  readonly bytes: Uint8Array;
}

interface Written extends Packet {
  readonly wireLength: number;
}

interface Read {
  readonly packets: readonly Packet[];
  readonly linkTypes: ReadonlySet<number>;
  readonly error: unknown;
}

const folder = mkdtempSync(join(tmpdir(), 'postern-'));
after(() => rmSync(folder, { recursive: true }));

const PACKETS: readonly Written[] = [
  { seconds: 1_700_000_000, microseconds: 1, bytes: Uint8Array.of(1, 2, 3), wireLength: 3 },
  { seconds: 1_700_000_000, microseconds: 999_999, bytes: new Uint8Array(60).fill(7), wireLength: 1500 },
  { seconds: 4_000_000_000, microseconds: 0, bytes: new Uint8Array(0), wireLength: 0 },
];
const SEEN = PACKETS.map(({ wireLength: _, ...seen }): Packet => seen);

test('pcap files of either byte order and resolution give the same packets', () => {
  for (const little of [true, false]) {
    for (const magic of [MICROSECOND_MAGIC, NANOSECOND_MAGIC]) {
      const { packets, linkTypes, error } = read(pcapFile(PACKETS, little, magic));
      assert.equal(error, undefined);
      assert.deepEqual(packets, SEEN, `little ${little}, magic ${magic.toString(16)}`);
      assert.deepEqual([...linkTypes], [ETHERNET]);
    }
  }
});

test('a pcapng file gives the same packets', () => {
  const { packets, linkTypes, error } = read(pcapngFile(PACKETS, ETHERNET));
  assert.equal(error, undefined);
  assert.deepEqual(packets, SEEN);
  assert.deepEqual([...linkTypes], [ETHERNET]);
});

test('batches add up to all packets, however many and long', () => {
  const many = Array.from({ length: 3000 }, (_, i): Written => {
    const bytes = new Uint8Array(i % 100 === 0 ? 200_000 : i % 97).fill(i);
    return { seconds: i, microseconds: i, bytes, wireLength: bytes.length };
  });
  const { packets, error } = read(pcapFile(many, true, MICROSECOND_MAGIC));
  assert.equal(error, undefined);
  assert.equal(packets.length, many.length);
  assert.ok(packets.every(({ bytes }, i) => Buffer.compare(bytes, many[i]!.bytes) === 0));
});

test('a file without packets gives none', () => {
  const { packets, error } = read(pcapFile([], true, MICROSECOND_MAGIC));
  assert.deepEqual({ packets, error }, { packets: [], error: undefined });
});

test('a file that ends within a packet gives what came before, then an error', () => {
  const whole = pcapFile(PACKETS.slice(0, 2), true, MICROSECOND_MAGIC);
  const { packets, error } = read(whole.subarray(0, whole.length - 1));
  assert.deepEqual(packets, SEEN.slice(0, 1));
  assert.ok(error instanceof OpError);
  assert.match(error.message, /^failed to read the capture file '.*': truncated/);
});

test('a packet of impossible length gives what came before, then an error', () => {
  const file = pcapFile(PACKETS.slice(0, 2), true, MICROSECOND_MAGIC);
  file.writeUInt32LE(0xffff_fff0, 24 + 16 + 3 + 8);
  const { packets, error } = read(file);
  assert.deepEqual(packets, SEEN.slice(0, 1));
  assert.ok(error instanceof OpError);
});

test('what is no capture file is refused with a hint', () => {
  for (const content of ['', 'root:x:0:0', '\0'.repeat(100)]) {
    const { packets, error } = read(Buffer.from(content));
    assert.equal(packets.length, 0);
    assert.ok(error instanceof OpError);
    assert.match(error.message, /^failed to open the capture file/);
    assert.match(error.hint ?? '', /pcap or pcapng/);
  }
});

test('a file that is not there is named once', () => {
  assert.throws(
    () => readCaptureFile('/nonexistent/a.pcap', () => {}),
    new OpError({
      op: 'open the capture file',
      target: '/nonexistent/a.pcap',
      cause: new Error('No such file or directory'),
    }),
  );
});

test('what the reader of a batch throws comes out', () => {
  const path = join(folder, 'thrown.pcap');
  writeFileSync(path, pcapFile(PACKETS, true, MICROSECOND_MAGIC));
  const fault = new Error('enough');
  const enough = () => {
    throw fault;
  };
  assert.throws(() => readCaptureFile(path, enough), fault);
});

function read(content: Uint8Array): Read {
  const path = join(folder, 'test.pcap');
  writeFileSync(path, content);
  const packets: Packet[] = [];
  const linkTypes = new Set<number>();
  try {
    readCaptureFile(path, ({ view, frames, linkType }) => {
      for (let i = 0; i < frames.count; i++) {
        const start = view.byteOffset + frames.starts[i]!;
        packets.push({
          seconds: frames.seconds[i]!,
          microseconds: frames.microseconds[i]!,
          bytes: Uint8Array.from(new Uint8Array(view.buffer, start, frames.lengths[i]!)),
        });
      }
      linkTypes.add(linkType);
    });
  } catch (error) {
    return { packets, linkTypes, error };
  }
  return { packets, linkTypes, error: undefined };
}

/** https://www.tcpdump.org/manpages/pcap-savefile.5.html */
function pcapFile(packets: readonly Written[], little: boolean, magic: number): Buffer {
  const ticks = magic === NANOSECOND_MAGIC ? 1000 : 1;
  const header = [words(little, magic), halves(little, 2, 4), words(little, 0, 0, 262_144, ETHERNET)];
  const records = packets.flatMap(({ seconds, microseconds, bytes, wireLength }) => [
    words(little, seconds, microseconds * ticks, bytes.length, wireLength),
    bytes,
  ]);
  return Buffer.concat([...header, ...records]);
}

/** draft-ietf-opsawg-pcapng: one section, one interface, enhanced packets in microseconds. */
function pcapngFile(packets: readonly Written[], linkType: number): Buffer {
  const section = Buffer.concat([
    words(true, 0x1a2b3c4d),
    halves(true, 1, 0),
    words(true, 0xffff_ffff, 0xffff_ffff),
  ]);
  const device = Buffer.concat([halves(true, linkType, 0), words(true, 262_144)]);
  const blocks = packets.map(({ seconds, microseconds, bytes, wireLength }) => {
    const time = BigInt(seconds) * 1_000_000n + BigInt(microseconds);
    const stamp = words(true, Number(time >> 32n), Number(time & 0xffff_ffffn));
    return Buffer.concat([words(true, 0), stamp, words(true, bytes.length, wireLength), bytes]);
  });
  return Buffer.concat([
    block(0x0a0d0d0a, section),
    block(1, device),
    ...blocks.map((each) => block(6, each)),
  ]);
}

function block(type: number, body: Uint8Array): Buffer {
  const padding = new Uint8Array((4 - (body.length % 4)) % 4);
  const length = words(true, 12 + body.length + padding.length);
  return Buffer.concat([words(true, type), length, body, padding, length]);
}

function words(little: boolean, ...values: readonly number[]): Buffer {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  for (const [i, value] of values.entries()) bytes.setUint32(i * 4, value, little);
  return Buffer.from(bytes.buffer);
}

function halves(little: boolean, ...values: readonly number[]): Buffer {
  const bytes = new DataView(new ArrayBuffer(values.length * 2));
  for (const [i, value] of values.entries()) bytes.setUint16(i * 2, value, little);
  return Buffer.from(bytes.buffer);
}
