/**
 * Debian's knockd 0.8 and Postern's on one interface, with the same doors and the same packets: the same doors open for
 * the same addresses. POSTERN_SCENARIOS sets how many knockers, POSTERN_SEED which.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import {
  missingForDaemon,
  missingOriginalDaemon,
  ORIGINAL,
  type Scene,
  SERVER4,
  setScene,
  TestDaemon,
} from '../netns/daemon-stage.ts';
import { seededRandom, seedFromEnvironment } from '../support/seeded-random.ts';
import { agreedDoors, configurationOf, SEQ_TIMEOUT_S } from './agreed-doors.ts';
import { randomScenario, type Scenario } from './scenario.ts';

const skip = (await enterLab()) ?? missingForDaemon() ?? missingOriginalDaemon();

const { POSTERN_SCENARIOS } = process.env;
const SCENARIOS = Number(POSTERN_SCENARIOS ?? 500);

const PAUSE_INSIDE_MS = 250;
/** One second more than the time-out, and one more for each of the two stamps that are cut to seconds. */
const PAUSE_OUTSIDE_MS = (SEQ_TIMEOUT_S + 3) * 1000;

/** Four ports in a row are a second's traffic; the original reads its packets in batches of 50 ms. */
const GAP_MS = 1;

/**
 * The original loses an attempt now and then that its own rules let pass, and at another time lets it pass: such a
 * knocker comes again, and each is printed.
 */
const MAX_TRIES = 4;

const MARK = { port: 9, src: '10.9.0.254', dst: SERVER4 };
const MARK_DOOR = `[mark]\nSequence = ${MARK.port}\nCommand = echo mark %IP% @DONE\n`;

test('random knockers open the same doors with both daemons', { skip }, async (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed} POSTERN_SCENARIOS=${SCENARIOS}`);
  const scene = setScene(t);
  const doors = agreedDoors(random);
  const configuration = configurationOf(doors) + MARK_DOOR;
  const original = await TestDaemon.started(scene, configuration, { program: ORIGINAL });
  const postern = await TestDaemon.started(scene, configuration);
  const scenarios = Array.from({ length: SCENARIOS }, (_, at) => randomScenario(random, doors, at));
  await perform(scene, scenarios);
  const expected = scenarios.filter(({ opens }) => opens).map(opening);
  assert.ok(expected.length > SCENARIOS / 4 && expected.length < (SCENARIOS * 3) / 4);
  t.diagnostic(`${expected.length} of ${SCENARIOS} open`);
  for (const daemon of [original, postern]) await daemon.running.waitFor(`${MARK.src}: mark: OPEN SESAME`);
  assert.deepEqual(differences(scenarios, said(postern)), [], 'what Postern judged');
  await until(() => new Set(postern.done).size > expected.length, { what: 'the commands of Postern' });
  assert.deepEqual(differences(scenarios, new Set(postern.done)), [], 'what Postern ran');
  let missed = differing(scenarios, said(original));
  for (let tries = 2; missed.length > 0 && tries <= MAX_TRIES; tries++) {
    for (const each of missed) t.diagnostic(`knockd, tried again: ${describe(each)}`);
    assert.deepEqual(missed.filter(({ opens }) => !opens).map(describe), [], 'what knockd alone opened');
    await delay(PAUSE_OUTSIDE_MS);
    await perform(scene, missed);
    await until(() => marks(original) === tries, { what: 'knockd to have judged the last packet' });
    missed = differing(scenarios, said(original));
  }
  assert.deepEqual(missed.map(describe), [], 'what knockd judged');
});

function marks({ running }: TestDaemon): number {
  return running.stdout.split(`${MARK.src}: mark: OPEN SESAME`).length - 1;
}

/** One knocker at a time, apart from those who pause for too long: they wait together. */
async function perform({ sender }: Scene, scenarios: readonly Scenario[]): Promise<void> {
  const outside = scenarios.filter(({ pause }) => pause === 'outside');
  for (const { pause, parts } of scenarios) {
    if (pause === 'outside') continue;
    await sender.send(parts[0], GAP_MS);
    if (pause === 'inside') await delay(PAUSE_INSIDE_MS);
    await sender.send(parts[1], GAP_MS);
  }
  for (const { parts } of outside) await sender.send(parts[0], GAP_MS);
  await delay(PAUSE_OUTSIDE_MS);
  for (const { parts } of outside) await sender.send(parts[1], GAP_MS);
  await sender.send([MARK]);
}

function opening({ door, source }: Scenario): string {
  return `${door.name} ${source}`;
}

/** What the log says was opened, in the form of the commands' lines. */
function said({ running }: TestDaemon): ReadonlySet<string> {
  const matches = running.stdout.matchAll(/^(\S+): (\S+): OPEN SESAME$/gm);
  return new Set([...matches].map(([, source, door]) => `${door} ${source}`));
}

function differing(scenarios: readonly Scenario[], opened: ReadonlySet<string>): readonly Scenario[] {
  return scenarios.filter((each) => each.opens !== opened.has(opening(each)));
}

function differences(scenarios: readonly Scenario[], opened: ReadonlySet<string>): readonly string[] {
  return differing(scenarios, opened).map(describe);
}

function describe(scenario: Scenario): string {
  const { door, what, opens, parts } = scenario;
  const [first, second] = parts.map((part) =>
    part.map(({ port, udp, flags, dst }) => `${port}${udp ? ':udp' : `:tcp/${flags}`}>${dst}`).join(' '),
  );
  const steps = door.steps.map(({ port, udp }) => `${port}${udp ? ':udp' : ''}`).join(',');
  return `${opening(scenario)} (${steps} ${door.flags.text ?? ''}) ${opens ? 'did not open' : 'opened'} at ${what}: ${first} | ${second}`;
}
