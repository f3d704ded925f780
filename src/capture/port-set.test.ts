import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { coarsened, PortSet, type Range } from './port-set.ts';

test('ranges are ascending, with neither overlap nor adjoining', () => {
  const ports = new PortSet().add([7, 5, 6, 0, 65_535]).addRange(100, 200).deleteRange(150, 150);
  assert.deepEqual(ports.ranges(), [
    { first: 0, last: 0 },
    { first: 5, last: 7 },
    { first: 100, last: 149 },
    { first: 151, last: 200 },
    { first: 65_535, last: 65_535 },
  ]);
});

test('the empty set has no range, the full one a single', () => {
  assert.deepEqual(new PortSet().ranges(), []);
  assert.deepEqual(PortSet.all().ranges(), [{ first: 0, last: 65_535 }]);
  assert.deepEqual(PortSet.all().deleteAll(PortSet.all()).ranges(), []);
});

test('coarsening fills the smallest gaps first', () => {
  const ranges = new PortSet().add([1, 3, 100, 1000]).ranges();
  assert.deepEqual(coarsened(ranges, 2), [
    { first: 1, last: 100 },
    { first: 1000, last: 1000 },
  ]);
  assert.deepEqual(coarsened(ranges, 3)[0], { first: 1, last: 3 });
  assert.equal(coarsened(ranges, 4), ranges);
});

test('coarsening loses no number and keeps to its limit', () => {
  const seed = seedFromEnvironment();
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const ports = Array.from({ length: 1 + random.below(300) }, () =>
      random.below(random.pick([400, 65_536])),
    );
    const limit = 1 + random.below(64);
    const coarse = coarsened(new PortSet().add(ports).ranges(), limit);
    const what = `POSTERN_SEED=${seed} round ${round}`;
    assert.ok(coarse.length <= limit, what);
    assert.ok(
      ports.every((port) => holds(coarse, port)),
      what,
    );
    assert.ok(
      coarse.every(({ first }, i) => i === 0 || first > coarse[i - 1]!.last + 1),
      what,
    );
  }
});

function holds(ranges: readonly Range[], port: number): boolean {
  return ranges.some(({ first, last }) => first <= port && port <= last);
}
