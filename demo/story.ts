/**
 * How the story is told: on standard output, a line for what is tried, then ✓ or ✗ with what happened. Colour only on a
 * terminal, and not when NO_COLOR is set. Lines stay below 100 columns where names allow it.
 */

import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export class Story {
  readonly #write: (text: string) => void;
  readonly #hasColour: boolean;
  #told = 0;
  #failed = 0;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    const { NO_COLOR } = process.env;
    this.#hasColour = stream.isTTY === true && (NO_COLOR === undefined || NO_COLOR === '');
    this.#write = (text) => stream.write(text);
  }

  /** How many steps went as told, and how many did not. */
  get tally(): { readonly passed: number; readonly failed: number } {
    return { passed: this.#told - this.#failed, failed: this.#failed };
  }

  title(text: string): void {
    this.#line(this.#paint('bold', text));
  }

  chapter(text: string): void {
    this.#line('');
    this.#line(this.#paint(['bold', 'cyan'], text));
  }

  plain(text = ''): void {
    this.#line(text);
  }

  /** A command as somebody on `host` would type it. */
  command(host: string, text: string): void {
    this.#line(`  ${this.#paint('dim', `${host.padEnd(10)} $`)} ${text}`);
  }

  /** What somebody on `host` does without a command. */
  action(host: string, text: string): void {
    this.#line(`  ${this.#paint('dim', `${host.padEnd(10)}  `)} ${text}`);
  }

  /** What a program on `host` printed. */
  printed(host: string, text: string): void {
    for (const line of stripVTControlCharacters(text).trimEnd().split('\n')) {
      this.#line(`  ${this.#paint('dim', `${host.padEnd(10)} | ${line}`)}`);
    }
  }

  /** One step of the story: it went as told, or `otherwise` says what happened instead. */
  step(asTold: boolean, told: string, otherwise: string): void {
    this.#told++;
    if (asTold) {
      this.#line(`  ${this.#paint('green', '✓')} ${told}`);
      return;
    }
    this.#failed++;
    this.#line(`  ${this.#paint(['bold', 'red'], '✗')} ${otherwise}`);
    this.#line(`    ${this.#paint('dim', `expected: ${told}`)}`);
  }

  #line(text: string): void {
    this.#write(`${text}\n`);
  }

  #paint(style: Style, text: string): string {
    // The stream's own check is off: this one knows NO_COLOR and the stream that is written to.
    return this.#hasColour ? styleText(style, text, { validateStream: false }) : text;
  }
}
