import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChosenInterfaces } from './interface-choice.ts';
import type { NetworkInterface } from './interfaces.ts';

const LO = device('lo', 1, true);
const ETH0 = device('eth0', 2);
const WG0 = device('wg0', 3);
const NONE = new Set<number>();

test("'any' and names are as they are, whatever there is", () => {
  assert.deepEqual(new ChosenInterfaces({ kind: 'any' }).update([], NONE), ['any']);
  const named = new ChosenInterfaces({ kind: 'named', names: ['eth1', 'lo'] });
  assert.deepEqual(named.update([ETH0], NONE), ['eth1', 'lo']);
  assert.equal(named.needsRoutes, false);
});

test("'auto' follows the default routes, loopback excepted", () => {
  const auto = new ChosenInterfaces({ kind: 'auto' });
  assert.equal(auto.needsRoutes, true);
  assert.deepEqual(auto.update([LO, ETH0, WG0], NONE), []);
  assert.deepEqual(auto.update([LO, ETH0, WG0], new Set([1, 2])), ['eth0']);
  assert.deepEqual(auto.update([LO, ETH0, WG0], new Set([2, 3])), ['eth0', 'wg0']);
  assert.deepEqual(auto.update([LO, ETH0, WG0], new Set([3])), ['wg0']);
});

test("'auto' keeps what it has while there is no default route at all", () => {
  const auto = new ChosenInterfaces({ kind: 'auto' });
  auto.update([ETH0], new Set([2]));
  assert.deepEqual(auto.update([ETH0], NONE), ['eth0']);
  assert.deepEqual(auto.update([], NONE), ['eth0']);
});

test('the default is eth0 where it exists, and stays so', () => {
  const chosen = new ChosenInterfaces({ kind: 'default' });
  assert.equal(chosen.needsRoutes, true);
  assert.deepEqual(chosen.update([ETH0, WG0], new Set([3])), ['eth0']);
  assert.deepEqual(chosen.update([WG0], new Set([3])), ['eth0']);
});

test('the default is auto where there is no eth0, and stays so', () => {
  const chosen = new ChosenInterfaces({ kind: 'default' });
  assert.deepEqual(chosen.update([WG0], NONE), []);
  assert.deepEqual(chosen.update([WG0], new Set([3])), ['wg0']);
  assert.deepEqual(chosen.update([ETH0, WG0], new Set([3])), ['wg0']);
});

function device(name: string, index: number, isLoopback = false): NetworkInterface {
  return { name, otherNames: [], index, isUp: true, isEthernet: true, isLoopback };
}
