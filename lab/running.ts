/** A program that runs on a host of the lab, with what it has printed so far. */

import type { ChildProcess } from 'node:child_process';
import { type UntilOptions, until } from './until.ts';

export interface Ended {
  /** undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** How long `stop` lets a program end by itself before SIGKILL. */
const STOP_GRACE_MS = 5000;

export class Running {
  /** The spawned process; its pid is the program's own. */
  readonly child: ChildProcess;
  /** Resolves when it ended and its output is complete. Rejects only when it could not be started. */
  readonly ended: Promise<Ended>;
  readonly #command: string;
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess, command: string) {
    this.child = child;
    this.#command = command;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) =>
        resolve({ status: status ?? undefined, signal: signal ?? undefined }),
      );
    });
    this.ended.catch(() => {}); // whoever awaits it sees the error; nobody has to
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`'${this.#command}' did not start`);
    return this.child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Standard output, then standard error. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits until the output holds `text`, and fails at once when the program ends without having printed it. */
  async waitFor(text: string | RegExp, options: UntilOptions = {}): Promise<void> {
    const isThere = () =>
      typeof text === 'string' ? this.output.includes(text) : new RegExp(text).test(this.output);
    let hasEnded = false;
    const note = () => {
      hasEnded = true;
    };
    this.ended.then(note, note);
    await until(
      () => {
        if (isThere()) return true;
        if (hasEnded) throw new Error(`'${this.#command}' ended without '${text}':\n${this.output}`);
        return false;
      },
      { what: () => `'${text}' from '${this.#command}', which printed:\n${this.output}`, ...options },
    );
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.child.kill(signal);
  }

  /** Sends the signal and waits for the end; SIGKILL after five seconds, or `graceMs`. */
  async stop(signal: NodeJS.Signals = 'SIGTERM', graceMs = STOP_GRACE_MS): Promise<Ended> {
    this.kill(signal);
    const timer = setTimeout(() => this.kill('SIGKILL'), graceMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }
}
