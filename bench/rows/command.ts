/** P2: from the last knock to the end of the same shell command, beside knockd. */

import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { inTime } from '../in-time.ts';
import { inTurn } from '../in-turn.ts';
import { Knocker, linesOf, spreadPause } from '../knocker.ts';
import type { Stage } from '../plan.ts';
import { KNOCKD, missing } from '../programs.ts';
import { atMost, type Figure, type Findings, figure } from '../row.ts';
import { median, quantile } from '../statistics.ts';
import type { Yard } from '../yard.ts';
import { UDP_DOOR, UDP_KNOCKS } from './doors.ts';

const BLOCKS = 4;
const ROUNDS = 20;
/** Who takes longer has lost the knock: knockd takes 50 ms. */
const ROUND_LIMIT_MS = 3000;
const SENDER = '10.9.0.2';

type Side = 'postern' | 'original';
const NAMES: Record<Side, string> = { postern: 'postern', original: 'knockd' };

export async function command(yard: Yard, stage: Stage): Promise<Findings> {
  const fifo = yard.path('fifo');
  yard.server.runSync('mkfifo', [fifo]);
  const absent = missing(KNOCKD);
  const sides: readonly Side[] = absent === undefined ? ['postern', 'original'] : ['postern'];
  const blocks = await inTurn(BLOCKS, sides, (side, block) => {
    stage.tell(`block ${block} of ${BLOCKS}: ${NAMES[side]}`);
    return measure(yard, fifo, side);
  });
  stage.tell('the command by itself');
  const alone = figure('the command by itself, median', median(await byItself(yard, fifo)), 'ms');
  const of = (side: Side) => (blocks.get(side) ?? []).flatMap(({ took }) => took);
  const lost = (side: Side) => (blocks.get(side) ?? []).reduce((sum, block) => sum + block.lost, 0);
  const figures = [...sides.flatMap((side) => figuresOf(NAMES[side], of(side), lost(side))), alone];
  const method = `${BLOCKS} blocks of ${ROUNDS} knocks after a first one, both in turn, at any moment; the command is iptables -I`;
  if (absent !== undefined) return { method, figures, bars: [], notes: [absent] };
  return {
    ...{ method, figures },
    bars: [atMost('median, as a part of knockd', median(of('postern')) / median(of('original')), 1 / 5)],
  };
}

function figuresOf(name: string, took: readonly number[], lost: number): readonly Figure[] {
  const times = [
    figure(`${name}, median`, median(took), 'ms'),
    figure(`${name}, p99`, quantile(took, 0.99), 'ms'),
  ];
  return lost === 0
    ? times
    : [...times, figure(`${name}, ran nothing`, lost, `of ${BLOCKS * (1 + ROUNDS)} knocks`)];
}

interface Block {
  /** Milliseconds. */
  readonly took: readonly number[];
  /** Knocks that no command was run for. */
  readonly lost: number;
}

/** Its last act is a line into the fifo. */
function commandFor(source: string, fifo: string): string {
  return `iptables -w -I INPUT -s ${source} -p tcp --dport 22 -j ACCEPT; echo done > ${fifo}`;
}

function readerOf(fifo: string): Socket {
  // Opened for writing too, so that it stays open between two commands and no line is lost.
  return new Socket({ fd: openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
}

/** Milliseconds that a shell on the daemons' core takes which is up and has another run it, as a daemon without one does. */
async function byItself(yard: Yard, fifo: string): Promise<readonly number[]> {
  const command = commandFor(SENDER, fifo);
  const shell = yard.onDaemonCore(['sh'], ['-c', `while read line; do sh -c '${command}'; done`]);
  const reader = readerOf(fifo);
  const commands = linesOf(reader);
  const took: number[] = [];
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      await spreadPause(round);
      const begun = performance.now();
      shell.child.stdin?.write('now\n');
      await commands.next();
      if (round > 0) took.push(performance.now() - begun);
    }
  } finally {
    reader.destroy();
    await shell.stop();
    yard.server.iptables('-F', 'INPUT');
  }
  return took;
}

async function measure(yard: Yard, fifo: string, side: Side): Promise<Block> {
  const daemon = await yard[side](`${UDP_DOOR}Command = ${commandFor('%IP%', fifo)}\n`);
  const knocker = new Knocker(yard);
  const reader = readerOf(fifo);
  const commands = linesOf(reader);
  const took: number[] = [];
  let lost = 0;
  let done: Promise<bigint> | undefined;
  try {
    // Round 0 finds nothing ready, and does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      await spreadPause(round);
      done ??= commands.next().then(() => process.hrtime.bigint());
      const { lastKnockNs } = await knocker.round({ from: SENDER, knocks: UDP_KNOCKS });
      const doneNs = await inTime(done, ROUND_LIMIT_MS);
      if (doneNs === undefined) {
        lost++;
        continue;
      }
      done = undefined;
      if (round === 0 && side === 'postern') await yard.settled();
      if (round > 0) took.push(Number(doneNs - BigInt(lastKnockNs)) / 1e6);
    }
  } finally {
    reader.destroy();
    await knocker.end();
    await daemon.stop();
    yard.server.iptables('-F', 'INPUT');
  }
  if (took.length === 0) throw new Error(`${side} ran no command:\n${daemon.output}`);
  return { took, lost };
}
