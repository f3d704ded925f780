/** P1: from the last knock to the open port, as the knocker sees it: a connection that is answered. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { POSTERN } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import { SPA_PORT, spaPacket, startFwknopd } from '../fwknop.ts';
import { inTurn } from '../in-turn.ts';
import type { Round } from '../knock-line.ts';
import { Knocker, spreadPause } from '../knocker.ts';
import type { Stage } from '../plan.ts';
import { FWKNOP, FWKNOPD, KNOCKD, missing, NFT } from '../programs.ts';
import { atMost, type Bar, type Findings, figure } from '../row.ts';
import { median, quantile } from '../statistics.ts';
import type { Yard } from '../yard.ts';
import { UDP_DOOR, UDP_KNOCKS } from './doors.ts';

const LISTENER = fileURLToPath(new URL('../listener.js', import.meta.url));

const BLOCKS = 4;
const ROUNDS = 25;
const PORT = 22;
const OPEN_SECONDS = 30;
/** Long enough for a SYN and its answer on a slow machine. */
const SHUT_LOOK_MS = 200;

const DOOR = `${UDP_DOOR}Open = tcp/${PORT}\nOpen_For = ${OPEN_SECONDS}s\n`;
const RULE = `iptables -w -I INPUT -s %IP% -p tcp --dport ${PORT} -j ACCEPT`;

type Side = 'postern' | 'knockd' | 'fwknopd';

interface Contender {
  /** Why it cannot take part; undefined when it can. */
  readonly absent: string | undefined;
  readonly start: () => Promise<Running>;
  readonly knocks: (from: string) => Round['knocks'];
}

export async function portOpen(yard: Yard, stage: Stage): Promise<Findings> {
  const all = contenders(yard);
  const sides = (Object.keys(all) as Side[]).filter((side) => all[side].absent === undefined);
  yard.addSenders(1 + ROUNDS);
  const service = yard.server.spawn(process.execPath, [LISTENER, `${PORT}`]);
  await service.waitFor('up');
  const blocks = await inTurn(BLOCKS, sides, (side, block) => {
    stage.tell(`block ${block} of ${BLOCKS}: ${side}`);
    return measure(yard, side, all[side]);
  });
  await service.stop();
  const of = (side: Side) => (blocks.get(side) ?? []).flatMap(({ took }) => took);
  const first = (side: Side) => (blocks.get(side) ?? []).flatMap((block) => block.first);
  const lost = (side: Side) => (blocks.get(side) ?? []).reduce((sum, block) => sum + block.lost, 0);
  return {
    method: `${BLOCKS} blocks of ${ROUNDS} knocks after a first one, all in turn, at any moment; a new connection is tried every 0.1 ms; knockd and fwknopd through iptables`,
    figures: sides.flatMap((side) => [
      figure(`${side}, median`, median(of(side)), 'ms'),
      figure(`${side}, p99`, quantile(of(side), 0.99), 'ms'),
      figure(`${side}, first knock after its start`, median(first(side)), 'ms'),
      ...(lost(side) === 0
        ? []
        : [figure(`${side}, opened nothing`, lost(side), `of ${BLOCKS * (1 + ROUNDS)} knocks`)]),
    ]),
    bars: bars(of('postern'), of('knockd')),
    notes: Object.values(all).flatMap(({ absent }) => absent ?? []),
  };
}

function contenders(yard: Yard): Record<Side, Contender> {
  return {
    postern: {
      absent: missing(NFT) ?? openDoorProblem(yard),
      start: () => yard.postern(DOOR),
      knocks: () => UDP_KNOCKS,
    },
    knockd: {
      absent: missing(KNOCKD),
      start: () => yard.original(`${UDP_DOOR}Command = ${RULE}\n`),
      knocks: () => UDP_KNOCKS,
    },
    fwknopd: {
      absent: missing(FWKNOPD, FWKNOP),
      start: () => startFwknopd(yard, OPEN_SECONDS),
      knocks: (from) => [{ port: SPA_PORT, text: spaPacket(yard, from, PORT) }],
    },
  };
}

/** What Postern itself says against the door. */
function openDoorProblem(yard: Yard): string | undefined {
  const path = yard.path('open.conf');
  writeFileSync(path, yard.posternConf(DOOR));
  try {
    yard.server.runSync(POSTERN, ['check', path]);
    return undefined;
  } catch (error) {
    const said = /^.*error: (.*)$/m.exec(String(error))?.[1] ?? String(error);
    return `postern is not measured: it takes no door with 'Open = tcp/${PORT}' yet (${said})`;
  }
}

interface Block {
  /** Milliseconds of the first knock after the start, which finds nothing ready; none when it was lost. */
  readonly first: readonly number[];
  /** Milliseconds of the others. */
  readonly took: readonly number[];
  /** Knocks that opened nothing. */
  readonly lost: number;
}

async function measure(yard: Yard, side: Side, { start, knocks }: Contender): Promise<Block> {
  // Postern's own table shuts the port; a rule of iptables would shut it for those whom Postern lets in, too.
  yard.server.iptables('-P', 'INPUT', side === 'postern' ? 'ACCEPT' : 'DROP');
  const daemon = await start();
  const knocker = new Knocker(yard);
  const first: number[] = [];
  const took: number[] = [];
  let lost = 0;
  try {
    await requireShut(knocker, yard, daemon);
    for (const [round, from] of yard.senders(1 + ROUNDS).entries()) {
      await spreadPause(round);
      const { openMs } = await knocker.round({ from, knocks: knocks(from), opens: PORT });
      if (openMs === null) lost++;
      else (round === 0 ? first : took).push(openMs);
      if (side === 'knockd') yard.server.iptables('-F', 'INPUT');
      if (side === 'postern' && round === 0) await yard.settled();
    }
  } finally {
    await knocker.end();
    await daemon.stop();
    // The guard outlives the daemon.
    if (side === 'postern') yard.server.runSync('nft', ['delete', 'table', 'inet', 'postern']);
  }
  if (took.length === 0) throw new Error(`${side} opened for no knock:\n${daemon.output}`);
  return { first, took, lost };
}

async function requireShut(knocker: Knocker, yard: Yard, daemon: Running): Promise<void> {
  const [from = ''] = yard.senders(1);
  const { openMs } = await knocker.round({ from, knocks: [], opens: PORT, giveUpMs: SHUT_LOOK_MS });
  if (openMs !== null) throw new Error(`the port is open before the knock:\n${daemon.output}`);
}

function bars(ours: readonly number[], theirs: readonly number[]): readonly Bar[] {
  if (ours.length === 0 || theirs.length === 0) return [];
  return [
    atMost('median, as a part of knockd', median(ours) / median(theirs), 1 / 20),
    atMost('p99, as a part of knockd', quantile(ours, 0.99) / quantile(theirs, 0.99), 1 / 5),
  ];
}
