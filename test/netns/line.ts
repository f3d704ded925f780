/** Connections of a test: an echo server on a host, whether a port answers, and a connection that is held. */

import type { Host } from '../../lab/host.ts';
import type { Running } from '../../lab/running.ts';

/** An attempt that is dropped silently is given up after this: an open port answers a thousand times in it. */
const ATTEMPT_SECONDS = '0.6';

const SERVER = `
const { createServer } = require('node:net');
let left = process.argv.length - 1;
for (const port of process.argv.slice(1)) {
  const server = createServer((socket) => { socket.on('error', () => {}); socket.pipe(socket); });
  server.listen(Number(port), '::', () => { if (--left === 0) console.log('up'); });
}`;

const HELD = `
const [, address, port] = process.argv;
const socket = require('node:net').connect({ host: address, port: Number(port) });
socket.on('error', (error) => { console.log('lost ' + error.message); process.exit(1); });
socket.on('connect', () => console.log('up'));
process.stdin.pipe(socket).pipe(process.stdout);`;

/** Echoes whatever comes to these ports, by IPv4 and IPv6. */
export async function startEchoServer(host: Host, ...ports: readonly number[]): Promise<void> {
  const server = host.spawn(process.execPath, ['-e', SERVER, ...ports.map(String)]);
  await server.waitFor('up');
}

/** Whether a new connection comes about. One attempt, by a program that starts faster than Node. */
export async function answers(from: Host, address: string, port: number): Promise<boolean> {
  const script = `exec 3<>/dev/tcp/${address}/${port}`;
  const { status } = await from.attempt('timeout', [ATTEMPT_SECONDS, 'bash', '--norc', '-c', script]);
  return status === 0;
}

/** A connection to an echo server that stays. */
export class HeldLine {
  readonly #running: Running;
  #count = 0;

  private constructor(running: Running) {
    this.#running = running;
  }

  static async open(from: Host, address: string, port: number): Promise<HeldLine> {
    const running = from.spawn(process.execPath, ['-e', HELD, address, `${port}`]);
    await running.waitFor('up');
    return new HeldLine(running);
  }

  /** Says something and waits until it comes back. Throws when it does not. */
  async talk(): Promise<void> {
    const words = `word ${++this.#count}.`;
    this.#running.child.stdin?.write(words);
    await this.#running.waitFor(words);
  }
}
