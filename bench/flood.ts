/** P3, P4, P5 and P7: forged first knocks as fast as the generator goes. */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Running } from '../lab/running.ts';
import { until } from '../lab/until.ts';
import { type FloodWish, writeFlood } from './flood-file.ts';
import { atMost, type Bar, type Figure, figure, type Row } from './result.ts';
import { absent, cpuMs, ORIGINAL, residentMb, TCPDUMP, untilIdle, type Yard } from './yard.ts';

const DESTINATION = Uint8Array.of(10, 9, 0, 1);
/** fd00:9::1 */
const DESTINATION_6 = Uint8Array.of(0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
/** Four times what the table holds: every packet of a flood is of a source that is not in it. */
const FLOOD_SOURCES = 4_000_000;
const FLOOD_LOOPS = 2;
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
    (await costOf(yard, await yard.postern(doors), flood, ['--topspeed'])).microseconds;
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

const KNOCKERS = 100;
const PAUSES_MS = [0, 200, 1000] as const;
const LEAST_RATE = 200_000;

const FLOODS = [
  { name: 'first knocks', ports: [7001], destination: DESTINATION },
  { name: 'strays', ports: [5001, 6002, 7003, 8004, 9005], destination: DESTINATION },
  { name: 'all steps and strays', ports: [7001, 8002, 9003, 5001], destination: DESTINATION },
  { name: 'first knocks from IPv6 /64s', ports: [7001], destination: DESTINATION_6 },
] as const;

/** P3. 100 knockers for each pause, all within one flood of each kind. */
export async function served(yard: Yard): Promise<Row> {
  const figures: Figure[] = [];
  const bars: Bar[] = [];
  for (const { name, ports, destination } of FLOODS) {
    const flood = floodFile(yard, 'kind.pcap', {
      packets: FLOOD_SOURCES,
      sources: FLOOD_SOURCES,
      ports,
      destination,
    });
    const { opened, perSecond, dropped } = await servedDuring(yard, flood);
    figures.push(figure(`${name}: rate`, perSecond, 'packets/s'));
    figures.push(figure(`${name}: dropped by the kernel`, dropped, 'packets'));
    PAUSES_MS.forEach((pauseMs, at) => {
      figures.push(figure(`${name}: opened with pauses of ${pauseMs} ms`, opened[at]!, `of ${KNOCKERS}`));
    });
    bars.push({ text: `${name}: everybody`, met: opened.every((count) => count === KNOCKERS) });
    bars.push({ text: `${name}: at least ${LEAST_RATE} packets/s`, met: perSecond >= LEAST_RATE });
  }
  return { id: 'P3', title: '300 knockers during floods of forged packets', figures, bars };
}

async function servedDuring(yard: Yard, flood: string) {
  const record = yard.path('served');
  writeFileSync(record, '');
  const knocks = yard.path('knocks.pcap');
  writeKnocks(yard, knocks);
  const daemon = await yard.postern(`${ONE_DOOR}Command = echo %IP% >> ${record}\n`);
  const [{ perSecond }] = await Promise.all([
    yard.play(flood, ['--topspeed', '--duration=10', '--loop=1000']),
    knockDuring(yard, knocks),
  ]);
  await untilIdle(daemon.pid);
  await daemon.stop('SIGTERM');
  const sources = new Set(readFileSync(record, 'utf8').split('\n'));
  const opened = PAUSES_MS.map(
    (_, group) => sourcesOf(group).filter((source) => sources.has(addressText(source))).length,
  );
  return { opened, perSecond, dropped: droppedOf(daemon.output) };
}

/** Numbers as of flood-file, behind those of any flood. */
function sourcesOf(group: number): readonly number[] {
  return Array.from({ length: KNOCKERS }, (_, at) => 0x1000000 * (group + 1) + at);
}

/** As flood-file writes it. */
function addressText(source: number): string {
  const address = 0x0b000000 + source;
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** One source every 30 ms, three knocks each. */
function writeKnocks(yard: Yard, path: string): void {
  const sends = PAUSES_MS.flatMap((pauseMs, group) =>
    sourcesOf(group).flatMap((source, at) =>
      [7001, 8002, 9003].map((port, step) => ({
        source,
        port,
        timeMs: at * 30 + group * 10 + step * Math.max(1, pauseMs),
      })),
    ),
  );
  sends.sort((a, b) => a.timeMs - b.timeMs);
  const one = yard.path('one.pcap');
  const parts = sends.map(({ source, port, timeMs }) => {
    writeFlood(one, { packets: 1, sources: 1, ports: [port], firstSource: source, ...place(yard) });
    const bytes = readFileSync(one);
    bytes.writeUInt32BE(Math.floor(timeMs / 1000), 24);
    bytes.writeUInt32BE((timeMs % 1000) * 1000, 28);
    return bytes;
  });
  writeFileSync(path, Buffer.concat([parts[0]!.subarray(0, 24), ...parts.map((part) => part.subarray(24))]));
}

async function knockDuring(yard: Yard, file: string): Promise<void> {
  const begun = performance.now();
  await until(() => performance.now() - begun > 2000, { what: 'the flood to be under way' });
  await yard.play(file, []);
}

function place(yard: Yard): Pick<FloodWish, 'mac' | 'destination'> {
  return { mac: yard.mac, destination: DESTINATION };
}

function floodFile(
  yard: Yard,
  name: string,
  wish: Pick<FloodWish, 'packets' | 'sources' | 'ports'> & Partial<Pick<FloodWish, 'destination'>>,
): string {
  const path = yard.path(name);
  writeFlood(path, { ...place(yard), ...wish });
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
