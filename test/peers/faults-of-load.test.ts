/** Faults of knockd 0.8 in what it takes: time and memory, each beside Postern without it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import { missingForDaemon, SERVER4, setScene, TestDaemon } from '../netns/daemon-stage.ts';
import type { Packet } from '../netns/frame-sender.ts';
import { knocks, opened, SSH, saysFault, startOriginal, startPair } from './fault-stage.ts';

const skip = (await enterLab()) ?? missingForDaemon();

const PORTS = [7000, 8000, 9000];
const A = '10.9.1.1';
const FLOOD = 20_000;
/** Of frames that tcpreplay is given before its pipe is waited for. */
const BURST = 500;

test('a flood of forged first knocks starves nobody', { skip }, async (t) => {
  const { scene, postern, original } = await startPair(t, SSH);
  const third = FLOOD / 3;
  const packets = PORTS.flatMap((port, at) => [
    ...forged(at * third, (at + 1) * third),
    ...knocks(A, [port]),
  ]);
  for (let at = 0; at < packets.length; at += BURST) {
    await Promise.all(packets.slice(at, at + BURST).map((packet) => scene.sender.send([packet])));
  }
  const sentMs = performance.now();
  const line = `ssh ${A}`;
  await postern.didWrite(line);
  await postern.running.waitFor(`${A}: ssh: OPEN SESAME`);
  assert.deepEqual(opened(postern), [line]);
  t.diagnostic(`Postern had opened ${sinceMs(sentMs)} ms after the flood`);
  if (original === undefined) return;
  const knockdOpened = await comes(() => original.done.includes(line));
  t.diagnostic(
    `knockd: ${knockdOpened ? `had opened ${sinceMs(sentMs)} ms later` : `had not opened ${PATIENCE_MS / 1000} s later`}`,
  );
});

test('a thousand doors take little memory, and open', { skip }, async (t) => {
  const scene = setScene(t);
  const startedMs = performance.now();
  const postern = await TestDaemon.started(scene, doors(1000));
  t.diagnostic(`Postern: 1,000 doors in ${sinceMs(startedMs)} ms, ${peakMb(postern)} MB`);
  await scene.sender.send(knocks(A, doorPorts(999)));
  await postern.didWrite(`door999 ${A}`);
  const fromMs = performance.now();
  const original = await startOriginal(t, scene, doors(200));
  if (original === undefined) return;
  assert.ok(peakMb(original) > peakMb(postern));
  saysFault(t, `a fifth of these doors in ${sinceMs(fromMs)} ms, ${peakMb(original)} MB at the peak`);
});

const ROUNDS = 10;

test('the command starts as soon as the last knock is seen', { skip }, async (t) => {
  const timed = SSH.replace('echo ssh %IP%', 'echo %IP% $(date +%s%3N)');
  const { scene, postern, original } = await startPair(t, timed);
  const latenciesMs = { postern: [] as number[], original: [] as number[] };
  const startedMs = (daemon: TestDaemon, source: string) =>
    daemon.done.find((line) => line.startsWith(`${source} `))?.split(' ')[1];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const source = `10.9.2.${round}`;
    await scene.sender.send(knocks(source, PORTS.slice(0, 2)));
    const sentMs = Date.now();
    await scene.sender.send(knocks(source, PORTS.slice(2)));
    const atMs = await until(() => startedMs(postern, source), { what: () => postern.running.output });
    latenciesMs.postern.push(Number(atMs) - sentMs);
    if (original === undefined || !(await comes(() => startedMs(original, source)))) continue;
    latenciesMs.original.push(Number(startedMs(original, source)) - sentMs);
  }
  const middle = (each: readonly number[]) => each.toSorted((a, b) => a - b)[each.length >> 1];
  t.diagnostic(`Postern: ${middle(latenciesMs.postern)} ms from sending the last knock to the command`);
  if (original !== undefined) t.diagnostic(`knockd: ${middle(latenciesMs.original)} ms`);
});

/** What is waited for so long before it counts as missing; only for what knockd does. */
const PATIENCE_MS = 2000;

async function comes(condition: () => unknown): Promise<boolean> {
  const found = until(() => Boolean(condition()), { timeoutMs: PATIENCE_MS });
  return found.then(
    () => true,
    () => false,
  );
}

/** First knocks of as many sources, to which the server has no route. */
function forged(from: number, to: number): readonly Packet[] {
  const packets: Packet[] = [];
  for (let at = Math.ceil(from); at < to; at += 1) {
    packets.push({ src: `10.77.${at >> 8}.${at & 255}`, dst: SERVER4, port: PORTS[0]! });
  }
  return packets;
}

function doors(count: number): string {
  const sections = Array.from({ length: count }, (_, at) =>
    [
      `[door${at}]`,
      `Sequence = ${doorPorts(at).join()}`,
      'TCPFlags = syn',
      `Command = echo door${at} %IP% @DONE`,
      '',
    ].join('\n'),
  );
  return sections.join('\n');
}

function doorPorts(door: number): readonly number[] {
  return [10_000 + 7 * door, 20_000 + door, 40_000 + door];
}

function sinceMs(startMs: number): number {
  return Math.round(performance.now() - startMs);
}

/** The most memory that it has had. */
function peakMb({ running: { pid } }: TestDaemon): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
