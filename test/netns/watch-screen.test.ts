/** `postern watch` on a real terminal (tmux), beside the real daemon. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { POSTERN } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import type { StatusAnswer } from '../../src/control/status.ts';
import {
  CLIENT4,
  type DoorScene,
  knock,
  OTHER4,
  recordingDoor,
  SERVER4,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';
import { missingTmux, type ScreenSize, TmuxScreen } from './tmux-screen.ts';

const skip = (await enterLab()) ?? missingTmux();

const SMALL: ScreenSize = { columns: 80, rows: 24 };
const LARGE: ScreenSize = { columns: 200, rows: 50 };

function setUp(scene: DoorScene): void {
  const spare = recordingDoor(scene, 'spare', 'One_Time_Sequences = /nonexistent/sequences');
  const ssh = recordingDoor(scene, 'ssh', 'Sequence = 7001,8002:udp\nCmd_Timeout = 600');
  const web = recordingDoor(scene, 'web', 'Sequence = 6001,6002,6003\nSeq_Timeout = 60');
  writeConf(scene, ssh + web + spare, 'Ban_Time = 600');
}

/** An open door, an attempt, and a scanner that is banned. */
async function makeNews(scene: DoorScene): Promise<void> {
  await knock(scene.client, SERVER4, '7001', '8002:udp', '6001', '6002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  await knock(scene.other, SERVER4, '7001', ...Array.from({ length: 20 }, (_, i) => `${100 + i}`));
}

async function statusOf(scene: DoorScene): Promise<StatusAnswer> {
  return JSON.parse(await scene.server.exec(POSTERN, ['status', '--json'])) as StatusAnswer;
}

/** '9 min 58 s' in seconds. */
function secondsOf(text: string): number {
  const units: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };
  return [...text.matchAll(/(\d+) (s|min|h)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit!]!,
    0,
  );
}

/** What a row `SOURCE WHAT N left` of the screen counts down from, in seconds. */
function leftOf(screen: string, source: string, what: string): number {
  const row = new RegExp(`^${source.replaceAll('.', '\\.')} +${what} +(.*?) left`, 'm').exec(screen);
  assert.ok(row, `a row of ${source} and ${what} in:\n${screen}`);
  return secondsOf(row[1]!);
}

/** Seconds that a picture may be older than a status that was asked for after it, on a busy machine. */
const TOLERANCE = 20;

function assertClose(shown: number, endsAt: string | null | undefined): void {
  const real = (Date.parse(endsAt ?? '') - Date.now()) / 1000;
  assert.ok(Math.abs(shown - real) <= TOLERANCE, `${shown} s are shown, ${real} s are left`);
}

for (const size of [SMALL, LARGE]) {
  test(`the view at ${size.columns} by ${size.rows} says what status says`, { skip }, async (t) => {
    const scene = setDoorScene(t);
    setUp(scene);
    await startDaemon(scene);
    const screen = new TmuxScreen(t, scene.server, scene.folder, { size });
    await screen.shell();
    screen.enter(`${POSTERN} watch`);
    await screen.shows('knockd');
    await makeNews(scene);
    const text = await screen.shows(/open 1 /, /attempts 1 /, /banned 1 /, /ssh: opened/, /a scan/);
    const status = await statusOf(scene);
    const [grant] = status.grants.shown;
    const [ban] = status.bans.shown;
    assert.deepEqual([grant?.source, grant?.door, ban?.prefix], [CLIENT4, 'ssh', OTHER4]);
    assertClose(leftOf(text, CLIENT4, 'ssh'), grant?.endsAt);
    assertClose(leftOf(text, OTHER4, 'scanned'), ban?.endsAt);
    assert.match(text, new RegExp(`^${CLIENT4} +web +stage 2, `, 'm'));
    assert.equal(status.attempts.shown[0]?.stage, 2);
    for (const { name, state } of status.doors.shown)
      assert.match(text, new RegExp(`^${name} +${state} `, 'm'));
    assert.match(text, new RegExp(`process ${status.pid}, .* listening on eth0`));
    const { matches, scans } = status.counters;
    assert.match(text, new RegExp(`in all ${matches} matches, 0 timed out, ${scans} scans, 0 refused`));
    assert.doesNotMatch(text, /700[0-9]|600[0-9]|8002/, 'sequences are secret');
    const lines = text.trimEnd().split('\n');
    assert.equal(lines.length, size.rows);
    assert.match(lines.at(-1)!, /^q quit /);
    screen.press('q');
    assert.doesNotMatch(await screen.shell(), /knockd 0/, 'the screen of the shell is back');
  });
}

