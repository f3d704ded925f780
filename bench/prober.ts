/** Runs on the sender's host: knocks, and connects until the port is open. Lines as in knock-line. */

import { createSocket, type Socket as Udp } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Answer, Round } from './knock-line.ts';

/** A new SYN so often: the figure may be too large by as much. */
const BETWEEN_PROBES_MS = 0.2;
/** A probe that has no answer by then met a shut port. */
const PROBE_LIFE_MS = 20;

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await answerTo(JSON.parse(line) as Round);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function answerTo(round: Round): Promise<Answer> {
  const { from, to, knocks, opens, giveUpMs } = round;
  const udp = createSocket('udp4');
  await new Promise<void>((bound) => udp.bind({ address: from, exclusive: true }, bound));
  let lastKnockNs = process.hrtime.bigint();
  for (const { port, text } of knocks) {
    lastKnockNs = process.hrtime.bigint();
    await sent(udp, text, port, to);
  }
  udp.close();
  const openMs = opens === undefined ? null : await untilOpen(from, to, opens, lastKnockNs, giveUpMs);
  return { lastKnockNs: `${lastKnockNs}`, openMs };
}

function sent(udp: Udp, text: string, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    udp.send(text, port, address, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Milliseconds, or null when the time is up. */
function untilOpen(
  from: string,
  to: string,
  port: number,
  sinceNs: bigint,
  giveUpMs: number,
): Promise<number | null> {
  const probes: { readonly socket: Socket; readonly atMs: number }[] = [];
  return new Promise((resolve) => {
    let isOver = false;
    const end = (openMs: number | null) => {
      if (isOver) return;
      isOver = true;
      resolve(openMs);
      for (const { socket } of probes) socket.destroy();
    };
    const look = () => {
      if (isOver) return;
      const nowMs = sinceMs(sinceNs);
      if (nowMs > giveUpMs) return end(null);
      while (nowMs - (probes[0]?.atMs ?? nowMs) > PROBE_LIFE_MS) probes.shift()?.socket.destroy();
      if (nowMs - (probes.at(-1)?.atMs ?? 0) >= BETWEEN_PROBES_MS) {
        const socket = connect({ host: to, port, localAddress: from });
        socket.once('connect', () => end(sinceMs(sinceNs))).on('error', () => {});
        probes.push({ socket, atMs: nowMs });
      }
      setImmediate(look);
    };
    look();
  });
}

function sinceMs(ns: bigint): number {
  return Number(process.hrtime.bigint() - ns) / 1e6;
}
