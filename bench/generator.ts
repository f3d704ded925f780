/**
 * `node generator.js WISH`: runs on the sender's host and sends frames, as fast as it goes or at a rate, until all are sent or
 * SIGINT comes; its last line says how many. Programs that call the kernel once for each frame spend most of their time on that.
 */

import { constants, setPriority } from 'node:os';
import { setImmediate as immediate } from 'node:timers/promises';
import { framesOf } from './capture-file.ts';
import { frameBytes, newSheet, writeSyn } from './flood-frame.ts';
import { FrameMessages } from './frame-messages.ts';
import type { FileFlood, GeneratorWish, Played, SynFlood } from './generator-line.ts';

/** Frames for one call. */
const BATCH = 64;
/** Between two looks for a signal. */
const SLICE_MS = 20;
/** How long it sleeps when it is ahead of its rate. */
const NAP_MS = 0.1;

/** Sends at most so many; says how many. */
type Send = (most: number) => number;

// What else the sender's host has to do goes first: knocks at their times, above all.
setPriority(constants.priority.PRIORITY_LOW);

let isStopped = false;
process.on('SIGINT', () => {
  isStopped = true;
});

const wish = JSON.parse(process.argv[2] ?? '') as GeneratorWish;
console.log(JSON.stringify(await generate(wish, senderOf(wish))));

async function generate({ packets = Number.POSITIVE_INFINITY, perSecond }: GeneratorWish, send: Send) {
  const begunMs = performance.now();
  const secondsNow = () => (performance.now() - begunMs) / 1000;
  const nap = new Int32Array(new SharedArrayBuffer(4));
  let sent = 0;
  while (!isStopped && sent < packets) {
    const untilMs = performance.now() + SLICE_MS;
    while (performance.now() < untilMs && sent < packets) {
      const due = perSecond === undefined ? BATCH : Math.floor(secondsNow() * perSecond) - sent;
      if (due > 0) sent += send(Math.min(BATCH, due, packets - sent));
      else Atomics.wait(nap, 0, 0, NAP_MS);
    }
    await immediate();
  }
  return { packets: sent, perSecond: sent / secondsNow() } satisfies Played;
}

function senderOf({ interfaceIndex, flood }: GeneratorWish): Send {
  return 'file' in flood ? sendsFile(interfaceIndex, flood) : sendsSyns(interfaceIndex, flood);
}

function sendsSyns(
  interfaceIndex: number,
  { mac, address, sources, firstSource = 0, ports }: SynFlood,
): Send {
  const goal = { mac: Uint8Array.from(mac), address: Uint8Array.from(address) };
  const length = frameBytes(goal);
  const sheet = newSheet(BATCH * length);
  const places = Array.from({ length: BATCH }, (_, i) => ({ at: i * length, length }));
  const messages = new FrameMessages(interfaceIndex, sheet.bytes, places);
  let next = 0;
  return (most) => {
    for (let i = 0; i < most; i++) {
      const source = firstSource + ((next + i) % sources);
      writeSyn(sheet, i * length, goal, source, ports[(next + i) % ports.length] as number);
    }
    const sent = messages.send(0, most);
    next += sent;
    return sent;
  };
}

function sendsFile(interfaceIndex: number, { file }: FileFlood): Send {
  const { bytes, places } = framesOf(file);
  const messages = new FrameMessages(interfaceIndex, bytes, places);
  let next = 0;
  return (most) => {
    const sent = messages.send(next, Math.min(most, places.length - next));
    next = (next + sent) % places.length;
    return sent;
  };
}
