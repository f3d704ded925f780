/** The figures in README.md, from one whole run. Pure: text and rows in, text out. */

import type { Row } from './row.ts';
import { limitText, numberText } from './row-text.ts';

/** What stands between these lines is written by `npm run bench -- --readme`. */
const BEGIN = '<!-- figures: written by npm run bench -- --readme -->';
const END = '<!-- end of figures -->';

/** A row of the bench, and the names of figures in it. */
interface Line {
  readonly what: string;
  readonly id: string;
  readonly ours: readonly string[];
  /** With the name under which the peer is shown. */
  readonly beside: readonly (readonly [figure: string, shown: string])[];
}

const LINES: readonly Line[] = [
  {
    what: 'last knock to the open port, median',
    id: 'P1',
    ours: ['postern, median'],
    beside: [
      ['knockd, median', 'knockd'],
      ['fwknopd, median', 'fwknopd'],
    ],
  },
  {
    what: 'the same, 99th percentile',
    id: 'P1',
    ours: ['postern, p99'],
    beside: [
      ['knockd, p99', 'knockd'],
      ['fwknopd, p99', 'fwknopd'],
    ],
  },
  {
    what: 'last knock to the end of an iptables command, median',
    id: 'P2',
    ours: ['postern, median'],
    beside: [
      ['knockd, median', 'knockd'],
      ['the command by itself, median', 'the command by itself'],
    ],
  },
  {
    what: 'knockers served during a flood of forged first knocks',
    id: 'P3',
    ours: ['first knocks: served, pauses of 1000 ms', 'first knocks: rate'],
    beside: [],
  },
  {
    what: 'processor time for each packet of a flood of forged first knocks',
    id: 'P4',
    ours: ['postern', 'postern, rate'],
    beside: [
      ['knockd at its best: one source', 'knockd at its best'],
      ['tcpdump -w /dev/null', 'tcpdump to /dev/null'],
    ],
  },
  {
    what: 'requests by one packet served among 200,000 bogus ones a second',
    id: 'P8',
    ours: ['Postern: requests served'],
    beside: [['fwknopd: requests served', 'fwknopd']],
  },
  {
    what: 'one more open door beside 50,000, in the kernel',
    id: 'grants',
    ours: ['nftables: one more than 50000'],
    beside: [],
  },
  {
    what: 'memory: idle, after floods',
    id: 'P5',
    ours: ['idle', 'after round 10'],
    beside: [['a Node that does nothing', 'Node that does nothing']],
  },
  {
    what: 'start with 10,000 doors',
    id: 'P6',
    ours: ['postern, 10,000 doors', 'postern, 10,000 doors, memory'],
    beside: [['knockd, 200 doors', 'knockd, 200 doors']],
  },
  {
    what: 'the command `knock` with three knocks',
    id: 'P9',
    ours: ['knock'],
    beside: [['node -e 0', '`node -e 0`']],
  },
  {
    what: 'SIGHUP answered during a flood',
    id: 'signals',
    ours: ['SIGHUP to the end of the reload, median'],
    beside: [],
  },
];

/** Throws when the README has no place for figures. */
export function withFigures(readme: string, rows: readonly Row[], machine: string): string {
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`README.md has no lines '${BEGIN}' and '${END}'`);
  return `${readme.slice(0, from + BEGIN.length)}\n${section(rows, machine)}\n${readme.slice(to)}`;
}

function section(rows: readonly Row[], machine: string): string {
  const cells = LINES.flatMap((line) => cellsOf(line, rows));
  const missed = rows.flatMap(({ bars }) => bars.filter(({ met }) => !met));
  const bars = rows.flatMap((row) => row.bars);
  const said = missed.map((bar) => `${bar.what} ${numberText(bar.value)} (${limitText(bar)})`);
  return [
    `From one run on ${machine}:`,
    '',
    table([['what', 'Postern', 'beside'], ...cells]),
    '',
    `![${bars.length - missed.length} of ${bars.length} bars met](bench/results.svg)`,
    ...(missed.length === 0 ? [] : ['', `Not reached in this run: ${said.join('; ')}.`]),
  ].join('\n');
}

/** Nothing for a row that was not measured. */
function cellsOf({ what, id, ours, beside }: Line, rows: readonly Row[]): readonly string[][] {
  const figures = rows.find((row) => row.id === id)?.figures ?? [];
  const text = (name: string) => {
    const found = figures.find((figure) => figure.what === name);
    return found === undefined ? [] : [`${numberText(found.value)} ${found.unit}`];
  };
  const own = ours.flatMap(text);
  if (own.length === 0) return [];
  const theirs = beside.flatMap(([name, shown]) => text(name).map((value) => `${shown} ${value}`));
  return [[what, own.join(', '), theirs.join('; ')]];
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = lines;
  return [row(head), row(widths.map((width) => '-'.repeat(width))), ...rest.map(row)].join('\n');
}
