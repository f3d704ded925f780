/** How far the bench is, on standard error: one line that is written over on a terminal, else a line a row. */

import type { Plan } from './plan.ts';

const CLEAR_LINE = '\r\u001b[2K';

export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #begunMs = performance.now();
  #row = '';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  row(number: number, of: number, { id, title, aboutSeconds }: Plan): void {
    this.#row = `[${number}/${of}] ${id} ${title}`;
    if (this.#stream.isTTY) this.#show(this.#row);
    else this.#stream.write(`${this.#time()} ${this.#row}, about ${aboutSeconds} s\n`);
  }

  step(step: string): void {
    if (this.#stream.isTTY) this.#show(`${this.#row}: ${step}`);
  }

  /** Before anything else is printed. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write(CLEAR_LINE);
  }

  #show(text: string): void {
    const line = `${this.#time()} ${text}`;
    this.#stream.write(`${CLEAR_LINE}${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }

  #time(): string {
    const seconds = Math.round((performance.now() - this.#begunMs) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
