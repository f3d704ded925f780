import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../lab/until.ts';
import { parsed } from '../../test/support/config-text.ts';
import { ethernet, tcpPacket } from '../../test/support/frame-builder.ts';
import { EventMemory } from '../explain/event-memory.ts';
import { TIMEOUT } from '../knock/match-event.ts';
import { FrameList, MAX_FRAMES } from '../native/frame-list.ts';
import { parsePrefix } from '../net/prefix.ts';
import { liveDoorsOf } from './live-doors.ts';
import { Teller } from './teller.ts';
import { Watcher } from './watcher.ts';

const ETHERNET = 1;
/** Where Ethernet frames have words of the source that may be any. */
const SOURCE_AT = { ipv4: 26, ipv6: 26 };
const DOORS = ['10.0.0.1', 'fd00::1']
  .map((target) => `[to-${target}]\nSequence = 7001,8002,9003\nTCPFlags = syn\nTarget = ${target}\n`)
  .join('');
/** What explain needs besides. */
const FACTS = {
  ...{ grants: [], ban: undefined, ignoresIpv6: false, otherFamilyDoors: [], hindrances: [] },
  showsSecrets: false,
};
const NOW = { monotonicMs: 3_600_000, wallMs: Date.parse('2026-01-01T01:00:00Z') };
const BATCHES = 2000;
/** Of the compiler, of clocks; a single number a packet would be twelve times as much. */
const MAX_BYTES_A_PACKET = 1;

interface Heard {
  told: number;
  untold: number;
  ends?: number;
}

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

test('of a flood each first knock is told or counted, and the memory knows what it missed', () => {
  const memory = new EventMemory({ k0: 1, k1: 2 }, 0);
  const heard = { told: 0, untold: 0 };
  const play = player([7001], 'ipv4', memory, heard);
  const sinceMs = () => Date.parse(memory.explain(parsePrefix('192.0.2.1')!, FACTS, NOW).remembersSince);
  assert.equal(sinceMs(), NOW.wallMs - NOW.monotonicMs);
  play(3);
  assert.equal(heard.told + heard.untold, 3 * MAX_FRAMES);
  assert.ok(heard.told >= 3 * 32 && heard.told <= 3 * 64, `${heard.told} told`);
  assert.ok(sinceMs() > NOW.wallMs - NOW.monotonicMs);
});

test('the ends of a flood are told or counted, each once', async () => {
  const heard = { told: 0, untold: 0, ends: 0 };
  player([7001], 'ipv4', undefined, heard, 'Seq_Timeout = 0.05\n')(3);
  await until(() => heard.ends >= 3 * MAX_FRAMES, { what: 'all ends' });
  assert.equal(heard.ends, 3 * MAX_FRAMES);
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
function player(
  ports: readonly number[],
  family: 'ipv4' | 'ipv6',
  memory = new EventMemory({ k0: 1, k1: 2 }, 0),
  heard: Heard = { told: 0, untold: 0 },
  more = '',
): (batches: number) => void {
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
  const watcher = newWatcher(memory, heard, more);
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
function newWatcher(memory: EventMemory, heard: Heard, more: string): Watcher {
  const config = parsed(DOORS.replaceAll('TCPFlags', `${more}TCPFlags`));
  const teller = new Teller({ log: () => {} }, undefined, false);
  const watcher = new Watcher([], config.options, {
    log: { log: () => {} },
    onlyIpv4: false,
    tellsDetails: false,
    memory,
    audience: {
      told: (kind, door, stage, source, nowMs, protocol, port) => {
        if (kind === TIMEOUT) heard.ends = (heard.ends ?? 0) + 1;
        else heard.told++;
        teller.event(kind, door?.door.name, stage, source, nowMs, protocol, port);
      },
      untold: (steps, ends) => {
        heard.untold += steps;
        heard.ends = (heard.ends ?? 0) + ends;
        teller.untold(steps, ends);
      },
      judged: () => {},
    },
  });
  watcher.setDoors(liveDoorsOf(config, assert.fail, 0), config.options);
  return watcher;
}
