/** Bytes to lines of UTF-8, of bounded length. Never throws, and holds no more than one line. */

/** A request or event takes a few hundred bytes; nobody needs more than this for one. */
export const MAX_LINE_BYTES = 64 * 1024;

const NEWLINE = 10;

const NOTHING = Buffer.alloc(0);

/** `too-long`: the line was dropped up to its end. `not-utf8`: it was complete, but no text. */
export type SplitLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'too-long' | 'not-utf8' };

export class LineSplitter {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** Grows by doubling, so that a line that comes byte by byte costs no more than one that comes at once. */
  #held = NOTHING;
  #length = 0;
  #isDropping = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes are held of a line that has not ended. */
  get isMidLine(): boolean {
    return this.#length > 0 && !this.#isDropping;
  }

  /** The rest of a line that was too long is being thrown away. */
  get isDropping(): boolean {
    return this.#isDropping;
  }

  *feed(chunk: Buffer): Generator<SplitLine> {
    for (let at = 0; at < chunk.length; ) {
      const newline = chunk.indexOf(NEWLINE, at);
      const end = newline < 0 ? chunk.length : newline;
      const isOver = !this.#isDropping && this.#length + end - at > this.#maxBytes;
      if (isOver) this.#drop();
      else if (!this.#isDropping && end > at) this.#hold(chunk.subarray(at, end));
      if (isOver) yield { kind: 'too-long' };
      at = end + 1;
      if (newline < 0) return;
      if (this.#isDropping) this.#isDropping = false;
      else yield this.#take();
    }
  }

  #hold(part: Buffer): void {
    const length = this.#length + part.length;
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#held.length));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    part.copy(this.#held, this.#length);
    this.#length = length;
  }

  #drop(): void {
    this.#held = NOTHING;
    this.#length = 0;
    this.#isDropping = true;
  }

  #take(): SplitLine {
    const bytes = this.#held.subarray(0, this.#length);
    this.#held = NOTHING;
    this.#length = 0;
    try {
      return { kind: 'line', text: this.#decoder.decode(bytes) };
    } catch {
      return { kind: 'not-utf8' };
    }
  }
}