test('time runs, the picture follows the terminal, and says where it is too small', { skip }, async (t) => {
  const scene = setDoorScene(t);
  setUp(scene);
  await startDaemon(scene);
  await makeNews(scene);
  const screen = new TmuxScreen(t, scene.server, scene.folder, { size: SMALL });
  await screen.shell();
  screen.enter(`${POSTERN} watch`);
  const first = leftOf(await screen.shows(/left/), CLIENT4, 'ssh');
  await until(() => leftOf(screen.text, CLIENT4, 'ssh') < first, { what: 'the time to run' });
  screen.resize({ columns: 30, rows: 8 });
  await screen.shows('too small', '30 by 8', 'q quits');
  screen.resize(LARGE);
  await screen.shows(/^━+ open 1 ━+ {3}── events none yet ─+$/m, /^q quit/m);
  screen.press('?');
  await screen.shows('Ctrl-Z');
  screen.press('?', 'p');
  await screen.shows('paused at', 'p go on');
  screen.press('C-c');
  await screen.shell();
  screen.enter('stty -a');
  await screen.shows(/ icanon/, / echo /);
});

test('a daemon that ends is waited for, and Ctrl-Z gives the terminal back for a while', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  setUp(scene);
  const daemon = await startDaemon(scene);
  const screen = new TmuxScreen(t, scene.server, scene.folder, { size: SMALL });
  await screen.shell();
  screen.enter(`${POSTERN} watch`);
  await screen.shows(`process ${daemon.pid}`);
  await daemon.stop('SIGTERM');
  await screen.shows('! away since', 'trying again');
  screen.press('C-z');
  await screen.shell();
  const next = await startDaemon(scene);
  screen.enter('fg');
  const text = await screen.shows(`connected again, to process ${next.pid}`, `, process ${next.pid}, up`);
  assert.doesNotMatch(text, /away since/);
  screen.press('q');
  await screen.shell();
});

test('colours are for terminals that may have them', { skip }, async (t) => {
  const scene = setDoorScene(t);
  setUp(scene);
  await startDaemon(scene);
  await makeNews(scene);
  const green = '\u001b[32m';
  const drawn = async (env: Readonly<Record<string, string>>) => {
    const screen = new TmuxScreen(t, scene.server, scene.folder, { size: SMALL, env });
    await screen.shell();
    screen.enter(`${POSTERN} watch`);
    await screen.shows(/left/);
    const { painted } = screen;
    screen.close();
    return painted;
  };
  assert.ok((await drawn({})).includes(green));
  assert.ok(!(await drawn({ NO_COLOR: '1' })).includes(green));
});

test('without a terminal that can draw there are lines, without a daemon an error', { skip }, async (t) => {
  const scene = setDoorScene(t);
  setUp(scene);
  const screen = new TmuxScreen(t, scene.server, scene.folder, { size: SMALL });
  await screen.shell();
  screen.enter(`${POSTERN} watch; echo status $?`);
  await screen.shows('error: ', 'hint: ', 'status 1');
  await startDaemon(scene);
  for (const how of [`TERM=dumb ${POSTERN} watch`, `${POSTERN} watch --lines`]) {
    screen.enter(`clear; ${how}`);
    await until(
      async () => {
        await knock(scene.client, SERVER4, '7001', '8002:udp');
        return /^\d\d:\d\d:\d\d 10\.9\.0\.2: ssh: stage 1$/m.test(screen.text);
      },
      { what: () => `a line of an attempt in:\n${screen.text}` },
    );
    screen.press('C-c');
    await screen.shell();
  }
});
