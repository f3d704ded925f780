import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  address,
  GrantBench,
  type OutcomeKind,
  settle,
  testDoor,
  WALL_START_MS,
} from '../../test/support/grant-bench.ts';
import { MemoryJournal } from '../../test/support/memory-journal.ts';
import type { RecordedAction } from '../../test/support/recorder.ts';
import { type SeededRandom, seededRandom, seedFromEnvironment } from '../../test/support/seeded-random.ts';
import { SlowGrants, type SlowWish } from '../../test/support/slow-grants.ts';
import { OpError } from '../base/op-error.ts';
import { type GrantDoor, wishFor } from './grant.ts';
import type { AnyMeans } from './means.ts';

const { POSTERN_GRANT_ROUNDS = '40' } = process.env;
const ROUNDS = Number(POSTERN_GRANT_ROUNDS);
const STEPS = 250;
const SOURCES = ['192.0.2.1', '192.0.2.2', '2001:db8::7'];
const DOORS = ['ssh', 'web', 'vpn', 'loose', 'silent'];
const OUTCOMES: readonly OutcomeKind[] = [
  ...(['ok', 'ok', 'ok', 'ok', 'ok', 'ok'] as const),
  ...(['failed-status', 'time-limit', 'could-not-start', 'queue-full'] as const),
];
const WAITS_MS = [0, 1, 200, 999, 1000, 3000, 10_000, 70_000];

