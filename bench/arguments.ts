/** The command line of the bench. */

import { nearestWord } from '../src/config/nearest-word.ts';

export interface Wish {
  readonly kind: 'run';
  /** As the rows have them and in their order; all when none was named. */
  readonly ids: readonly string[];
  readonly isWhole: boolean;
  readonly full: boolean;
  readonly readme: boolean;
}

export type Parsed =
  | Wish
  | { readonly kind: 'help' }
  | { readonly kind: 'error'; readonly message: string; readonly hint: string };

const OPTIONS = ['--full', '--readme', '--help'];

/** Rows in upper or lower case. `known`: identifiers of all rows. */
export function parseArguments(args: readonly string[], known: readonly string[]): Parsed {
  if (args.includes('--help') || args.includes('-h')) return { kind: 'help' };
  const wanted = new Set<string>();
  for (const arg of args) {
    if (OPTIONS.includes(arg)) continue;
    const id = known.find((each) => each.toLowerCase() === arg.toLowerCase());
    if (id === undefined) return unknown(arg, known);
    wanted.add(id);
  }
  const readme = args.includes('--readme');
  if (readme && wanted.size > 0) {
    return {
      ...{ kind: 'error', message: "'--readme' wants all rows" },
      hint: `leave ${[...wanted].join(' ')} away: the README's figures are from one run`,
    };
  }
  const ids = wanted.size === 0 ? known : known.filter((id) => wanted.has(id));
  return { kind: 'run', ids, isWhole: wanted.size === 0, full: args.includes('--full'), readme };
}

function unknown(arg: string, known: readonly string[]): Parsed {
  const isOption = arg.startsWith('-');
  const words = isOption ? OPTIONS : known;
  const near = nearestWord(arg, words);
  const guess = near === undefined ? '' : `did you mean '${near}'? `;
  return {
    kind: 'error',
    message: `unknown ${isOption ? 'option' : 'row'} '${arg}'`,
    hint: `${guess}there are ${words.join(', ')}`,
  };
}
