import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wallMs } from '../base/clock.ts';
import { FOREVER_MS } from '../base/duration.ts';
import type { Logger } from '../base/logger.ts';
import { OpError } from '../base/op-error.ts';
import { fail, ok } from '../base/result.ts';
import { HandBans } from '../knock/hand-bans.ts';
import { type Prefix, parsePrefix } from '../net/prefix.ts';
import type { BanFile } from './ban-file.ts';
import { BanKeeper } from './ban-keeper.ts';

const NET = parsePrefix('192.0.2.0/24') as Prefix;

function bench({
  diskFails = false,
  isFull = false,
  before = [] as { prefix: Prefix; endMs: number }[],
} = {}) {
  const bans = new HandBans({ k0: 1, k1: 2 });
  const said: string[] = [];
  let saves = 0;
  const error = new OpError({ op: 'write the bans', target: '/s', code: 'ENOSPC' });
  const save = async () => {
    saves++;
    return diskFails ? fail(error) : ok(undefined);
  };
  const file = { save } as unknown as BanFile;
  const watcher = {
    ban: (prefix: Prefix, endMs: number) => !isFull && bans.add(prefix, endMs),
    unban: (prefix: Prefix) => bans.remove(prefix).length,
    handBans: () => bans.list(),
  };
  const log = { log: (level: string, text: string) => said.push(`${level} ${text}`) } as unknown as Logger;
  const told = (event: string, prefix: string, endsAt: string | null) =>
    said.push(`told ${event} ${prefix} ${endsAt === null ? 'no end' : 'an end'}`);
  const keeper = new BanKeeper({ watcher, file, log, told }, before);
  return { keeper, bans, said, saves: () => saves };
}

test('a ban is in force, written down, logged and told', async () => {
  const { keeper, bans, said, saves } = bench();
  const end = await keeper.ban(NET, FOREVER_MS, 0);
  assert.deepEqual(end, ok(FOREVER_MS));
  assert.deepEqual([bans.size, saves()], [1, 1]);
  assert.deepEqual(said, [
    'notice 192.0.2.0/24: banned for ever, as asked',
    'told banned 192.0.2.0/24 no end',
  ]);
});

test('without a time it lasts as long as that of a scanner, or an hour', async () => {
  const { keeper } = bench();
  const leftMs = async (forMs: number | undefined, scanBanMs: number) => {
    const fromMs = wallMs();
    const end = await keeper.ban(NET, forMs, scanBanMs);
    assert.ok(end.ok && end.value >= fromMs);
    return Math.round((end.value - fromMs) / 60_000);
  };
  assert.equal(await leftMs(undefined, 0), 60);
  assert.equal(await leftMs(undefined, 600_000), 10);
  assert.equal(await leftMs(120_000, 600_000), 2);
});

test('what the last daemon left is in force, unless it is over', () => {
  const other = parsePrefix('::1') as Prefix;
  const { bans, saves } = bench({
    before: [
      { prefix: NET, endMs: wallMs() - 1 },
      { prefix: other, endMs: FOREVER_MS },
    ],
  });
  assert.deepEqual(bans.list(), [{ prefix: other, endMs: FOREVER_MS }]);
  assert.equal(saves(), 0);
});

test('lifting is written down and told where there was something to lift', async () => {
  const { keeper, said, saves } = bench({ before: [{ prefix: NET, endMs: FOREVER_MS }] });
  assert.deepEqual(await keeper.unban(parsePrefix('10.0.0.1') as Prefix), ok(0));
  assert.deepEqual([said, saves()], [[], 0]);
  assert.deepEqual(await keeper.unban(NET), ok(1));
  assert.deepEqual(said, [
    'notice 192.0.2.0/24: no longer banned, as asked',
    'told unbanned 192.0.2.0/24 no end',
  ]);
  assert.equal(saves(), 1);
});

test('a disk that refuses is an error for who asked and for the log; the ban is in force', async () => {
  const { keeper, bans, said } = bench({ diskFails: true });
  const end = await keeper.ban(NET, 1000, 0);
  assert.equal(end.ok, false);
  assert.equal(bans.size, 1);
  assert.match(
    said.at(-1) ?? '',
    /^error failed to write the bans '\/s': ENOSPC: the next start will not know of it/,
  );
});

test('where there is no room it is an error, and nothing is told', async () => {
  const { keeper, said } = bench({ isFull: true });
  const end = await keeper.ban(NET, 1000, 0);
  assert.match(end.ok ? '' : end.error.message, /there are 65536 bans already/);
  assert.deepEqual(said, []);
});
