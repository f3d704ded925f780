/**
 * Bytes to lines, each a text of its own, so that what is kept of a line keeps no more than that line in memory. A line
 * that is too long is skipped without being held.
 */

/** Longer than any line of the daemon's and than what journald takes for one. */
const MAX_LINE_BYTES = 64 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

export interface LineTakers {
  readonly line: (text: string) => void;
  readonly tooLong: () => void;
}

export class LineCutter {
  readonly #takers: LineTakers;
  #held: Buffer = Buffer.alloc(0);
  #isSkipping = false;

  constructor(takers: LineTakers) {
    this.#takers = takers;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.#endLine(chunk.subarray(from, at));
      from = at + 1;
    }
    this.#hold(chunk.subarray(from));
  }

  /** Gives whether the input ended without a line break: its last line may be cut off. */
  end(): boolean {
    const isOpen = this.#held.length > 0 || this.#isSkipping;
    if (isOpen) this.#endLine(Buffer.alloc(0));
    return isOpen;
  }

  #endLine(tail: Buffer): void {
    const line = this.#held.length === 0 ? tail : Buffer.concat([this.#held, tail]);
    this.#held = Buffer.alloc(0);
    if (this.#isSkipping || line.length > MAX_LINE_BYTES) this.#takers.tooLong();
    else this.#takers.line(textOf(line));
    this.#isSkipping = false;
  }

  #hold(tail: Buffer): void {
    if (tail.length === 0 || this.#isSkipping) return;
    if (this.#held.length + tail.length > MAX_LINE_BYTES) {
      this.#held = Buffer.alloc(0);
      this.#isSkipping = true;
      return;
    }
    // A copy: the chunk's memory is the stream's.
    this.#held = Buffer.concat([this.#held, tail]);
  }
}

function textOf(line: Buffer): string {
  const end = line.at(-1) === RETURN ? line.length - 1 : line.length;
  return line.toString('utf8', 0, end);
}
