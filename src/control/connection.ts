/**
 * One client of the control socket: requests are answered one after the other, and no more is read from a client while
 * an answer to it is made or waits to be taken. So what a client can hold of this process is one line and one answer.
 */

import type { Socket } from 'node:net';
import { type ControlAnswer, errorAnswer, type RequestErrorCode } from './answer.ts';
import { formatAnswer } from './answer-codec.ts';
import { LineSplitter, MAX_LINE_BYTES, type SplitLine } from './line-splitter.ts';
import type { ControlRequest, RequestId } from './request.ts';
import { parseRequest } from './request-codec.ts';

/** Events that may wait for a watcher: some thousand. One that is slower is cut off. */
const MAX_BEHIND_BYTES = 256 * 1024;

/** How long an answer may wait to be taken. */
export const TAKE_MS = 10_000;

export interface ConnectionOptions {
  /** Never rejects. */
  readonly answer: (request: ControlRequest) => Promise<ControlAnswer>;
  readonly now: () => number;
  readonly takeMs: number;
  /** From now on it is to be told every event. */
  readonly watching: (connection: Connection) => void;
  /** Once, whoever ended it. */
  readonly closed: (connection: Connection) => void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #splitter = new LineSplitter(MAX_LINE_BYTES);
  #isBusy = false;
  #isWatching = false;
  #hasEnded = false;
  #activeMs: number;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#activeMs = options.now();
    // A fault of ours ends the client, not the daemon.
    const failed = () => socket.destroy();
    socket.on('data', (chunk: Buffer) => this.#take(chunk).catch(failed));
    socket.on('end', () => this.#end().catch(failed));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => options.closed(this));
  }

  get isWatching(): boolean {
    return this.#isWatching;
  }

  /** An answer is being made, or waits to be taken. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** When the last request came, or the connection; on the clock of `now`. */
  get activeMs(): number {
    return this.#activeMs;
  }

  /** An event, as its line. One who does not read is cut off. */
  tell(line: string): void {
    this.#socket.write(line);
    if (this.#socket.writableLength > MAX_BEHIND_BYTES) this.#socket.destroy();
  }

  /** Says why, and ends it. */
  dismiss(answer: ControlAnswer): void {
    if (this.#socket.writable && this.#socket.writableLength === 0) this.#socket.write(formatAnswer(answer));
    this.#socket.destroySoon();
  }

  close(): void {
    this.#socket.destroy();
  }

  async #take(chunk: Buffer): Promise<void> {
    this.#socket.pause();
    this.#isBusy = true;
    for (const line of this.#splitter.feed(chunk)) {
      await this.#answerLine(line);
      if (this.#socket.destroyed) return;
    }
    this.#isBusy = false;
    if (this.#hasEnded) await this.#end();
    else this.#socket.resume();
  }

  async #answerLine(line: SplitLine): Promise<void> {
    if (line.kind !== 'too-long') this.#activeMs = this.#options.now();
    switch (line.kind) {
      case 'line':
        return this.#answerText(line.text);
      case 'too-long':
        return this.#refuse('too-long', `the line has more than ${MAX_LINE_BYTES} bytes`);
      case 'not-utf8':
        return this.#refuse('malformed', 'the line is no UTF-8');
    }
  }

  async #answerText(text: string): Promise<void> {
    const received = parseRequest(text);
    if (!received.ok) {
      const { code, field, message, id } = received.error;
      const answer = errorAnswer(code, message, field === undefined ? {} : { field });
      return this.#give(answer, id);
    }
    const { request, id } = received.value;
    const answer = await this.#options.answer(request);
    const given = this.#give(answer, id);
    if (answer.kind === 'watching') this.#watch(); // what happens from now on comes behind the answer
    await given;
  }

  #watch(): void {
    if (this.#socket.destroyed) return;
    this.#isWatching = true;
    this.#options.watching(this);
  }

  #refuse(code: RequestErrorCode, message: string): Promise<void> {
    return this.#give(errorAnswer(code, message), undefined);
  }

  /** Resolves when the client has taken it. Others have their turn after each, packets first of all. */
  async #give(answer: ControlAnswer, id: RequestId | undefined): Promise<void> {
    if (this.#socket.destroyed) return;
    const hasRoom = this.#socket.write(formatAnswer(answer, id));
    if (!hasRoom) await this.#drained();
    await new Promise((resolve) => setImmediate(resolve));
  }

  #drained(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.destroy(), this.#options.takeMs);
      const done = () => {
        clearTimeout(timer);
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.once('drain', done);
      socket.once('close', done);
    });
  }

  /** The client has said all that it wants to say, or has gone: what it said before is answered first. */
  async #end(): Promise<void> {
    this.#hasEnded = true;
    if (this.#isBusy) return;
    if (this.#splitter.isMidLine) await this.#refuse('truncated', 'the last line has no end');
    this.#socket.end();
  }
}
