/**
 * A process of its own on a test host that captures and prints what it sees, a line each: `packet PROTOCOL DESTINATION PORT`, `long BYTES`,
 * `log LEVEL MESSAGE`, `own ADDRESSES`, `names NAMES`, `error CODE HINT`. Arguments: the interfaces (`auto`, `default`, `any` or names) and,
 * after that, the UDP and TCP ports that the filter passes; none means every packet. Commands come on standard input:
 * `stats`, `ports PORT...`, `snap BYTES PORT...`, `block MS`, `close`.
 */

import { createInterface } from 'node:readline';
import { OpError } from '../../src/base/op-error.ts';
import { CaptureSet, type FilterMaker } from '../../src/capture/capture-set.ts';
import type { FrameBatch } from '../../src/capture/frame-batch.ts';
import { formatIpAddress, formatWords } from '../../src/net/ip-address.ts';
import { decodeFrame } from '../../src/packet/decode-frame.ts';
import { PacketFields } from '../../src/packet/packet-fields.ts';
import { DECODED } from '../../src/packet/reason.ts';

const SNAP_LENGTH_BYTES = 256;
/** No packet of a knock is longer. */
const LONG_BYTES = 200;
const UDP = 17;

const [interfaces = 'any', ...ports] = process.argv.slice(2);
const fields = new PacketFields();

const set = new CaptureSet({
  interfaces: choice(interfaces),
  log: { log: (level, message) => say(`log ${level} ${message}`) },
  onBatch: showBatch,
  ringsBytes: 8 << 20,
  onAddresses: (own) => say(`own ${own.map(formatIpAddress).join(' ')}`),
  filter: filterFor(ports.map(Number)),
});

try {
  set.start();
  say(`names ${set.names.join(' ')}`);
  createInterface(process.stdin).on('line', obey);
} catch (error) {
  if (!(error instanceof OpError)) throw error;
  say(`error ${error.code} ${error.hint}`);
}

function choice(text: string) {
  if (text === 'any' || text === 'auto' || text === 'default') return { kind: text } as const;
  return { kind: 'named', names: text.split(',') } as const;
}

function filterFor(wanted: readonly number[], snapLengthBytes = SNAP_LENGTH_BYTES): FilterMaker {
  const isAll = wanted.length === 0;
  return (own) => ({
    synStrays: isAll,
    udpStrays: isAll,
    tcp: [{ mask: 0x12, value: 0x02, ports: wanted }],
    udp: wanted,
    ignore: [],
    addresses: isAll ? undefined : own,
    ipv6: true,
    snapLengthBytes,
  });
}

function showBatch({ view, frames, linkType }: FrameBatch): void {
  for (let i = 0; i < frames.count; i++) {
    const length = frames.lengths[i]!;
    if (decodeFrame(view, frames.starts[i]!, length, linkType, fields) !== DECODED) continue;
    const { dst0, dst1, dst2, dst3, dstPort, protocol } = fields;
    const destination = formatWords(dst0, dst1, dst2, dst3);
    if (length > LONG_BYTES) say(`long ${length}`);
    say(`packet ${protocol === UDP ? 'udp' : 'tcp'} ${destination} ${dstPort}`);
  }
}

function obey(line: string): void {
  const [command = '', ...values] = line.split(' ');
  if (command === 'ports') set.setFilter(filterFor(values.map(Number)));
  else if (command === 'snap') set.setFilter(filterFor(values.slice(1).map(Number), Number(values[0])));
  else if (command === 'block') block(Number(values[0]));
  else if (command === 'close') set.close();
  const { received, dropped } = set.stats();
  say(`done ${command} ${received} ${dropped}`);
  if (command === 'close') process.stdin.destroy();
}

/** Says so first, so that the test can send while nothing is read. */
function block(ms: number): void {
  say('blocked');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
