/**
 * Runs on the sender's host: knocks, and connects until the port is open. Lines as in knock-line. The calls are libc's own,
 * one after the other on a core that does nothing else: Node's sockets and their callbacks took longer than what is measured.
 */

import { createInterface } from 'node:readline';
import { SOCK_DGRAM } from '../src/native/socket.ts';
import type { Answer, Round } from './knock-line.ts';
import { Probes } from './probes.ts';
import { boundSocket, connect, SOCK_STREAM, socketAddress } from './sockets.ts';

/** A new SYN so often: the figure may be too large by as much. */
const BETWEEN_PROBES_NS = 100_000n;

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answerTo(JSON.parse(line) as Round))}\n`);
}

function answerTo({ from, to, knocks, opens, giveUpMs }: Round): Answer {
  const udp = boundSocket(SOCK_DGRAM, from);
  let lastKnockNs = process.hrtime.bigint();
  for (const { port, text } of knocks) {
    const bytes = Buffer.from(text);
    const address = socketAddress(to, port);
    lastKnockNs = process.hrtime.bigint();
    const refused = udp.sendTo(bytes, address);
    if (refused !== undefined) throw new Error(`${to}: ${refused}`);
  }
  udp.close();
  const openMs = opens === undefined ? null : untilOpen(from, to, opens, lastKnockNs, giveUpMs);
  return { lastKnockNs: `${lastKnockNs}`, openMs };
}

/** Milliseconds, or null when the time is up. */
function untilOpen(from: string, to: string, port: number, sinceNs: bigint, giveUpMs: number): number | null {
  const address = socketAddress(to, port);
  const giveUpNs = sinceNs + BigInt(giveUpMs) * 1_000_000n;
  const probes = new Probes();
  try {
    for (let nextNs = sinceNs; ; ) {
      const nowNs = process.hrtime.bigint();
      if (probes.isAnyConnected()) return Number(process.hrtime.bigint() - sinceNs) / 1e6;
      if (nowNs > giveUpNs) return null;
      if (nowNs < nextNs) continue;
      nextNs = nowNs + BETWEEN_PROBES_NS;
      const probe = boundSocket(SOCK_STREAM, from);
      connect(probe, address);
      probes.add(probe);
    }
  } finally {
    probes.close();
  }
}
