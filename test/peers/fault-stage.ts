/**
 * The scene of the tests of knockd's faults: both daemons on one interface, with the same doors and the same packets.
 * What knockd does is asserted where the fault shows, and said by the test; without knockd only Postern is tested.
 */

import assert from 'node:assert/strict';
import {
  missingOriginalDaemon,
  ORIGINAL,
  type Scene,
  SERVER4,
  setScene,
  TestDaemon,
} from '../netns/daemon-stage.ts';
import type { Packet } from '../netns/frame-sender.ts';

export interface Pair {
  readonly scene: Scene;
  readonly postern: TestDaemon;
  /** undefined where Debian's knockd is not installed. */
  readonly original: TestDaemon | undefined;
}

export interface FaultTest {
  after(end: () => Promise<void> | void): void;
  diagnostic(message: string): void;
}

export const SSH = '[ssh]\nSequence = 7000,8000,9000\nTCPFlags = syn\nCommand = echo ssh %IP% @DONE\n';

/** The door of `judged`. */
const MARK_PORT = 9;
const MARK_DOOR = `\n[mark]\nSequence = ${MARK_PORT}\nCommand = true\n`;

export async function startPair(t: FaultTest, doors: string): Promise<Pair> {
  const scene = setFaultScene(t);
  return {
    scene,
    postern: await startPostern(scene, doors),
    original: await startOriginal(t, scene, doors),
  };
}

/** Forged knockers get no answer, so the server need not ask where they are. */
export function setFaultScene(t: FaultTest): Scene {
  const scene = setScene(t);
  scene.server.iptables('-A', 'INPUT', '-p', 'tcp', '-j', 'DROP');
  return scene;
}

export function startPostern(scene: Scene, doors: string): Promise<TestDaemon> {
  return TestDaemon.started(scene, doors + MARK_DOOR);
}

/** undefined, and says so, where it is not installed. */
export async function startOriginal(
  t: FaultTest,
  scene: Scene,
  doors: string,
): Promise<TestDaemon | undefined> {
  const missing = missingOriginalDaemon();
  if (missing === undefined) return TestDaemon.started(scene, doors + MARK_DOOR, { program: ORIGINAL });
  t.diagnostic(missing);
  return undefined;
}

/** One knock for each port, in order. */
export function knocks(src: string, ports: readonly number[], dst = SERVER4): readonly Packet[] {
  return ports.map((port) => ({ src, dst, port }));
}

/** Waits until each daemon that runs has judged all that was sent before. */
export async function judged({ scene, postern, original }: Pair): Promise<void> {
  const marks = postern.running.stdout.match(/: mark: OPEN SESAME$/gm)?.length ?? 0;
  const src = `10.9.200.${marks + 1}`;
  await scene.sender.send(knocks(src, [MARK_PORT]));
  for (const daemon of [postern, original]) {
    if (daemon?.running.isRunning) await daemon.running.waitFor(`${src}: mark: OPEN SESAME`);
  }
}

export interface Opening {
  /** The address of the knocker. */
  readonly by: string;
  readonly ports: readonly number[];
  /** ssh when left out. */
  readonly door?: string;
  /** How often it has been opened then; once when left out. */
  readonly times?: number;
}

/** knockd loses an attempt now and then that its own rules let pass. */
const MAX_TRIES = 10;

/** Knocks until both have opened; Postern does at once. */
export async function openBoth(pair: Pair, { by, ports, door = 'ssh', times = 1 }: Opening): Promise<void> {
  const has = (daemon: TestDaemon) =>
    opened(daemon).filter((each) => each === `${door} ${by}`).length >= times;
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    await pair.scene.sender.send(knocks(by, ports));
    await judged(pair);
    assert.ok(has(pair.postern), pair.postern.running.output);
    if (pair.original === undefined || has(pair.original)) return;
  }
  assert.fail(`knockd opened nothing in ${MAX_TRIES} tries:\n${pair.original?.running.output}`);
}

/** What a daemon says it opened, `DOOR SOURCE` each, in order. */
export function opened({ running }: TestDaemon): readonly string[] {
  const lines = [...running.stdout.matchAll(/^(\S+): (\S+): OPEN SESAME$/gm)];
  return lines.filter(([, , door]) => door !== 'mark').map(([, source, door]) => `${door} ${source}`);
}

export function saysFault(t: FaultTest, fault: string): void {
  t.diagnostic(`knockd: ${fault}`);
}
