/**
 * Whose command a line is about. The JSON log says it; the text log names the door alone, as knockd does: there it is the
 * oldest match or closing of the door that no command has followed yet.
 */

import { ownCopy } from './tally.ts';

export interface CommandAuthor {
  readonly source: string;
  readonly action: 'start' | 'stop';
}

/** Commands of one door that run at a time; what is older never had one. */
const MAX_WAITING = 64;

const MAX_DOORS = 4096;

export class CommandAuthors {
  readonly #waiting = new Map<string, CommandAuthor[]>();
  /** Whose command of the door began last. */
  readonly #last = new Map<string, CommandAuthor>();

  /** A match or a closing, which has a command of its door run. */
  expect(door: string, author: CommandAuthor): void {
    const waiting = this.#waiting.get(door) ?? [];
    if (waiting.length === 0 && this.#waiting.size < MAX_DOORS) this.#waiting.set(ownCopy(door), waiting);
    waiting.push({ ...author, source: ownCopy(author.source) });
    if (waiting.length > MAX_WAITING) waiting.shift();
  }

  /** Of a command that begins. @param given what the line itself says */
  begins(door: string, given: Partial<CommandAuthor>): CommandAuthor | undefined {
    const waiting = this.#waiting.get(door) ?? [];
    const at = waiting.findIndex((each) => fits(each, given));
    const [expected] = at < 0 ? [] : waiting.splice(at, 1);
    const author = complete(given) ?? expected;
    if (author !== undefined && (this.#last.has(door) || this.#last.size < MAX_DOORS)) {
      this.#last.set(ownCopy(door), author);
    }
    return author;
  }

  /** Of a command that ended. */
  ends(door: string, given: Partial<CommandAuthor>): CommandAuthor | undefined {
    const last = this.#last.get(door);
    return complete(given) ?? (last !== undefined && fits(last, given) ? last : undefined);
  }
}

function complete({ source, action }: Partial<CommandAuthor>): CommandAuthor | undefined {
  return source === undefined || action === undefined ? undefined : { source, action };
}

function fits(author: CommandAuthor, { source, action }: Partial<CommandAuthor>): boolean {
  return (source ?? author.source) === author.source && (action ?? author.action) === author.action;
}
