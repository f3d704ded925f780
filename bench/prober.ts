/**
 * Runs on the sender's host: knocks, and connects until the port is open. Lines as in knock-line. The calls are libc's own,
 * one after the other on a core that does nothing else: Node's sockets and their callbacks took longer than what is measured.
 */

import { createInterface } from 'node:readline';
import { libc } from '../src/native/libc.ts';
import type { Answer, Round } from './knock-line.ts';
import { closeSocket, Probes } from './probes.ts';

/** A new SYN so often: the figure may be too large by as much. */
const BETWEEN_PROBES_NS = 100_000n;

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;

const lib = libc();
const socket =
  lib.func<(domain: number, type: number, protocol: number) => number>('int socket(int, int, int)');
const bind = lib.func<(fd: number, address: Uint8Array, length: number) => number>(
  'int bind(int, const void*, uint32_t)',
);
const connect = lib.func<(fd: number, address: Uint8Array, length: number) => number>(
  'int connect(int, const void*, uint32_t)',
);
const sendto = lib.func<
  (fd: number, bytes: Uint8Array, length: number, flags: number, to: Uint8Array, toLength: number) => number
>('intptr_t sendto(int, const void*, size_t, int, const void*, uint32_t)');

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
    check(sendto(udp, bytes, bytes.length, 0, address, address.length), 'sendto');
  }
  closeSocket(udp);
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
      const fd = boundSocket(SOCK_STREAM | SOCK_NONBLOCK, from);
      connect(fd, address, address.length);
      probes.add(fd);
    }
  } finally {
    probes.close();
  }
}

function boundSocket(type: number, from: string): number {
  const fd = check(socket(AF_INET, type, 0), 'socket');
  const address = socketAddress(from, 0);
  check(bind(fd, address, address.length), 'bind');
  return fd;
}

/** `struct sockaddr_in` (ip(7)). */
function socketAddress(ipv4: string, port: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint16(0, AF_INET, true);
  new DataView(bytes.buffer).setUint16(2, port);
  bytes.set(ipv4.split('.').map(Number), 4);
  return bytes;
}

function check(result: number, call: string): number {
  if (result < 0) throw new Error(`${call} failed on the sender's host`);
  return result;
}
