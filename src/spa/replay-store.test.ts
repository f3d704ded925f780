/** The replay cache on real files: restarts, cut and damaged lines, foreign files, disks that refuse. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NOW_S } from '../../test/support/spa-yard.ts';
import { OpError } from '../base/op-error.ts';
import { digestText } from './digest.ts';
import { formatReplayRecord, REPLAY_HEADER, REPLAY_LINE_BYTES } from './replay-record.ts';
import { ReplayStore } from './replay-store.ts';

interface Told {
  readonly level: string;
  readonly message: string;
}

function bench(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'postern-replay-'));
  const path = join(directory, 'spa.replay');
  const told: Told[] = [];
  const stores: ReplayStore[] = [];
  t.after(async () => {
    for (const store of stores) await store.close();
    rmSync(directory, { recursive: true });
  });
  const open = async (nowS = NOW_S, reserveBytes = 4096) => {
    const log = { log: (level: string, message: string) => void told.push({ level, message }) };
    const store = await ReplayStore.open({ path, nowS, maxAgeS: 120, log, reserveBytes });
    stores.push(store);
    return store;
  };
  return { directory, path, told, open };
}

function seen(name: string | number, timeS = NOW_S) {
  const digest = digestText('sha256', String(name));
  return { timeS, fingerprint: Buffer.from(digest).readInt32LE(0), digest };
}

/** A file as it lies there after these packets, closed. */
async function closedFile(t: TestContext, count: number) {
  const yard = bench(t);
  const store = await yard.open();
  for (let i = 0; i < count; i++) store.add(seen(i), NOW_S);
  assert.ok((await store.written()).ok);
  await store.close();
  return yard;
}

const used = (path: string) => readFileSync(path, 'utf8').trimEnd();

test('what was written is there after a restart', async (t) => {
  const { path, told, open } = await closedFile(t, 3);
  assert.equal(statSync(path).mode & 0o7777, 0o600);
  const store = await open();
  for (const i of [0, 1, 2]) {
    assert.ok(store.mayHold(seen(i).fingerprint));
    assert.ok(store.holds(seen(i).digest));
  }
  assert.equal(store.holds(seen(3).digest), false);
  assert.deepEqual([store.size, store.floorS, told.length], [3, 0, 0]);
});

test('a packet counts at once, and is on the disk when written says so', async (t) => {
  const { path, open } = bench(t);
  const store = await open();
  store.add(seen('a'), NOW_S);
  assert.ok(store.holds(seen('a').digest));
  assert.ok((await store.written()).ok);
  assert.ok(used(path).includes(seen('a').digest));
  assert.ok((await store.written()).ok, 'with nothing to write');
});

test('many packets and waiters at once are all on the disk when they are told so', async (t) => {
  const { path, open } = bench(t);
  const store = await open();
  const all = Array.from({ length: 500 }, (_, i) => i);
  await Promise.all(
    all.map(async (i) => {
      if (i % 7 === 0) await Promise.resolve();
      store.add(seen(i), NOW_S);
      assert.ok((await store.written()).ok);
      assert.ok(readFileSync(path, 'utf8').includes(seen(i).digest), `packet ${i}`);
    }),
  );
});

test('the file is bounded, and the floor outlives what was forgotten', async (t) => {
  const { path, open } = bench(t);
  const store = await open();
  let nowS = NOW_S;
  for (let i = 0; i < 5000; i++) {
    nowS += 120;
    store.add(seen(i, nowS), nowS);
    if (i % 50 === 0) assert.ok((await store.written()).ok);
  }
  assert.ok((await store.written()).ok);
  assert.ok(store.size <= 1500, `${store.size} are remembered`);
  assert.ok(statSync(path).size < 3 * 1500 * REPLAY_LINE_BYTES + 2 * 4096);
  const { floorS } = store;
  assert.ok(floorS > NOW_S);
  await store.close();
  const next = await open(nowS);
  assert.equal(next.floorS, floorS);
  assert.ok(next.isForgotten(seen(0, NOW_S + 120).timeS));
});

for (const cut of [1, 2, 20, REPLAY_LINE_BYTES - 1]) {
  test(`a last line that was cut off after ${cut} bytes is skipped, all others count`, async (t) => {
    const { path, told, open } = await closedFile(t, 3);
    truncateSync(
      path,
      used(path).length - (REPLAY_LINE_BYTES - 1) + cut - (cut === REPLAY_LINE_BYTES - 1 ? 1 : 0),
    );
    if (cut % 2 === 0) appendFileSync(path, '\n\n\n\0\0\0\n');
    const store = await open();
    assert.deepEqual([store.holds(seen(0).digest), store.holds(seen(1).digest)], [true, true]);
    assert.equal(store.holds(seen(2).digest), false);
    assert.equal(store.floorS, 0);
    assert.match(told.map(({ level, message }) => `${level} ${message}`).join(), /^notice .*was cut off/);
  });
}

/** What must not be believed: name, and what is done to the file. */
const DAMAGES: readonly (readonly [string, (text: string) => string | Buffer])[] = [
  ['an empty file', () => ''],
  ['line breaks only', () => '\n\n\n'],
  ['another program', () => 'hello\n'],
  ['another version', (text) => text.replace('postern-replay 1', 'postern-replay 2')],
  ['random bytes', () => Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255))],
  ['a digit changed', (text) => text.replace(`p ${NOW_S}`, `p ${NOW_S - 9}`)],
  ['a line in the middle cut short', (text) => text.replace(seen(1).digest, seen(1).digest.slice(9))],
  ['two lines run together', (text) => text.replace(/\np/g, 'p')],
  [
    'a changed last line of full length',
    (text) => text.trimEnd().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
  ],
  [
    'zeros over a line',
    (text) => text.replace(/p .*/, (line) => `${line.slice(0, 9)}${'\0'.repeat(30)}${line.slice(39)}`),
  ],
];

