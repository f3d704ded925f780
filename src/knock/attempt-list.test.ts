import assert from 'node:assert/strict';
import { test } from 'node:test';
import { door, KnockTable, syns } from '../../test/support/knock-table.ts';
import { formatIpAddress } from '../net/ip-address.ts';

const DOORS = [door('ssh', '1,2,3,4'), door('web', '1,5,6'), door('mail', '7,8')];

function attemptsOf(table: KnockTable, limit = 10): readonly string[] {
  return table.matcher
    .newestAttempts(table.nowMs | 0, limit)
    .map(
      ({ source, doors, stage, ageMs }) =>
        `${formatIpAddress(source)} ${doors.map((index) => DOORS[index]?.name)} ${stage} ${ageMs}`,
    );
}

test('the furthest come first, then the newest; doors that begin alike are told together', () => {
  const table = new KnockTable(DOORS);
  table.see(
    ...syns('192.0.2.1', 1),
    ...syns('192.0.2.2', 1, 2, 3),
    ...syns('2001:db8::3', 1, 5),
    ...syns('192.0.2.4', 7),
  );
  assert.deepEqual(attemptsOf(table), [
    '192.0.2.2 ssh 3 50',
    '2001:db8::3 web 2 20',
    '192.0.2.4 mail 1 0',
    '2001:db8::3 ssh 1 20',
    '192.0.2.2 web 1 50',
    '192.0.2.1 ssh,web 1 60',
  ]);
  assert.deepEqual(attemptsOf(table, 2), ['192.0.2.2 ssh 3 50', '2001:db8::3 web 2 20']);
});

test('what is over is not told, and the look changes nothing', () => {
  const table = new KnockTable(DOORS);
  table.see(...syns('192.0.2.1', 1, 2));
  table.nowMs += 5001;
  assert.deepEqual(attemptsOf(table), []);
  table.nowMs -= 5001;
  assert.equal(attemptsOf(table).length, 2);
  assert.deepEqual(table.see(...syns('192.0.2.1', 3, 4)).at(-1), 'ssh opened');
  assert.deepEqual(attemptsOf(table), ['192.0.2.1 web 1 30']);
});

test('in a full table the look stays short', () => {
  const table = new KnockTable(DOORS, { maxAttempts: 65_536 });
  for (let i = 0; i < 70_000; i++) table.see(...syns(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 7));
  assert.equal(attemptsOf(table, 100).length, 100);
});

test('scanners that are banned, with what is left of it', () => {
  const table = new KnockTable(DOORS, { banTimeMs: 1000, maxStrays: 2 });
  table.see(...syns('192.0.2.1', 1, 91, 92, 93));
  const bans = () =>
    table.matcher
      .newestBans(table.nowMs | 0, 10)
      .map(({ source, leftMs }) => `${formatIpAddress(source)} ${leftMs}`);
  assert.deepEqual(bans(), ['192.0.2.1 1000']);
  table.nowMs += 400;
  assert.deepEqual(bans(), ['192.0.2.1 600']);
  table.nowMs += 601;
  assert.deepEqual(bans(), []);
});
