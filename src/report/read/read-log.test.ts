import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { LogEvent } from './log-event.ts';
import { type LogInput, readLog } from './read-log.ts';

const NOW_MS = Date.UTC(2026, 10, 25);

function line(second: number): string {
  const time = new Date(Date.UTC(2026, 10, 20, 0, 0, second)).toISOString();
  return JSON.stringify({ time, level: 'notice', message: 'm', source: `192.0.2.${second}`, kind: 'stage' });
}

function input(name: string, bytes: Buffer | string, chunkBytes = 1000): LogInput {
  const all = Buffer.from(bytes);
  const chunks = Array.from({ length: Math.ceil(all.length / chunkBytes) }, (_, at) =>
    all.subarray(at * chunkBytes, (at + 1) * chunkBytes),
  );
  return { name, isPipe: false, open: () => Readable.from(chunks) };
}

async function read(...inputs: readonly LogInput[]) {
  const events: LogEvent[] = [];
  const totals = await readLog(inputs, { take: (event) => events.push(event), nowMs: NOW_MS });
  return { totals, sources: events.map(({ source }) => source?.slice('192.0.2.'.length)) };
}

test('files are read in the order of their times, packed or not', async () => {
  const { sources, totals } = await read(
    input('log', `${line(5)}\n${line(6)}\n`),
    input('log.1', `${line(3)}\n${line(4)}\n`),
    input('log.2.gz', gzipSync(`${line(1)}\n${line(2)}\n`)),
  );
  assert.deepEqual(sources, ['1', '2', '3', '4', '5', '6']);
  assert.deepEqual(totals.inputs, ['log.2.gz', 'log.1', 'log']);
  assert.equal(totals.backwards.count, 0);
});

test('however the bytes come in, the lines are the same', async () => {
  const text = `${line(1)}\r\n\n${line(2)}\n${line(3)}`;
  for (const size of [1, 2, 7, 1000]) {
    assert.deepEqual((await read(input('log', text, size))).sources, ['1', '2', '3'], `${size}`);
    assert.deepEqual((await read(input('log', gzipSync(text), size))).sources, ['1', '2', '3'], `gz ${size}`);
  }
});

test('what cannot be read is counted, with its first place', async () => {
  const text = [line(1), '{"time":"2026', '\0\0', line(2), 'sshd: hello', 'x'.repeat(100_000), line(3)].join(
    '\n',
  );
  const { sources, totals } = await read(input('log', text));
  assert.deepEqual(sources, ['1', '2', '3']);
  assert.deepEqual(totals.unreadable, { count: 3, first: 'log:2' });
  assert.deepEqual(totals.foreign, { count: 1, first: 'log:5' });
  assert.equal(totals.lines, 7);
});

test('a packed file that is cut off gives what is there, and is told', async () => {
  const lines = Array.from({ length: 2000 }, (_, at) => line(at % 60)).join('\n');
  const packed = gzipSync(lines);
  const { sources, totals } = await read(input('log.gz', packed.subarray(0, packed.length - 30)));
  assert.ok(sources.length > 100, `${sources.length}`);
  assert.equal(totals.damaged.length, 1);
  assert.match(totals.damaged[0] ?? '', /^log\.gz: unexpected end of file/);
});

test('a clock that is set back is told, with the widest step', async () => {
  const { sources, totals } = await read(input('log', [line(50), line(20), line(21), line(10)].join('\n')));
  assert.equal(sources.length, 4);
  assert.deepEqual(totals.backwards, { count: 2, first: 'log:2', largestMs: 30_000 });
});

test('an input that ends with an error is told, and the others are read', async () => {
  const broken: LogInput = {
    name: 'broken',
    isPipe: false,
    open: () =>
      Readable.from(
        (async function* () {
          yield Buffer.from(`${line(1)}\n`);
          throw new Error('EIO: i/o error');
        })(),
      ),
  };
  const { sources, totals } = await read(broken, input('log', line(2)));
  assert.deepEqual(sources, ['1', '2']);
  assert.deepEqual(totals.damaged, ['broken: EIO: i/o error']);
});

test('what Node does not unpack is refused, with the program that does', async () => {
  const xz = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2, 3]);
  await assert.rejects(read(input('log.xz', xz)), { message: 'it is packed with xz', unpack: 'xzcat' });
});

test('nothing gives nothing', async () => {
  assert.equal((await read(input('log', ''))).totals.lines, 0);
});
