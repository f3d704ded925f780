/** Nothing that is said on the control socket loses a request, a knock or the daemon, and none of it stays in memory. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import { ControlClient } from '../../src/control/client.ts';
import { MAX_LINE_BYTES } from '../../src/control/line-splitter.ts';
import { MAX_CLIENTS } from '../../src/control/server.ts';
import { type SeededRandom, seededRandom, seedFromEnvironment } from '../support/seeded-random.ts';
import {
  CLIENT4,
  knock,
  SERVER4,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();

const SOCKET = '/run/postern/control.sock';
const REQUESTS = 10_000;
const IDLE_CLIENTS = 200;
const KNOCKS = 20;

/** What a process of this kind gains and loses by itself while it works. */
const MAX_GROWTH_KB = 32 * 1024;
/** V8 looks for garbage some seconds after a process has come to rest. */
const COLLECTED_MS = 30_000;

const FINE = '{"v":1,"kind":"open","door":"ssh","source":"192.0.2.7","forMs":600000}';

test('10,000 bad requests and 200 idle clients: each is answered, knocks open, memory stays', {
  skip,
}, async (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  const scene = setDoorScene(t);
  writeConf(scene, `[ssh]\nSequence = 7001,8002\nCommand = echo open %IP% >> ${scene.record}\n`);
  const daemon = await startDaemon(scene);
  await abuse(random, REQUESTS / 2); // until the heap has its size
  const beforeKb = residentKb(daemon.pid);
  const idle = await Promise.all(Array.from({ length: IDLE_CLIENTS }, () => connected()));
  t.after(() => {
    for (const socket of idle) socket.destroy();
  });
  const knocking = (async () => {
    for (let i = 0; i < KNOCKS; i++) await knock(scene.client, SERVER4, '7001', '8002');
  })();
  await abuse(random, REQUESTS);
  await knocking;
  await untilRecorded(scene, `open ${CLIENT4}`, KNOCKS);
  const client = await ControlClient.connect(SOCKET);
  const status = await client.ask({ kind: 'status', showSecrets: false });
  client.close();
  assert.ok(status.kind === 'status');
  assert.equal(status.counters.matches, KNOCKS);
  assert.equal(status.grants.count, 0, 'no bad request has opened anything');
  const descriptors = readdirSync(`/proc/${daemon.pid}/fd`).length;
  assert.ok(descriptors < MAX_CLIENTS + 50, `${descriptors} descriptors`);
  const grownKb = () => residentKb(daemon.pid) - beforeKb;
  t.diagnostic(`resident before ${beforeKb} kB, grown by ${grownKb()} kB`);
  const what = () => `memory to be given back: grown by ${grownKb()} kB`;
  await until(() => grownKb() < MAX_GROWTH_KB, { timeoutMs: COLLECTED_MS, what });
  assert.ok(daemon.isRunning);
  assert.doesNotMatch(daemon.output, /internal error|control socket:/);
});

/** Sends so many bad requests over many connections, eight at a time, and sees each answered with an error. */
async function abuse(random: SeededRandom, count: number): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left > 0) {
      const lines = Array.from({ length: Math.min(left, 1 + random.below(40)) }, () => badLine(random));
      left -= lines.length;
      await talk(lines, random.oneIn(2));
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** @param cutOff the last line has no end */
async function talk(lines: readonly Buffer[], cutOff: boolean): Promise<void> {
  const socket = await connected();
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
  socket.end(cutOff ? bytes.subarray(0, -1) : bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  const answers = text.split('\n').slice(0, -1);
  assert.equal(answers.length, lines.length, `${lines.length} requests, answered by: ${text}`);
  for (const answer of answers) assert.equal(JSON.parse(answer).kind, 'error');
}

function badLine(random: SeededRandom): Buffer {
  switch (random.below(6)) {
    case 0:
      return Buffer.from(random.bytes(1 + random.below(200)).map((byte) => (byte === 10 ? 11 : byte)));
    case 1:
      return Buffer.from(FINE.slice(0, 1 + random.below(FINE.length - 1)));
    case 2:
      return Buffer.alloc(MAX_LINE_BYTES + 1 + random.below(MAX_LINE_BYTES), 'x');
    case 3:
      return Buffer.from('['.repeat(1 + random.below(MAX_LINE_BYTES)));
    case 4:
      return Buffer.from(FINE.replace('192.0.2.7', `192.0.2.${256 + random.below(1000)}`));
    default:
      return Buffer.from(
        FINE.replace('"open"', JSON.stringify(random.pick(['', 'shutdown', 7, null, {}, 'OPEN']))),
      );
  }
}

function connected(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(SOCKET);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function residentKb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}
