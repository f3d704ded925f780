import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import type { PortRange } from '../net/port-range.ts';
import { portSegments } from './port-segments.ts';

const tcp = (first: number, last = first): PortRange => ({ protocol: 'tcp', first, last });
const udp = (first: number, last = first): PortRange => ({ protocol: 'udp', first, last });

function text(doors: readonly (readonly PortRange[])[], protocol: 'tcp' | 'udp' = 'tcp'): string {
  const segments = portSegments(
    doors.map((ports) => ({ ports })),
    protocol,
  );
  return segments.map(({ first, last, doors: which }) => `${first}-${last}:${which.join('+')}`).join(' ');
}

test('ports of several doors are cut where the doors that have them change', () => {
  assert.equal(text([]), '');
  assert.equal(text([[udp(5)]]), '');
  assert.equal(text([[udp(5)]], 'udp'), '5-5:0');
  assert.equal(text([[tcp(22)], [tcp(20, 30)]]), '20-21:1 22-22:0+1 23-30:1');
  assert.equal(text([[tcp(1, 65_535)], [tcp(65_535)]]), '1-65534:0 65535-65535:0+1');
  assert.equal(text([[tcp(5), tcp(6), tcp(4, 6)], [tcp(8)]]), '4-6:0 8-8:1');
});

test('for any doors, each port has the doors whose ranges hold it, and segments are in order', (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`seed ${random.seed}`);
  for (let round = 0; round < 300; round++) {
    const doors = Array.from({ length: random.below(6) }, () => ({
      ports: Array.from({ length: 1 + random.below(3) }, () => {
        const first = 1 + random.below(40);
        return random.oneIn(4) ? udp(first) : tcp(first, first + random.below(10));
      }),
    }));
    const segments = portSegments(doors, 'tcp');
    for (let port = 0; port < 60; port++) {
      const expected = [...doors.keys()].filter((at) =>
        doors[at]!.ports.some(
          ({ protocol, first, last }) => protocol === 'tcp' && first <= port && port <= last,
        ),
      );
      const found = segments.filter(({ first, last }) => first <= port && port <= last);
      assert.ok(found.length <= 1);
      assert.deepEqual(found[0]?.doors ?? [], expected);
    }
    assert.deepEqual(
      segments,
      segments.toSorted((a, b) => a.first - b.first),
    );
  }
});
