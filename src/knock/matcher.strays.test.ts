/** Rule 7 of docs/knocking.md: strays, scans and bans; and what a forger can do with them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ack,
  address,
  after,
  door,
  type Knock,
  KnockTable,
  openedBy,
  ports,
  syn,
  syns,
  udp,
} from '../../test/support/knock-table.ts';
import { prefixOf } from '../net/prefix.ts';

const A = '192.0.2.7';
const B = '192.0.2.8';
const SSH = door('ssh', '7000,8000,9000');
const OPEN = [`ssh ${A}`];

/** SYNs to ports that no door knows. */
function strays(source: string, count: number, first = 20_000): Knock[] {
  return Array.from({ length: count }, (_, i) => syn(source, first + i));
}

function scan(source: string, first: number, last: number): Knock[] {
  return Array.from({ length: last - first + 1 }, (_, i) => after(0, syn(source, first + i)));
}

describe('a scan in order opens nothing', () => {
  const doors = {
    'of three steps': [SSH],
    'of two steps': [door('pair', '7000,8000')],
    'with the same first step': [SSH, door('pair', '7000,8500')],
    'of udp and tcp steps': [door('mixed', '7000,8000:udp,9000')],
  };
  for (const [name, set] of Object.entries(doors)) {
    test(`through doors ${name}`, () => {
      for (const [first, last] of [
        [6990, 9010],
        [7000, 9000],
        [6500, 9500],
      ] as const) {
        const both = scan(A, first, last).flatMap((knock) => [knock, after(0, udp(A, knock.port))]);
        assert.deepEqual(openedBy(set, scan(A, first, last)), []);
        assert.deepEqual(openedBy(set, both), []);
        assert.deepEqual(openedBy(set, scan(A, first, last).reverse()), []);
      }
    });
  }

  test('and is told once for each attempt that it began', () => {
    const table = new KnockTable([SSH]);
    const told = scan(A, 6990, 9010).flatMap((knock) => table.see(knock));
    assert.equal(told.filter((line) => line === `${A} scan`).length, 1);
    assert.ok(told.indexOf('ssh stage 1') < told.indexOf(`${A} scan`));
  });
});

test('as many strays as are allowed do no harm', () => {
  assert.deepEqual(openedBy([SSH], [syn(A, 7000), ...strays(A, 16), ...syns(A, 8000, 9000)]), OPEN);
});

test('one stray more ends the attempt', () => {
  assert.deepEqual(openedBy([SSH], [syn(A, 7000), ...strays(A, 17), ...syns(A, 8000, 9000)]), []);
});

test('strays count over the whole attempt', () => {
  const knocks = [...[syn(A, 7000), ...strays(A, 9), syn(A, 8000)], ...[...strays(A, 8), syn(A, 9000)]];
  assert.deepEqual(openedBy([SSH], knocks), []);
});

test('strays before the first step are not looked at', () => {
  const table = new KnockTable([SSH]);
  assert.deepEqual(table.see(...strays(A, 100)), []);
  table.see(...syns(A, 7000, 8000, 9000));
  assert.deepEqual(table.openings, OPEN);
});

test('a new attempt counts anew', () => {
  const knocks = [
    ...[syn(A, 7000), ...strays(A, 16), syn(A, 8000), syn(A, 7000)],
    ...[...strays(A, 16), ...syns(A, 8000, 9000)],
  ];
  assert.deepEqual(openedBy([SSH], knocks), OPEN);
});

test('strays of one source do not count for another', () => {
  assert.deepEqual(openedBy([SSH], [syn(A, 7000), ...strays(B, 100), ...syns(A, 8000, 9000)]), OPEN);
});

test('with none allowed the first stray ends the attempt', () => {
  const table = new KnockTable([SSH], { maxStrays: 0 });
  assert.deepEqual(table.see(syn(A, 7000), syn(A, 1234)), ['ssh stage 1', `${A} stray 1`, `${A} scan`]);
  table.see(...syns(A, 8000, 9000));
  assert.deepEqual(table.openings, []);
});

test('with none allowed steps, duplicates and swaps are no strays', () => {
  assert.deepEqual(openedBy([SSH], syns(A, 7000, 7000, 9000, 8000), { maxStrays: 0 }), OPEN);
});

test('a step of another door that is not expected is a stray', () => {
  const table = new KnockTable([SSH, door('ftp', '1000,2000,3000')], { maxStrays: 0 });
  table.see(...syns(A, 7000, 3000, 8000, 9000));
  assert.deepEqual(table.openings, []);
});

test('a datagram is a stray, a packet of a connection is none', () => {
  const table = new KnockTable([SSH], { maxStrays: 0 });
  assert.deepEqual(table.see(syn(A, 7000), ack(A, 1234), syn(A, 1234, { flags: 0x12 })), ['ssh stage 1']);
  assert.deepEqual(table.see(udp(A, 1234)), [`${A} stray 1`, `${A} scan`]);
});

