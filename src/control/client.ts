/** The other end of the control socket: asks one thing at a time, or follows events. */

import { connect, type Socket } from 'node:net';
import { errnoName, OpError } from '../base/op-error.ts';
import type { ControlAnswer } from './answer.ts';
import { MAX_ANSWER_BYTES, parseAnswer } from './answer-codec.ts';
import { LineSplitter, type SplitLine } from './line-splitter.ts';
import type { ControlRequest } from './request.ts';
import { formatRequest } from './request-codec.ts';

export class ControlClient {
  readonly #socket: Socket;
  readonly #path: string;
  readonly #splitter = new LineSplitter(MAX_ANSWER_BYTES);
  readonly #answers: ControlAnswer[] = [];
  #wake: () => void = () => undefined;
  #failure: OpError | undefined;
  #hasEnded = false;

  private constructor(socket: Socket, path: string) {
    this.#socket = socket;
    this.#path = path;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (cause) =>
      this.#fail(new OpError({ op: 'talk to the daemon at', target: path, cause })),
    );
    socket.on('close', () => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  /** @throws OpError with a hint where nobody listens or the caller may not */
  static connect(path: string): Promise<ControlClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      const refused = (cause: unknown) => reject(connectError(path, cause));
      socket.once('error', refused);
      socket.once('connect', () => {
        socket.off('error', refused);
        resolve(new ControlClient(socket, path));
      });
    });
  }

  /** @throws OpError when there is no answer, or none that can be understood */
  async ask(request: ControlRequest): Promise<ControlAnswer> {
    this.#socket.write(`${formatRequest(request)}\n`);
    const answer = await this.next();
    if (answer !== undefined) return answer;
    const cause = new Error('it ended the connection without an answer');
    throw new OpError({ op: 'talk to the daemon at', target: this.#path, cause });
  }

  /** The next line of the daemon; undefined when it has ended the connection. @throws OpError */
  async next(): Promise<ControlAnswer | undefined> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#hasEnded) return undefined;
      this.#socket.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  /** No more is read than is asked for. */
  #take(chunk: Buffer): void {
    for (const line of this.#splitter.feed(chunk)) this.#takeLine(line);
    if (this.#answers.length > 0) this.#socket.pause();
    this.#wake();
  }

  #takeLine(line: SplitLine): void {
    const answer = line.kind === 'line' ? parseAnswer(line.text) : undefined;
    if (answer?.ok === true) this.#answers.push(answer.value);
    else this.#fail(this.#unintelligible(answer?.error ?? `its line is ${line.kind}`));
  }

  #unintelligible(why: string): OpError {
    const hint = 'the daemon and this program must be of one version: restart the daemon';
    return new OpError({ op: 'understand the daemon at', target: this.#path, cause: new Error(why), hint });
  }

  #fail(failure: OpError): void {
    this.#failure ??= failure;
    this.#socket.destroy();
    this.#wake();
  }
}

function connectError(path: string, cause: unknown): OpError {
  const code = errnoName(cause);
  const op = 'reach the daemon at';
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTSOCK': {
      const hint =
        "is knockd running? Name its socket with '--socket PATH', or its configuration with '-c FILE'";
      return new OpError({ op, target: path, code, hint, cause: new Error('no daemon answers there') });
    }
    case 'EACCES':
    case 'EPERM':
      return new OpError({
        op,
        target: path,
        code,
        hint: 'run it as root',
        cause: new Error('permission denied'),
      });
    default:
      return new OpError({ op, target: path, cause });
  }
}