for (const [name, damage] of DAMAGES) {
  test(`a damaged file is kept aside, and what could have been in it is refused: ${name}`, async (t) => {
    const { directory, path, told, open } = await closedFile(t, 3);
    const damaged = damage(readFileSync(path, 'utf8'));
    writeFileSync(path, damaged);
    const writtenS = Math.ceil(statSync(path).mtimeMs / 1000);
    const store = await open();
    const floorS = Math.max(NOW_S, writtenS) + 120;
    assert.equal(store.floorS, floorS);
    for (const i of [0, 1, 2]) assert.ok(store.holds(seen(i).digest) || store.isForgotten(seen(i).timeS));
    assert.ok(store.isForgotten(floorS));
    assert.equal(store.isForgotten(floorS + 1), false);
    const aside = readdirSync(directory).find((each) => each.includes('.damaged-'));
    assert.ok(aside !== undefined);
    assert.deepEqual(readFileSync(join(directory, aside)), Buffer.from(damaged));
    const errors = told.filter(({ level }) => level === 'error').map(({ message }) => message);
    assert.match(errors.join(), /is damaged: .*; packets made until .* are refused, the file is kept as/);
    await store.close();
    assert.equal((await open()).floorS, floorS, 'the next start remembers');
  });
}

test('no file is an empty cache, without a word', async (t) => {
  const { told, open } = bench(t);
  const store = await open();
  assert.deepEqual([store.size, store.floorS, told.length], [0, 0, 0]);
});

const FOREIGN: readonly (readonly [string, (path: string) => void])[] = [
  ['a directory', (path) => mkdirSync(path)],
  ['a symbolic link', (path) => symlinkSync('/etc/hostname', path)],
  [
    'a file that others may write',
    (path) => {
      writeFileSync(path, REPLAY_HEADER);
      chmodSync(path, 0o666);
    },
  ],
];

for (const [name, make] of FOREIGN) {
  test(`the start is refused for ${name}`, async (t) => {
    const { path, open } = bench(t);
    make(path);
    await assert.rejects(open(), (error) => error instanceof OpError && error.target === path);
  });
}

test('the start is refused where the directory is missing', async (t) => {
  const { directory, open } = bench(t);
  rmSync(directory, { recursive: true });
  await assert.rejects(open(), OpError);
  mkdirSync(directory);
});

test('on a full disk whoever waits is told, the packet stays used, trouble and recovery are told once', async (t) => {
  const { path, told, open } = bench(t);
  const store = await open(NOW_S, 256);
  const addOne = (name: string) => {
    store.add(seen(name), NOW_S);
    return store.written();
  };
  const results: boolean[] = [];
  limitFileSize(t, 1024);
  for (let i = 0; i < 20; i++) results.push((await addOne(`full ${i}`)).ok);
  assert.equal(results[0], true, 'space was taken in advance');
  assert.equal(results.at(-1), false);
  assert.ok(store.holds(seen('full 19').digest), 'it is used up all the same');
  limitFileSize(t, 'unlimited');
  assert.ok((await addOne('after')).ok);
  await store.close();
  const next = await open();
  for (let i = 0; i < 20; i++) assert.ok(next.holds(seen(`full ${i}`).digest), `packet ${i}`);
  assert.ok(next.holds(seen('after').digest));
  assert.deepEqual(
    told.map(({ level }) => level),
    ['error', 'notice'],
  );
  assert.ok(told[0]?.message.includes(path));
});

test('a start on a full disk goes on with the old file, and its reserve serves', async (t) => {
  const { path, told, open } = await closedFile(t, 3);
  truncateSync(path, used(path).length - 9);
  appendFileSync(path, '\n'.repeat(1000));
  limitFileSize(t, 700);
  const store = await open();
  assert.deepEqual([store.size, store.holds(seen(1).digest)], [2, true]);
  store.add(seen('new'), NOW_S);
  assert.ok((await store.written()).ok);
  await store.close();
  assert.equal((await open()).holds(seen('new').digest), true, 'the cut line was written over');
  limitFileSize(t, 'unlimited');
  const next = await open();
  assert.deepEqual([next.size, next.floorS], [3, 0]);
  assert.ok(next.holds(seen('new').digest));
  assert.deepEqual(
    told.map(({ level }) => level),
    ['notice', 'error', 'error'],
  );
});

test('a start on a full disk with a damaged file is refused', async (t) => {
  const { path, open } = await closedFile(t, 3);
  writeFileSync(path, readFileSync(path, 'utf8').replace(`p ${NOW_S}`, `p ${NOW_S - 9}`));
  limitFileSize(t, 700);
  await assert.rejects(open(), OpError);
});

test('after it is closed nothing is promised', async (t) => {
  const { open } = bench(t);
  const store = await open();
  await store.close();
  store.add(seen('late'), NOW_S);
  assert.equal((await store.written()).ok, false);
});

test('every line has one length, for any time and fingerprint', () => {
  for (const timeS of [0, NOW_S, 9_999_999_999, 99_999_999_999]) {
    for (const fingerprint of [0, -1, 0x7fff_ffff, -0x8000_0000]) {
      const line = formatReplayRecord({ kind: 'packet', packet: { ...seen('a', timeS), fingerprint } });
      assert.equal(line.length, REPLAY_LINE_BYTES);
    }
  }
});

/** The nearest that a test comes to a full disk: larger files cannot be written. The hard limit stays. */
function limitFileSize(t: TestContext, bytes: number | 'unlimited'): void {
  t.after(() => execFileSync('prlimit', [`--pid=${process.pid}`, '--fsize=unlimited:']));
  execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:`]);
}