test('random knocks, endings, failures, closes, reloads, crashes and stops come to what the slow model says', async (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed} POSTERN_GRANT_ROUNDS=${ROUNDS}`);
  const tally = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const play = new Play(random, `seed ${random.seed} round ${round}`);
    for (let step = 0; step < STEPS; step++) await play.step();
    await play.finish();
    for (const what of play.history.map((line) => line.split(' ')[1] ?? ''))
      tally.set(what, (tally.get(what) ?? 0) + 1);
  }
  t.diagnostic([...tally].map(([what, count]) => `${what} ${count}`).join(', '));
  assert.ok((tally.get('crash') ?? 0) >= ROUNDS / 2, 'the play tests too little');
});

/** Grants and their model, side by side; after each step they must agree. */
class Play {
  readonly history: string[] = [];
  readonly #random: SeededRandom;
  readonly #where: string;
  readonly #journal = new MemoryJournal();
  readonly #slow = new SlowGrants();
  readonly #doors = new Map<string, GrantDoor>();
  /** For each stop command: how often its start command has run, less how often it has run itself. */
  readonly #owed = new Map<string, number>();
  #bench = new GrantBench({ journal: this.#journal });
  #unsettled = 0;
  #stopped: boolean | undefined;
  #version = 0;

  constructor(random: SeededRandom, where: string) {
    this.#random = random;
    this.#where = where;
    for (const name of DOORS) this.#reload(name);
  }

  async step(): Promise<void> {
    const random = this.#random;
    const dice = random.below(100);
    if (dice < 40) this.#match(random.pick(DOORS), random.pick(SOURCES));
    else if (dice < 70) this.#endOne(random.pick(OUTCOMES));
    else if (dice < 88) this.#wait(random.pick(WAITS_MS));
    else if (dice < 91) this.#close(random.pick(DOORS), random.oneIn(2) ? random.pick(SOURCES) : undefined);
    else if (dice < 93) this.#reload(random.pick(DOORS));
    else if (dice < 95) this.#stepClock();
    else if (dice < 97) this.#breakJournal();
    else if (dice < 98) this.#stop(random.oneIn(2) ? 'close' : 'keep');
    else if (this.#slow.stopping === undefined) this.#crash();
    await this.#agree();
    if (this.#stopped === true) {
      this.#restart('restart');
      await this.#agree();
    }
  }

  /** Everything ends well: then every start command that ran has had its stop command once. */
  async finish(): Promise<void> {
    if (this.#slow.stopping === undefined) this.#stop('close');
    while (this.#slow.pending.length > 0) {
      this.#endOne('ok');
      await this.#agree();
    }
    this.#restart('restart');
    this.#wait(200_000);
    while (this.#slow.pending.length > 0) {
      this.#endOne('ok');
      await this.#agree();
    }
    const owing = [...this.#owed].filter(([, times]) => times !== 0);
    assert.deepEqual(owing, [], this.#story('stop commands owed'));
    assert.equal(this.#journal.live.size, 0, this.#story('the journal is not empty'));
    assert.equal(this.#unsettled, 0, this.#story('matches without an answer'));
  }

  #match(name: string, source: string): void {
    this.#log(`match ${name} ${source}`);
    const door = this.#doors.get(name)!;
    const { now, grants } = this.#bench;
    this.#slow.match(slowWish(door, source), now);
    this.#unsettled++;
    void grants.open(door, address(source), now).then(() => this.#unsettled--);
  }

  #endOne(kind: OutcomeKind): void {
    const { pending } = this.#bench.backend;
    if (pending.length === 0) return;
    const action = this.#random.pick(pending);
    const { command } = action.request;
    this.#log(`end ${command}: ${kind}`);
    const ran = kind !== 'could-not-start' && kind !== 'queue-full';
    if (ran) this.#count(action);
    this.#slow.end(command, ran, kind === 'ok', this.#bench.now);
    void this.#bench.endAction(action, kind);
  }

  #wait(forMs: number): void {
    this.#log(`wait ${forMs}`);
    this.#bench.nowMs += forMs;
    this.#slow.look(this.#bench.now);
    this.#bench.grants.expire(this.#bench.now);
  }

  #close(door: string, source: string | undefined): void {
    this.#log(`close ${door} ${source ?? ''}`);
    this.#slow.close(door, source);
    this.#bench.grants.close(door, source, this.#bench.now);
  }

  #reload(name: string): void {
    const version = this.#random.oneIn(3) ? this.#version : ++this.#version;
    this.#log(`reload ${name} ${version}`);
    const start = name === 'silent' ? undefined : `start ${name} ${version} %IP%`;
    const stop = name === 'loose' || name === 'silent' ? undefined : `stop ${name} ${version} %IP%`;
    const commands = { start, stop };
    const cmdTimeoutMs = this.#random.pick([1, 500, 10_000, 100_000]);
    this.#doors.set(name, testDoor(name, { ipv4: commands, ipv6: commands, cmdTimeoutMs }));
  }

  #stepClock(): void {
    const byMs = this.#random.pick([-50_000, -700, 700, 50_000]);
    this.#log(`clock ${byMs}`);
    this.#bench.wallShiftMs += byMs;
  }

  #breakJournal(): void {
    const broken = this.#random.oneIn(3);
    this.#log(`journal ${broken ? 'broken' : 'whole'}`);
    this.#slow.journalIsBroken = broken;
    this.#journal.broken = broken ? new OpError({ op: 'write', target: 'x', code: 'ENOSPC' }) : undefined;
  }

  #stop(mode: 'close' | 'keep'): void {
    if (this.#slow.stopping !== undefined) return;
    this.#log(`stop ${mode}`);
    this.#slow.stop(mode);
    this.#stopped = false;
    void this.#bench.grants.stop(mode, this.#bench.now).then(() => {
      this.#stopped = true;
    });
  }

  /** A start command that ran when the daemon died has opened; a stop command has not closed. */
  #crash(): void {
    for (const action of this.#bench.backend.pending) if (action.action === 'start') this.#count(action);
    this.#unsettled = 0;
    this.#restart('crash');
  }

  #restart(why: string): void {
    this.#log(why);
    const { nowMs, wallShiftMs } = this.#bench;
    this.#stopped = undefined;
    this.#bench = new GrantBench({ journal: this.#journal });
    Object.assign(this.#bench, { nowMs, wallShiftMs });
    this.#slow.restart(this.#bench.now);
    this.#bench.grants.restore([...this.#journal.live.values()], this.#bench.now);
  }

  #count({ action, request: { command } }: RecordedAction): void {
    if (command.includes('loose')) return;
    const owed = this.#owed.get(command.replace('start', 'stop')) ?? 0;
    const stop = command.replace('start', 'stop');
    this.#owed.set(stop, owed + (action === 'start' ? 1 : -1));
    assert.ok([0, 1].includes(this.#owed.get(stop)!), this.#story(`${command} ran ${action} twice`));
  }

  async #agree(): Promise<void> {
    await settle();
    const { grants, pending } = this.#bench;
    const open = grants
      .list()
      .map((each) => `${each.door} ${each.source} ${each.phase} ${each.endsMs}`)
      .sort();
    const journal = [...this.#journal.live.values()]
      .map(({ means, endMs }) => `${stopOf(means)} ${endMs}`)
      .sort();
    const slowJournal = this.#slow.journal.map(({ wish, endMs }) => `${wish.stop} ${endMs}`).sort();
    assert.deepEqual(open, this.#slow.open, this.#story('open doors'));
    const all = grants.list();
    const newest = { count: all.length, newest: all.slice(-2) };
    assert.deepEqual(grants.newest(2), newest, this.#story('the newest doors'));
    assert.deepEqual(pending.toSorted(), this.#slow.pending, this.#story('commands that run'));
    assert.deepEqual(journal, slowJournal, this.#story('the journal'));
    assert.equal(grants.nextDueMs(), this.#slow.nextDueMs, this.#story('the next time to look'));
    if (this.#stopped !== undefined)
      assert.equal(this.#stopped, this.#slow.pending.length === 0, this.#story('the end of a stop'));
  }

  #log(what: string): void {
    this.history.push(`${this.#bench.now.wallMs - WALL_START_MS} ${what}`);
  }

  #story(what: string): string {
    return `${what}, ${this.#where}:\n${this.history.slice(-20).join('\n')}`;
  }
}

function slowWish(door: GrantDoor, source: string): SlowWish {
  const { means, ...rest } = wishFor(door, address(source));
  return { ...rest, start: 'start' in means ? means.start : undefined, stop: stopOf(means) };
}

function stopOf(means: AnyMeans): string | undefined {
  return means.kind === 'commands' ? means.stop : undefined;
}
