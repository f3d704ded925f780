/** P8: requests that are served while bogus SPA packets come, beside fwknopd. */

import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Running } from '../../lab/running.ts';
import { type TimedFrame, writeCapture } from '../capture-file.ts';
import { SPA_PORT, startFwknopd } from '../fwknop.ts';
import { droppedOf } from '../packet-cost.ts';
import type { Stage } from '../plan.ts';
import { cpuMs } from '../process-figures.ts';
import { FWKNOPD, missing } from '../programs.ts';
import { atLeast, type Figure, type Findings, figure } from '../row.ts';
import { type DatagramGoal, datagramFrame, type SpaKeys, spaPacketFor } from '../spa-frame.ts';
import type { Yard } from '../yard.ts';

const KEYS: SpaKeys = { key: 'the key of a bench, not a secret', hmac: 'the other key of the same bench.' };
const WRONG: SpaKeys = { key: 'another key that nobody has', hmac: 'and another one, for the HMAC..' };

const BOGUS_PER_SECOND = 200_000;
/** Different texts and sources, in turn. */
const BOGUS = 20_000;
const FLOOD_SECONDS = 10;
const REQUESTS_PER_SECOND = 30;
/** All of them while the flood lasts. */
const REQUEST_SECONDS = 8;
const BEFORE_REQUESTS_MS = 1000;
/** What is under way when the flood ends is waited for. */
const AFTER_MS = 2000;

interface Served {
  readonly requests: number;
  readonly perSecond: number;
  readonly microseconds: number;
  readonly dropped: number;
}

export async function spa(yard: Yard, stage: Stage): Promise<Findings> {
  const bogus = yard.path('bogus.pcap');
  writeCapture(bogus, bogusPackets(goalOf(yard)));
  stage.tell('Postern');
  const ours = await servedBy(
    yard,
    bogus,
    () => postern(yard),
    () => openedIn(yard),
  );
  const figures: Figure[] = [
    figure('bogus packets', ours.perSecond, 'packets/s'),
    figure('Postern: requests served', ours.requests / REQUEST_SECONDS, `of ${REQUESTS_PER_SECOND} a second`),
    figure('Postern: processor time for a bogus packet', ours.microseconds, 'µs'),
    figure('Postern: lost in the kernel', ours.dropped, 'packets'),
  ];
  const absent = missing(FWKNOPD);
  if (absent === undefined) {
    stage.tell('fwknopd');
    const theirs = await servedBy(yard, bogus, () => startFwknopd(yard, 600), addedBy);
    figures.push(
      figure(
        'fwknopd: requests served',
        theirs.requests / REQUEST_SECONDS,
        `of ${REQUESTS_PER_SECOND} a second`,
      ),
    );
    figures.push(
      figure('fwknopd: processor time for each bogus packet that was sent', theirs.microseconds, 'µs'),
    );
  }
  return {
    method: `${BOGUS_PER_SECOND} packets a second of the right shape with a wrong HMAC for ${FLOOD_SECONDS} s, from ${BOGUS} sources in turn; ${REQUESTS_PER_SECOND} requests a second during ${REQUEST_SECONDS} s of it`,
    figures,
    bars: [
      atLeast('requests served a second', ours.requests / REQUEST_SECONDS, REQUESTS_PER_SECOND),
      atLeast('bogus packets a second', ours.perSecond, BOGUS_PER_SECOND * 0.95),
    ],
    notes: absent === undefined ? [] : [absent],
  };
}

async function servedBy(
  yard: Yard,
  bogus: string,
  start: () => Promise<Running>,
  served: (daemon: Running) => number,
): Promise<Served> {
  const requests = yard.path('requests.pcap');
  writeCapture(requests, goodPackets(goalOf(yard)));
  const daemon = await start();
  const before = cpuMs(daemon.pid);
  const packets = BOGUS_PER_SECOND * FLOOD_SECONDS;
  const flood = yard.send({ file: bogus }, { packets, perSecond: BOGUS_PER_SECOND });
  await delay(BEFORE_REQUESTS_MS);
  await yard.play(requests);
  const { perSecond } = await flood;
  await delay(AFTER_MS);
  const microseconds = ((cpuMs(daemon.pid) - before) * 1000) / packets;
  const count = served(daemon);
  await daemon.stop('SIGTERM');
  return { requests: count, perSecond, microseconds, dropped: droppedOf(daemon.output) };
}

async function postern(yard: Yard): Promise<Running> {
  writeFileSync(yard.path('served'), '');
  const keys = `Spa_Port = ${SPA_PORT}\nSpa_Key = plain:${KEYS.key}\nSpa_Hmac_Key = plain:${KEYS.hmac}`;
  const daemon = await yard.postern(`[ssh]\n${keys}\nStart_Command = echo %IP% >> ${yard.path('served')}\n`);
  await yard.settled();
  return daemon;
}

function openedIn(yard: Yard): number {
  return new Set(
    readFileSync(yard.path('served'), 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
  ).size;
}

function addedBy({ output }: Running): number {
  return new Set([...output.matchAll(/Added access rule to \S+ for ([\d.]+)/g)].map(([, source]) => source))
    .size;
}

function bogusPackets(goal: DatagramGoal): readonly TimedFrame[] {
  return Array.from({ length: BOGUS }, (_, i) => {
    const source = `11.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
    return { timeMs: 0, frame: datagramFrame(goal, source, spaPacketFor(WRONG, source)) };
  });
}

/** Each from an address of its own. */
function goodPackets(goal: DatagramGoal): readonly TimedFrame[] {
  return Array.from({ length: REQUESTS_PER_SECOND * REQUEST_SECONDS }, (_, i) => {
    const source = `12.0.${i >> 8}.${i & 255}`;
    const frame = datagramFrame(goal, source, spaPacketFor(KEYS, source));
    return { timeMs: (i * 1000) / REQUESTS_PER_SECOND, frame };
  });
}

function goalOf({ goal: { mac, address } }: Yard): DatagramGoal {
  return { mac, address, port: SPA_PORT };
}
