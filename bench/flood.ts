/** P3, P4, P5 and P7: forged first knocks as fast as the generator goes. */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Running } from '../lab/running.ts';
import { until } from '../lab/until.ts';
import { type FloodWish, writeFlood } from './flood-file.ts';
import { atMost, figure, type Row } from './result.ts';
import { absent, cpuMs, ORIGINAL, residentMb, TCPDUMP, untilIdle, type Yard } from './yard.ts';

const DESTINATION = [10, 9, 0, 1] as const;
const FLOOD_SOURCES = 200_000;
const FLOOD_LOOPS = 15;
const ONE_DOOR = '[ssh]\nSequence = 7001,8002,9003\nSeq_Timeout = 25\n';

interface Cost {
  readonly microseconds: number;
  readonly perSecond: number;
  readonly droppedShare: number;
  readonly residentMb: number;
  readonly idleMb: number;
}

/** P4. */
export async function cpu(yard: Yard): Promise<Row> {
  const flood = floodFile(yard, 'flood.pcap', {
    packets: FLOOD_SOURCES,
    sources: FLOOD_SOURCES,
    ports: [7001],
  });
  const postern = await costOf(yard, await yard.postern(ONE_DOOR), flood, [
    '--topspeed',
    `--loop=${FLOOD_LOOPS}`,
  ]);
  const figures = [
    figure('postern', postern.microseconds, 'µs a packet'),
    figure('postern, rate', postern.perSecond, 'packets/s'),
    figure('postern, dropped by the kernel', 100 * postern.droppedShare, '%'),
  ];
  const bars = [];
  if (absent(TCPDUMP) === undefined) {
    const dump = await costOf(yard, await yard.tcpdump(), flood, ['--topspeed', `--loop=${FLOOD_LOOPS}`]);
    figures.push(figure('tcpdump -w /dev/null', dump.microseconds, 'µs a packet'));
    bars.push(atMost('times tcpdump', postern.microseconds / dump.microseconds, 4));
  }
  if (absent(ORIGINAL) === undefined) {
    const same = await costOf(yard, await yard.original(ONE_DOOR), flood, ['--pps=20000', '--limit=100000']);
    figures.push(figure('knockd, the same packets at 20,000/s', same.microseconds, 'µs a packet'));
    // At its best: one source, so its list of attempts stays short.
    const gentle = floodFile(yard, 'gentle.pcap', { packets: 50_000, sources: 1, ports: [7001] });
    const best = await costOf(yard, await yard.original(ONE_DOOR), gentle, [
      '--pps=20000',
      '--limit=100000',
      '--loop=2',
    ]);
    figures.push(figure('knockd, one source at 20,000/s', best.microseconds, 'µs a packet'));
    bars.push(atMost('as a part of knockd, same packets', postern.microseconds / same.microseconds, 1 / 8));
    bars.push(atMost('as a part of knockd at its best', postern.microseconds / best.microseconds, 1 / 8));
  }
  return { id: 'P4', title: 'processor time for each packet of a flood of first knocks', figures, bars };
}

/** P5. */
export async function memory(yard: Yard): Promise<Row> {
  const sources = 1_000_000;
  const flood = floodFile(yard, 'million.pcap', { packets: sources, sources, ports: [7001] });
  const daemon = await yard.postern(ONE_DOOR);
  const { idleMb, residentMb: once } = await costOf(yard, daemon, flood, ['--topspeed', '--loop=2'], false);
  const { residentMb: again } = await costOf(yard, daemon, flood, ['--topspeed', '--loop=8']);
  return {
    id: 'P5',
    title: 'memory: idle, and after a flood from 1,000,000 sources',
    figures: [
      figure('idle', idleMb, 'MB'),
      figure('after 2 million packets', once, 'MB'),
      figure('after 10 million packets', again, 'MB'),
    ],
    bars: [atMost('growth in MB', again - idleMb, 32)],
  };
}

/** P7. */
export async function manyDoors(yard: Yard): Promise<Row> {
  const shared = Array.from(
    { length: 1000 },
    (_, i) => `[d${i}]\nSequence = 7001,${10_000 + i},${20_000 + i}\n`,
  );
  const different = Array.from(
    { length: 10_000 },
    (_, i) =>
      `[d${i}]\nSequence = ${7001 + (i % 50_000)},${1 + ((i * 7919) % 65_000)},${1 + ((i * 104_729) % 65_000)}\n`,
  );
  const flood = floodFile(yard, 'flood.pcap', {
    packets: FLOOD_SOURCES,
    sources: FLOOD_SOURCES,
    ports: [7001],
  });
  const run = async (doors: string) =>
    (await costOf(yard, await yard.postern(doors), flood, ['--topspeed', '--loop=8'])).microseconds;
  const one = await run(ONE_DOOR);
  const tenThousand = await run(different.join(''));
  const sameFirst = await run(shared.join(''));
  return {
    id: 'P7',
    title: 'processor time for each packet by the number of doors',
    figures: [
      figure('1 door', one, 'µs a packet'),
      figure('10,000 doors', tenThousand, 'µs a packet'),
      figure('1,000 doors with one first step', sameFirst, 'µs a packet'),
    ],
    bars: [
      atMost('10,000 doors / 1 door', tenThousand / one, 1.5),
      atMost('1,000 alike / 1 door', sameFirst / one, 1.5),
    ],
  };
}

