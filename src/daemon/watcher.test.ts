import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsed } from '../../test/support/config-text.ts';
import { ethernet, tcpPacket } from '../../test/support/frame-builder.ts';
import { EventMemory } from '../explain/event-memory.ts';
import { FrameList, MAX_FRAMES } from '../native/frame-list.ts';
import { liveDoorsOf } from './live-doors.ts';
import { Teller } from './teller.ts';
import { Watcher } from './watcher.ts';

const ETHERNET = 1;
/** Where Ethernet frames have words of the source that may be any. */
const SOURCE_AT = { ipv4: 26, ipv6: 26 };
const DOORS = ['10.0.0.1', 'fd00::1']
  .map((target) => `[to-${target}]\nSequence = 7001,8002,9003\nTCPFlags = syn\nTarget = ${target}\n`)
  .join('');
const BATCHES = 2000;
/** Of the compiler, of clocks; a single number a packet would be twelve times as much. */
const MAX_BYTES_A_PACKET = 1;

test('a flood allocates nothing for a packet', () => {
  const floods = [
    { name: 'first knocks', ports: [7001], family: 'ipv4' },
    { name: 'strays', ports: [5001, 6001], family: 'ipv4' },
    { name: 'all steps and strays', ports: [7001, 8002, 9003, 5001], family: 'ipv4' },
    { name: 'first knocks over IPv6', ports: [7001], family: 'ipv6' },
  ] as const;
  for (const { name, ports, family } of floods) {
    const play = player(ports, family);
    play(BATCHES);
    const bytes = allocatedBy(() => play(BATCHES / 20), 20) / (BATCHES * MAX_FRAMES);
    assert.ok(bytes < MAX_BYTES_A_PACKET, `${name}: ${bytes} bytes a packet`);
  }
});

/** The growth of the heap in those parts that no collection shortened. */
function allocatedBy(work: () => void, times: number): number {
  let sum = 0;
  for (let i = 0; i < times; i++) {
    const before = process.memoryUsage().heapUsed;
    work();
    sum += Math.max(0, process.memoryUsage().heapUsed - before);
  }
  return sum;
}

/** Plays batches of frames, each frame of another source, into a loop with one door. */
function player(ports: readonly number[], family: 'ipv4' | 'ipv6'): (batches: number) => void {
  const frames = new FrameList();
  const frame = (port: number) =>
    family === 'ipv4'
      ? ethernet(tcpPacket({ src: '11.0.0.1', dst: '10.0.0.1', dstPort: port }))
      : ethernet(tcpPacket({ src: '2001:db8::1', dst: 'fd00::1', dstPort: port }));
  const bytes = Buffer.concat(Array.from({ length: MAX_FRAMES }, (_, i) => frame(ports[i % ports.length]!)));
  const lengthBytes = bytes.length / MAX_FRAMES;
  for (let i = 0; i < MAX_FRAMES; i++) {
    frames.starts[i] = i * lengthBytes;
    frames.lengths[i] = lengthBytes;
  }
  frames.count = MAX_FRAMES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const watcher = newWatcher();
  let source = 0;
  return (batches) => {
    for (let batch = 0; batch < batches; batch++) {
      for (let i = 0; i < MAX_FRAMES; i++) {
        view.setUint32(i * lengthBytes + SOURCE_AT[family], 0x0b000000 + (source++ & 0xffffff));
        frames.seconds[i] = 1000;
      }
      watcher.take({ view, frames, linkType: ETHERNET });
    }
  };
}

/** With all that hears of packets. */
function newWatcher(): Watcher {
  const config = parsed(DOORS);
  const teller = new Teller({ log: () => {} }, undefined, false);
  const watcher: Watcher = new Watcher([], config.options, {
    log: { log: () => {} },
    onlyIpv4: false,
    tellsDetails: false,
    memory: new EventMemory({ k0: 1, k1: 2 }, 0),
    told: (kind, door, stage, source, protocol, port) =>
      teller.event(kind, door?.door.name, stage, source, watcher.nowMs, protocol, port),
    untold: (count) => teller.untold(count),
    judged: () => {},
  });
  watcher.setDoors(liveDoorsOf(config, assert.fail, 0), config.options);
  return watcher;
}
