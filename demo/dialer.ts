/**
 * Somebody at a host who tries to connect to port 22, holds the line, and talks over it. Run as a program; it does what
 * its parent asks and answers each request with one message. Times are CLOCK_MONOTONIC, which all processes share.
 */

import { connect, type Socket } from 'node:net';

export type DialRequest =
  /** A new attempt every `everyMs`, since a dropped one would be repeated by the kernel after a second only. */
  | {
      readonly kind: 'dial';
      readonly address: string;
      readonly everyMs: number;
      readonly timeoutMs: number;
      /** Holds the line, for talks; else it is hung up after the greeting. */
      readonly hold: boolean;
    }
  /** Says something over the line that is held, and waits for an answer. */
  | { readonly kind: 'talk'; readonly timeoutMs: number };

/** `words` is what the other end said; undefined: no line, or no word within the time. */
export interface DialAnswer {
  readonly words: string | undefined;
  /** When the line was open. */
  readonly atMs: number;
}

const PORT = 22;

export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The line that is held. */
interface Line {
  socket: Socket | undefined;
}

function serve(line: Line): void {
  process.on('message', async (request: DialRequest) => {
    process.send?.(request.kind === 'dial' ? await dial(line, request) : await talk(line, request.timeoutMs));
  });
}

async function dial(line: Line, request: DialRequest & { kind: 'dial' }): Promise<DialAnswer> {
  const { address, everyMs, timeoutMs, hold } = request;
  const socket = await firstOpen(address, everyMs, timeoutMs);
  const atMs = monotonicMs();
  const greeting = socket === undefined ? undefined : await words(socket, timeoutMs);
  if (hold) line.socket = socket;
  else socket?.destroy();
  return { words: greeting, atMs };
}

/** The first of many attempts that gets through; the others are given up. */
function firstOpen(address: string, everyMs: number, timeoutMs: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const attempts = new Set<Socket>();
    const finish = (winner?: Socket) => {
      clearInterval(repeat);
      clearTimeout(limit);
      for (const attempt of attempts) if (attempt !== winner) attempt.destroy();
      resolve(winner);
    };
    const attempt = () => {
      const socket = connect({ host: address, port: PORT });
      attempts.add(socket);
      socket.on('error', () => attempts.delete(socket)); // refused: the next attempt may get through
      socket.once('connect', () => finish(socket));
    };
    const repeat = setInterval(attempt, everyMs);
    const limit = setTimeout(finish, timeoutMs);
    attempt();
  });
}

async function talk({ socket }: Line, timeoutMs: number): Promise<DialAnswer> {
  if (socket === undefined) return { words: undefined, atMs: monotonicMs() };
  socket.write('SSH-2.0-demo\r\n');
  const answer = await words(socket, timeoutMs);
  return { words: answer, atMs: monotonicMs() };
}

function words(socket: Socket, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const finish = (data?: Buffer) => {
      clearTimeout(limit);
      socket.off('data', finish);
      resolve(data?.toString('latin1').split('\r\n')[0]);
    };
    const limit = setTimeout(finish, timeoutMs);
    socket.once('data', finish);
  });
}

if (process.send !== undefined) serve({ socket: undefined });
