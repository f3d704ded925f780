/** What the keys mean. The names are those of node:readline, which knows the terminals' sequences. */

export type Key =
  | 'quit'
  | 'suspend'
  | 'redraw'
  | 'next-pane'
  | 'previous-pane'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'pause'
  | 'help';

/** An event of `readline.emitKeypressEvents`. */
export interface KeyPress {
  readonly name?: string | undefined;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
  readonly sequence?: string;
}

/** undefined for keys that mean nothing. */
export function keyOf({ name = '', ctrl = false, shift = false, sequence = '' }: KeyPress): Key | undefined {
  if (ctrl) return WITH_CTRL[name];
  if (name === 'tab') return shift ? 'previous-pane' : 'next-pane';
  if (name === 'g') return shift ? 'last' : 'first';
  return BY_NAME[name] ?? BY_SEQUENCE[sequence];
}

const WITH_CTRL: Readonly<Record<string, Key>> = {
  c: 'quit',
  '\\': 'quit',
  z: 'suspend',
  l: 'redraw',
  b: 'page-up',
  f: 'page-down',
};

const BY_NAME: Readonly<Record<string, Key>> = {
  q: 'quit',
  right: 'next-pane',
  left: 'previous-pane',
  up: 'up',
  k: 'up',
  down: 'down',
  j: 'down',
  pageup: 'page-up',
  pagedown: 'page-down',
  space: 'page-down',
  home: 'first',
  end: 'last',
  p: 'pause',
  h: 'help',
};

const BY_SEQUENCE: Readonly<Record<string, Key>> = { '?': 'help', '\u001c': 'quit' };
