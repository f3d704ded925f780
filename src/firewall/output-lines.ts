/** What a command prints, as bounded and printable lines. */

import { StringDecoder } from 'node:string_decoder';

/** Lines that one command may add to the log; a command in a loop must not fill it. */
export const MAX_LINES = 100;

/** Characters of a line; the rest is cut. Fits a syslog datagram. */
export const MAX_LINE_LENGTH = 1000;

export class OutputLines {
  readonly #onLine: (line: string) => void;
  readonly #decoders = [new StringDecoder('utf8'), new StringDecoder('utf8')] as const;
  /** The unfinished line of each stream, cut at its limit. */
  readonly #pending: [string, string] = ['', ''];
  #lines = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** `stream` 0 is standard output, 1 standard error. */
  feed(stream: 0 | 1, chunk: Buffer): void {
    if (this.#lines > MAX_LINES) return;
    const parts = this.#decoders[stream].write(chunk).split('\n');
    const unfinished = parts.pop() ?? '';
    for (const part of parts) {
      this.#tell(this.#pending[stream] + part);
      this.#pending[stream] = '';
    }
    this.#pending[stream] = (this.#pending[stream] + unfinished).slice(0, MAX_LINE_LENGTH + 1);
  }

  /** Gives out lines without an end. */
  end(): void {
    for (const stream of [0, 1] as const) {
      if (this.#pending[stream] !== '') this.#tell(this.#pending[stream]);
      this.#pending[stream] = '';
    }
  }

  #tell(line: string): void {
    this.#lines++;
    if (this.#lines > MAX_LINES + 1) return;
    this.#onLine(
      this.#lines > MAX_LINES ? `(more than ${MAX_LINES} lines, the rest is dropped)` : printable(line),
    );
  }
}

/** Control characters could forge log lines or drive a terminal: `\x1b`. */
function printable(line: string): string {
  const cut = line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
  return cut
    .replace(/\r$/, '')
    .replaceAll(/\p{Cc}/gu, (c) => (c === '\t' ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`));
}
