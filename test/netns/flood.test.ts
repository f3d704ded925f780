/** The daemon while forged packets come as fast as they can be sent: it hears its signals, its users, and does not fill its log. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import { LINE_LIMITS } from '../../src/log/rate-limit.ts';
import { missingForDaemon } from './daemon-stage.ts';
import {
  CLIENT4,
  type DoorScene,
  knock,
  recordingDoor,
  SERVER4,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';
import { captureFileOf, frameOf, RECEIVER_MAC } from './frame-sender.ts';

const skip = (await enterLab()) ?? missingForDaemon();

/** Bounds of a flood, whichever comes first. */
const MAX_SECONDS = 60;
const MAX_LOOPS = 5000;
const SOURCES = 20_000;
const MAX_KNOCKS = 5;
/** More than that come within a second on the slowest machine. */
const UNDER_WAY = 20_000;

test('SIGHUP, a knock and SIGTERM are served during a flood of first knocks', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const door = recordingDoor(scene, 'ssh', 'Sequence = 7001,8002,9003');
  writeConf(scene, door);
  const daemon = await startDaemon(scene);
  const flood = await floodUnderWay(scene);
  writeConf(scene, door + recordingDoor(scene, 'web', 'Sequence = 5001,5002'));
  const hupMs = await msFor(async () => {
    daemon.kill('SIGHUP');
    await daemon.waitFor('re-reading config file');
  });
  const knocks = await knockUntilOpen(scene);
  assert.ok(flood.isRunning, `the flood is over too soon:\n${flood.output}`);
  const termMs = await msFor(async () => {
    assert.deepEqual(await daemon.stop('SIGTERM'), { status: 0, signal: undefined });
  });
  assert.ok(flood.isRunning, `the flood is over too soon:\n${flood.output}`);
  t.diagnostic(`the door opened to knock ${knocks}`);
  tellFigures(t, hupMs, termMs, packetsSeen(scene));
  assertFewLines(daemon);
});

/**
 * On a slow machine the first knock may meet the reload under way, or be lost by the kernel while the compiler is at work. Gives how
 * many it took.
 */
async function knockUntilOpen(scene: DoorScene): Promise<number> {
  for (let count = 1; count < MAX_KNOCKS; count++) {
    await knock(scene.client, SERVER4, '5001', '5002');
    const isOpen = await untilRecorded(scene, `open web ${CLIENT4}`, 1, { timeoutMs: 2000 }).then(
      () => true,
      () => false,
    );
    if (isOpen) return count;
  }
  await untilRecorded(scene, `open web ${CLIENT4}`);
  return MAX_KNOCKS;
}

/** Resolves when the server's interface has seen enough of it. */
async function floodUnderWay(scene: DoorScene): Promise<Running> {
  const { server, other, folder } = scene;
  server.iptables('-P', 'INPUT', 'DROP');
  server.iptables('-A', 'INPUT', '-i', 'lo', '-j', 'ACCEPT');
  server.ip('link', 'set', 'eth0', 'address', RECEIVER_MAC);
  const path = join(folder, 'flood.pcap');
  const frames = Array.from({ length: SOURCES }, (_, i) =>
    frameOf({ src: `11.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, dst: SERVER4, port: 7001 }),
  );
  writeFileSync(path, captureFileOf(frames));
  const bounds = [`--duration=${MAX_SECONDS}`, `--loop=${MAX_LOOPS}`];
  const flood = other.spawn('tcpreplay', ['--topspeed', '--preload-pcap', '-i', 'eth0', ...bounds, path]);
  await until(() => packetsSeen(scene) > UNDER_WAY, { what: 'the flood to be under way' });
  return flood;
}

function packetsSeen({ server }: DoorScene): number {
  return Number(server.runSync('cat', ['/sys/class/net/eth0/statistics/rx_packets']));
}

/** Of the class that the flood fills, a burst and then few a second; of all others, much less. */
function assertFewLines({ output }: Running): void {
  const { burst, perSecond } = LINE_LIMITS.stage;
  const lines = output.split('\n');
  assert.ok(lines.length < 2 * (burst + MAX_SECONDS * perSecond), `${lines.length} lines`);
  assert.match(output, /suppressed \d{4,} lines about stages of attempts/);
}

async function msFor(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function tellFigures(t: TestContext, hupMs: number, termMs: number, packets: number): void {
  t.diagnostic(`SIGHUP answered after ${hupMs.toFixed(0)} ms, ended ${termMs.toFixed(0)} ms after SIGTERM`);
  t.diagnostic(`${packets} packets had come by then`);
}
