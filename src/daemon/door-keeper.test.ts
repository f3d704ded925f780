import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parsed } from '../../test/support/config-text.ts';
import { OpError } from '../base/op-error.ts';
import { fail, ok } from '../base/result.ts';
import { ReplayWindow } from '../spa/replay-window.ts';
import { totpStep } from '../spa/totp-sequence.ts';
import { DoorKeeper } from './door-keeper.ts';
import type { LiveDoor } from './live-doors.ts';
import type { SpaReplay } from './spa-desk.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-keeper-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const TOTP = '[vault]\nTotp_Secret = JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n';

/** A replay memory whose disk may fail. */
class Memory extends ReplayWindow implements SpaReplay {
  isBroken = false;

  constructor() {
    super({ maxAgeS: 120 });
  }

  written() {
    const error = new OpError({ op: 'write', target: 'replay', code: 'ENOSPC' });
    return Promise.resolve(this.isBroken ? fail(error) : ok(undefined));
  }
}

function keeperOf(text: string, replay?: SpaReplay) {
  const off: string[] = [];
  const changes: (readonly LiveDoor[])[] = [];
  const keeper = new DoorKeeper({
    off: (door, why) => off.push(`${door.name}: ${why.message}`),
    changed: (doors) => changes.push(doors),
  });
  after(() => keeper.stop());
  return { keeper, off, changes, doors: keeper.setDoors(parsed(text), replay) };
}

test('a fixed sequence opens again and again', () => {
  const { keeper, doors, changes } = keeperOf('[ssh]\nSequence = 7000,8000\n');
  assert.equal(keeper.use(doors[0]!), undefined);
  assert.equal(keeper.use(doors[0]!), undefined);
  assert.equal(changes.length, 0);
});

test('a one-time sequence is marked on the disk, and the next one is in force at once', () => {
  const path = join(folder, 'sequences');
  writeFileSync(path, '1000,2000\n3000,4000\n');
  const text = `[a]\nSequence = 7000\n[once]\nOne_Time_Sequences = ${path}\n`;
  const { keeper, doors, changes, off } = keeperOf(text);
  assert.equal(keeper.use(doors[1]!), undefined);
  assert.match(readFileSync(path, 'utf8'), /^#\s*1000,2000\n3000,4000\n/);
  assert.deepEqual(
    changes[0]?.[1]?.knock.steps.map(({ port }) => port),
    [3000, 4000],
  );
  assert.equal(changes[0]?.[0], doors[0]);
  assert.equal(keeper.use(changes[0]![1]!), undefined);
  assert.deepEqual([off.length, keeper.whyOff.has('once'), changes[1]?.[1]?.knock.steps], [1, true, []]);
});

test('a one-time sequence that cannot be marked opens nothing, and its door is off', () => {
  const path = join(folder, 'gone');
  writeFileSync(path, '1000,2000\n');
  const { keeper, doors, changes } = keeperOf(`[once]\nOne_Time_Sequences = ${path}\n`);
  rmSync(path);
  assert.equal(keeper.use(doors[0]!), 'door-off');
  assert.deepEqual([changes[0]?.[0]?.knock.steps, keeper.whyOff.has('once')], [[], true]);
});

test('a time-based door has the sequences of three steps, each good once', async () => {
  const { keeper, doors } = keeperOf(TOTP, new Memory());
  assert.deepEqual(
    doors.map(({ door, knock }) => [door.name, knock.name, knock.steps.length]),
    [
      ['vault', 'vault', 4],
      ['vault', 'vault', 4],
      ['vault', 'vault', 4],
    ],
  );
  const now = totpStep(Date.now());
  assert.ok(doors.some(({ totpStep: step }) => step === now || step === now - 1));
  for (const door of doors) {
    assert.equal(await keeper.use(door), undefined);
    assert.equal(await keeper.use(door), 'used-sequence');
  }
});

test('a time-based door is off while the clock is not set, and says why', (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: 1000 });
  const { keeper, off, doors, changes } = keeperOf(TOTP, new Memory());
  assert.deepEqual(
    doors.map(({ knock }) => knock.steps.length),
    [0],
  );
  assert.match(off[0] ?? '', /vault: the clock is not set/);
  t.mock.timers.tick(30_000);
  assert.equal(off.length, 1, 'told once');
  t.mock.timers.setTime(1_800_000_000_000);
  t.mock.timers.tick(30_001);
  assert.deepEqual(
    changes.at(-1)?.map(({ knock }) => knock.steps.length),
    [4, 4, 4],
  );
  assert.equal(keeper.whyOff.size, 0);
});

test('a time-based door that a reload took away while its use was written down stays shut', async () => {
  const { keeper, doors } = keeperOf(TOTP, new Memory());
  const verdict = keeper.use(doors[0]!);
  keeper.setDoors(parsed('[ssh]\nSequence = 7000,8000\n'), undefined);
  assert.equal(await verdict, 'door-off');
});

test('a time-based door stays shut when its use cannot be written down', async () => {
  const memory = new Memory();
  memory.isBroken = true;
  const { keeper, doors } = keeperOf(TOTP, memory);
  assert.equal(await keeper.use(doors[0]!), 'replay-failed');
  memory.isBroken = false;
  assert.equal(await keeper.use(doors[0]!), 'used-sequence');
});
