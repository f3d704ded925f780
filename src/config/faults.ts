/** Gathers what is wrong with a configuration, so that one run tells everything. */

import type { Diagnostic } from './config.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Nobody reads further, and a file of nothing but errors must not fill the memory. */
export const MAX_DIAGNOSTICS = 10_000;

export class Faults {
  readonly #found: Diagnostic[] = [];
  #dropped = 0;

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** What is reported from now on is only counted: no work on hints is worth it. */
  get isFull(): boolean {
    return this.#found.length >= MAX_DIAGNOSTICS;
  }

  report(at: Place, message: string, hint?: string): void {
    if (this.isFull) {
      this.#dropped++;
      return;
    }
    this.#found.push({ file: at.file, line: at.line, column: at.column, message, hint });
  }

  /** By file in the order of `files`, then by line and column. */
  sorted(files: readonly string[]): readonly Diagnostic[] {
    const order = new Map(files.map((file, index) => [file, index]));
    const rank = (file: string) => order.get(file) ?? files.length;
    const sorted = this.#found.toSorted(
      (a, b) => rank(a.file) - rank(b.file) || a.line - b.line || a.column - b.column,
    );
    return this.#dropped === 0 ? sorted : [...sorted, this.#omission(files[0] ?? '')];
  }

  #omission(file: string): Diagnostic {
    const message = `${this.#dropped} more errors are not shown`;
    return { file, line: 0, column: 0, message, hint: 'put these right first' };
  }
}

/** How a message refers to an earlier place in the files. */
export function placeText(earlier: Place, from: Place): string {
  return earlier.file === from.file ? `in line ${earlier.line}` : `in ${earlier.file}:${earlier.line}`;
}
