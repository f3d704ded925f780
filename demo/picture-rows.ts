/**
 * A told story as rows of a picture: on the left what the laptop does and finds, on the right what the server says, and
 * between them whether port 22 answers the laptop.
 */

import type { Chapter, Told } from './told-story.ts';

export interface Cell {
  readonly kind: 'command' | 'step' | 'said' | 'note';
  readonly text: string;
}

export interface Row {
  readonly left?: Cell;
  readonly right?: Cell;
  /** How the port is from here on. */
  readonly isOpen: boolean;
}

/** Others tell of the server alone, and are not drawn. */
export function isOfTheLaptop({ told }: Chapter): boolean {
  return told.some(
    (each) => (each.kind === 'command' && each.host === 'laptop') || /^laptop/.test(each.text),
  );
}

/** @param wasOpen how the port is before it */
export function rowsOf({ told }: Chapter, wasOpen: boolean): readonly Row[] {
  const rows: { left?: Cell; right?: Cell; isOpen: boolean }[] = [];
  let isOpen = wasOpen;
  for (const [side, cell] of told.flatMap((each) => placed(each, told))) {
    isOpen = stateAfter(cell, isOpen);
    const last = rows.at(-1);
    // What one side answers stands beside it; what the laptop finds out later stands below.
    const isLater = side === 'left' && last?.right?.kind === 'step';
    if (last === undefined || last[side] !== undefined || isLater) rows.push({ [side]: cell, isOpen });
    else Object.assign(last, { [side]: cell, isOpen });
  }
  return rows;
}

type Placed = readonly [side: 'left' | 'right', cell: Cell];

const DAEMON = 'the daemon says: ';

function placed(told: Told, all: readonly Told[]): readonly Placed[] {
  switch (told.kind) {
    case 'command':
      return commandOf(told.host, told.text);
    case 'printed':
      return /scan: /.test(told.text) ? [['right', { kind: 'said', text: withoutSource(told.text) }]] : [];
    case 'step':
      return told.text.startsWith(DAEMON)
        ? [['right', { kind: 'said', text: withoutSource(wholeLine(told.text.slice(DAEMON.length), all)) }]]
        : [
            [
              /^(the daemon|no daemon|the firewall)/.test(told.text) ? 'right' : 'left',
              { kind: 'step', text: told.text },
            ],
          ];
    case 'plain':
      return isList(told.text) ? [] : [['left', { kind: 'note', text: told.text }]];
  }
}

/** The daemon's line in which this was. */
function wholeLine(words: string, all: readonly Told[]): string {
  return all.find((each) => each.kind === 'printed' && each.text.includes(words))?.text ?? words;
}

/** The door with its ports, or what says that such lines follow. */
function isList(text: string): boolean {
  return text.endsWith(':') || /^\[\w+\]\s{2,}/.test(text);
}

/** Of the server's own rules the one that drops is enough. */
function commandOf(host: string, text: string): readonly Placed[] {
  const isRule = text.startsWith('iptables ') && !text.includes('DROP');
  return isRule ? [] : [[host === 'server' ? 'right' : 'left', { kind: 'command', text }]];
}

function withoutSource(text: string): string {
  return text.replace(/^[\d.]+: /, '');
}

function stateAfter({ kind, text }: Cell, isOpen: boolean): boolean {
  if (kind !== 'step') return isOpen;
  if (/^port 22 is open/.test(text)) return true;
  return /shut|no answer/.test(text) ? false : isOpen;
}
