/** Lines about a source, in the order in which things happened, with the host's name where `-l` asks for it. */

import type { LogFields, Logger, LogLevel } from '../base/logger.ts';
import type { HostNames } from './host-names.ts';

/** Lines that wait for a name; beyond it they carry the bare address. */
const MAX_HELD = 1000;

interface HeldLine {
  readonly level: LogLevel;
  readonly label: string | Promise<string>;
  readonly text: (label: string) => string;
  readonly fields: LogFields;
}

export class Announcer {
  readonly #log: Logger;
  readonly #names: HostNames | undefined;
  readonly #held: HeldLine[] = [];
  #telling: Promise<void> | undefined;

  constructor(log: Logger, names: HostNames | undefined) {
    this.#log = log;
    this.#names = names;
  }

  /** @param text makes the line from what stands for the source */
  about(level: LogLevel, source: string, text: (label: string) => string, more: LogFields = {}): void {
    const fields = { source, ...more };
    if (this.#names === undefined) {
      this.#log.log(level, text(source), fields);
      return;
    }
    const label = this.#held.length < MAX_HELD ? this.#names.label(source) : source;
    if (this.#held.length === 0 && typeof label === 'string') {
      this.#log.log(level, text(label), fields);
      return;
    }
    this.#held.push({ level, label, text, fields });
    this.#telling ??= this.#tellHeld();
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    await this.#telling;
  }

  async #tellHeld(): Promise<void> {
    for (let line = this.#held[0]; line !== undefined; line = this.#held[0]) {
      const label = await line.label;
      this.#held.shift();
      this.#log.log(line.level, line.text(label), line.fields);
    }
    this.#telling = undefined;
  }
}