test('a packet to a port on which this host listens is no stray', () => {
  const table = new KnockTable([SSH], { maxStrays: 0 });
  table.matcher.setListening(ports(443));
  table.see(...syns(A, 7000, 443, 8000, 443, 9000));
  assert.deepEqual(table.openings, OPEN);
});

test('listening ports follow the host', () => {
  const table = new KnockTable([SSH], { maxStrays: 0 });
  table.matcher.setListening(ports(443));
  table.matcher.setListening(ports());
  table.see(...syns(A, 7000, 443, 8000, 9000));
  assert.deepEqual(table.openings, []);
});

test('a packet to a port to be ignored is no stray', () => {
  const ignorePorts = ports(443);
  assert.deepEqual(openedBy([SSH], syns(A, 7000, 443, 8000, 443, 9000), { maxStrays: 0, ignorePorts }), OPEN);
});

test('a step counts although the host listens on its port', () => {
  const table = new KnockTable([SSH]);
  table.matcher.setListening(ports(8000));
  table.see(...syns(A, 7000, 8000, 9000));
  assert.deepEqual(table.openings, OPEN);
});

test('a packet to another host is no stray', () => {
  const knocks = [syn(A, 7000), syn(A, 1234, { destination: '10.0.9.9' }), ...syns(A, 8000, 9000)];
  assert.deepEqual(openedBy([SSH], knocks, { maxStrays: 0 }), OPEN);
});

test('a scan ends all attempts of its source and none of another', () => {
  const table = new KnockTable([SSH, door('ftp', '1000,2000,3000')], { maxStrays: 2 });
  table.see(syn(A, 7000), syn(A, 8000), syn(A, 1000), syn(B, 7000), syn(B, 8000));
  table.see(...strays(A, 3), ...syns(A, 9000, 2000, 3000), syn(B, 9000));
  assert.deepEqual(table.openings, [`ssh ${B}`]);
});

test('strays between an early second step and the first one are counted too', () => {
  const pair = [door('pair', '7000,8000')];
  const knocks = (between: number) => [syn(A, 8000), ...strays(A, between), syn(A, 7000)];
  const swift = (between: number) => knocks(between).map((knock) => after(0, knock));
  assert.deepEqual(openedBy(pair, swift(16)), [`pair ${A}`]);
  assert.deepEqual(openedBy(pair, swift(17)), []);
});

test('without a ban a scanner may knock at once', () => {
  const knocks = [syn(A, 7000), ...strays(A, 17), ...syns(A, 7000, 8000, 9000)];
  assert.deepEqual(openedBy([SSH], knocks), OPEN);
});

test('bans of scanners in a prefix are lifted, and others stay', () => {
  const table = new KnockTable([SSH], { banTimeMs: 60_000, maxStrays: 0 });
  for (const source of [A, B, '192.0.3.1']) table.see(syn(source, 7000), syn(source, 1));
  const left = (source: string) => table.matcher.banLeftMs(address(source), table.nowMs | 0);
  assert.deepEqual([left(A), left('192.0.3.1'), left('192.0.2.9')], [59_960, 60_000, undefined]);
  assert.equal(table.matcher.liftBans(prefixOf(address(A), 24)), 2);
  assert.equal(table.matcher.liftBans(prefixOf(address(A), 24)), 0);
  assert.deepEqual([left(A), left(B), left('192.0.3.1')], [undefined, undefined, 60_000]);
  assert.deepEqual(table.see(syn(A, 7000), syn('192.0.3.1', 7000)), ['ssh stage 1', '192.0.3.1 banned']);
  table.nowMs += 60_001;
  assert.equal(left('192.0.3.1'), undefined);
});

test('a ban holds for its time, for the scanner alone', () => {
  const table = new KnockTable([SSH], { banTimeMs: 60_000 });
  table.see(syn(A, 7000), ...strays(A, 17));
  assert.deepEqual(table.see(syn(A, 7000)), [`${A} banned`]);
  table.see(...syns(A, 8000, 9000), ...syns(B, 7000, 8000, 9000));
  assert.deepEqual(table.openings, [`ssh ${B}`]);
  assert.deepEqual(table.see(after(60_000 - 60, syn(A, 7000))), [`${A} banned`]);
  table.see(after(60, syn(A, 7000)), ...syns(A, 8000, 9000));
  assert.deepEqual(table.openings, [`ssh ${B}`, `ssh ${A}`]);
});

test('a ban is forgotten when its time is up', () => {
  const table = new KnockTable([SSH], { banTimeMs: 1000 });
  table.see(syn(A, 7000), ...strays(A, 17));
  table.wait(500);
  assert.equal(table.nextDueMs, 501);
  table.wait(501);
  assert.equal(table.nextDueMs, -1);
});

test('packets forged with a knocker’s address cost no more than the attempt', () => {
  const table = new KnockTable([SSH]);
  table.see(...syns(A, 7000, 8000), ...strays(A, 500), ...syns(A, 9000));
  assert.deepEqual(table.openings, []);
  table.see(...syns(A, 7000, 8000, 9000));
  assert.deepEqual(table.openings, OPEN);
});