/** P3. */
export async function served(yard: Yard): Promise<Row> {
  const record = yard.path('served');
  const doors = `${ONE_DOOR}Command = echo %IP% >> ${record}\n`;
  const flood = floodFile(yard, 'flood.pcap', {
    packets: FLOOD_SOURCES,
    sources: FLOOD_SOURCES,
    ports: [7001],
  });
  const knocks = yard.path('knocks.pcap');
  const figures = [];
  const bars = [];
  for (const pauseMs of [0, 200, 1000]) {
    writeFileSync(record, '');
    writeKnocks(yard, knocks, pauseMs);
    const daemon = await yard.postern(doors);
    const [{ perSecond }] = await Promise.all([
      yard.play(flood, ['--topspeed', '--duration=10', '--loop=1000']),
      knockDuring(yard, knocks),
    ]);
    await untilIdle(daemon.pid);
    const count = new Set(
      readFileSync(record, 'utf8')
        .trim()
        .split('\n')
        .filter((line) => line !== ''),
    ).size;
    await daemon.stop();
    figures.push(
      figure(`${pauseMs} ms between knocks: opened`, count, `of 100, at ${Math.round(perSecond)} packets/s`),
    );
    bars.push({ text: `all 100 with pauses of ${pauseMs} ms`, met: count === 100 });
  }
  return { id: 'P3', title: '100 knockers during a flood of forged first knocks', figures, bars };
}

/** 100 sources, one every 30 ms, three knocks each. */
function writeKnocks(yard: Yard, path: string, pauseMs: number): void {
  const sends = Array.from({ length: 100 }, (_, source) =>
    [7001, 8002, 9003].map((port, step) => ({
      source,
      port,
      timeMs: source * 30 + step * Math.max(1, pauseMs),
    })),
  ).flat();
  sends.sort((a, b) => a.timeMs - b.timeMs);
  const one = yard.path('one.pcap');
  const parts = sends.map(({ source, port, timeMs }) => {
    writeFlood(one, {
      packets: 1,
      sources: 1,
      ports: [port],
      firstSource: 0x200000 + source,
      ...place(yard),
    });
    const bytes = readFileSync(one);
    bytes.writeUInt32BE(Math.floor(timeMs / 1000), 24);
    bytes.writeUInt32BE((timeMs % 1000) * 1000, 28);
    return bytes;
  });
  writeFileSync(path, Buffer.concat([parts[0]!.subarray(0, 24), ...parts.map((part) => part.subarray(24))]));
}

async function knockDuring(yard: Yard, file: string): Promise<void> {
  const begun = performance.now();
  await until(() => performance.now() - begun > 1000, { what: 'the flood to be under way' });
  await yard.play(file, []);
}

function place(yard: Yard): Pick<FloodWish, 'mac' | 'destination'> {
  return { mac: yard.mac, destination: DESTINATION };
}

function floodFile(yard: Yard, name: string, wish: Pick<FloodWish, 'packets' | 'sources' | 'ports'>): string {
  const path = yard.path(name);
  writeFlood(path, { ...wish, ...place(yard) });
  return path;
}

/** Ends the program, unless it is to go on. */
async function costOf(
  yard: Yard,
  program: Running,
  flood: string,
  options: readonly string[],
  ends = true,
): Promise<Cost> {
  const { pid } = program;
  await untilIdle(pid);
  const idleMb = residentMb(pid);
  const before = cpuMs(pid);
  const { packets, perSecond } = await yard.play(flood, options);
  await untilIdle(pid);
  const usedMs = cpuMs(pid) - before;
  const resident = residentMb(pid);
  if (ends) await program.stop('SIGTERM');
  const dropped = droppedOf(program.output);
  const microseconds = (usedMs * 1000) / (packets - dropped);
  return { microseconds, perSecond, droppedShare: dropped / packets, residentMb: resident, idleMb };
}

/** As Postern and tcpdump say it. */
function droppedOf(output: string): number {
  const ours = [...output.matchAll(/the kernel dropped (\d+) packets/g)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  return ours + Number(/(\d+) packets dropped by kernel/.exec(output)?.[1] ?? 0);
}
