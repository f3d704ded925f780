/** `postern report` of what a real daemon logged: its numbers are those of what happened, and of the daemon's own count. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { POSTERN } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import type { BanStatus, StatusAnswer } from '../../src/control/status.ts';
import type { BanReport, ReportData } from '../../src/report/sum/report-data.ts';
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

const skip = await enterLab();

const BANNED_BY_HAND = '192.0.2.0/24';
const WRONG_KEYS = ['--spa', '--key', 'plain:testtest', '--hmac-key', 'plain:otherkey'];
/** More than `Max_Strays`. */
const STRAYS = ['7100', '7200', '7300', '7400', '7500', '7600'];

test('the report of a daemon that opened, closed, refused, banned and reloaded has its numbers', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const log = join(scene.folder, 'log');
  withDoors(scene, log);
  const daemon = await startDaemon(scene, ['-i', 'eth0', '--log-format', 'json']);
  await comeAndGo(scene);
  await beTurnedAway(scene, daemon);
  daemon.kill('SIGHUP');
  await daemon.waitFor('re-reading config file');
  await stayAndBeBanned(scene, daemon);
  const counted = await settledStatus(scene);
  await daemon.stop();
  const data = JSON.parse(await postern(scene, 'report', '--json', log)) as ReportData;
  showsWhatHappened(data);
  agreesWithStatus(data, counted);
  showsOnPage(await postern(scene, 'report', log));
});

function withDoors(scene: DoorScene, log: string): void {
  const failing = recordingDoor(scene, 'failing', 'Sequence = 5001,5002').replace(/echo open .*/, 'exit 3');
  const spa = 'Spa_Key = plain:testtest\nSpa_Hmac_Key = plain:hmackey1';
  writeConf(
    scene,
    recordingDoor(scene, 'short', 'Sequence = 7001,8002\nCmd_Timeout = 1') +
      recordingDoor(scene, 'long', 'Sequence = 6001,6002\nCmd_Timeout = 600') +
      recordingDoor(scene, 'hasty', 'Sequence = 4001,4002\nSeq_Timeout = 1') +
      failing +
      recordingDoor(scene, 'packet', spa),
    `LogFile = ${log}\nMax_Strays = 3\nBan_Time = 600`,
  );
}

/** Three openings that end by their time. */
async function comeAndGo(scene: DoorScene): Promise<void> {
  for (const times of [1, 2]) {
    await knock(scene.client, SERVER4, '7001', '8002');
    await untilRecorded(scene, `close short ${CLIENT4}`, times);
  }
  await knock(scene.other, SERVER4, '7001', '8002');
  await untilRecorded(scene, `close short ${OTHER4}`);
}

/** A start command that fails, a packet made with another key, and a sequence that is not finished. */
async function beTurnedAway(scene: DoorScene, daemon: Running): Promise<void> {
  await knock(scene.client, SERVER4, '5001', '5002');
  await untilRecorded(scene, `close failing ${CLIENT4}`);
  await knock(scene.client, ...WRONG_KEYS, SERVER4);
  await daemon.waitFor('SPA packet refused: ');
  await knock(scene.client, SERVER4, '4001');
  await daemon.waitFor('hasty: sequence timeout');
}

/** A door that stays open, and whose time begins anew after a scanner has knocked at it in vain; a ban by hand. */
async function stayAndBeBanned(scene: DoorScene, daemon: Running): Promise<void> {
  await knock(scene.client, SERVER4, '6001', '6002');
  await untilRecorded(scene, `open long ${CLIENT4}`);
  await knock(scene.other, SERVER4, '6001', ...STRAYS);
  await daemon.waitFor('scan: too many strays');
  await knock(scene.other, SERVER4, '6001', '6002');
  await knock(scene.client, SERVER4, '6001', '6002');
  await daemon.waitFor('open already, its time begins anew');
  await postern(scene, 'ban', '--for', '10m', BANNED_BY_HAND);
}

/** Once the daemon has counted all of it; what a command's end does comes after its record. */
function settledStatus(scene: DoorScene): Promise<StatusAnswer> {
  let said = '';
  return until(
    async () => {
      said = await postern(scene, 'status', '--json');
      const status = JSON.parse(said) as StatusAnswer;
      return status.counters.closed === 4 && status.grants.count === 1 ? status : undefined;
    },
    { what: () => `four closed doors and an open one in ${said}` },
  );
}

function showsWhatHappened({ totals, doors, sources, ...data }: ReportData): void {
  assert.deepEqual(
    doors.map(({ door, matches, opened, failed }) => [door, matches, opened, failed]).toSorted(),
    [
      ['failing', 1, 0, 1],
      ['long', 2, 1, 0],
      ['short', 3, 3, 0],
    ],
  );
  assert.deepEqual([sources.count, sources.opened, sources.scanned], [2, 2, 1]);
  assert.deepEqual(
    sources.cameIn.map(({ source, opened, scans, bans, spaRefused, timeouts }) => [
      ...[source, opened, scans, bans, spaRefused, timeouts],
    ]),
    [
      [CLIENT4, 3, 0, 0, 1, 1],
      [OTHER4, 1, 1, 1, 0, 0],
    ],
  );
  assert.equal(totals.banned, 2);
  assert.deepEqual(data.closed, { timeout: 3, 'start-failed': 1, 'daemon-stop': 1 });
  assert.deepEqual(data.spaRefused, { 'bad-hmac': 1 });
  assert.deepEqual([data.gaps.unreadable.count, data.gaps.foreign.count], [0, 0], 'every line is understood');
  const { starts, stops, reloads, refusedReloads, doorsOff } = data.daemon;
  assert.deepEqual([starts, stops, reloads, refusedReloads, doorsOff], [1, 1, 1, 0, 0]);
  assert.deepEqual(
    data.grants.lanes.map(({ door, source, openings, stillOpen }) => [door, source, openings, stillOpen]),
    [
      ['long', CLIENT4, 1, false],
      ['short', CLIENT4, 2, false],
      ['short', OTHER4, 1, false],
    ],
  );
}

/** The status is of before the stop, which closes one door more, by a command. */
function agreesWithStatus(
  { totals, bans, spaRefused, commandsFailed }: ReportData,
  status: StatusAnswer,
): void {
  const { counters } = status;
  const ofReport = ({ matches, opened, refreshed, timeouts, scans }: typeof counters | typeof totals) => ({
    ...{ matches, opened, refreshed, timeouts, scans },
  });
  assert.deepEqual(ofReport(totals), ofReport(counters));
  assert.equal(totals.closed, counters.closed + 1);
  assert.equal(totals.commandsStarted, counters.commandsStarted + 1);
  assert.deepEqual([spaRefused, commandsFailed], [counters.spaRefused, counters.commandsFailed]);
  agreesOnBans(bans.shown, status.bans.shown);
}

/**
 * The newest first. A ban by hand has one end. A scanner's begins with the packet, and in the log with the line about it, a
 * moment later: its ends are the same to the minute, of ten.
 */
function agreesOnBans(bans: readonly BanReport[], others: readonly BanStatus[]): void {
  const nameOf = ({ prefix, by }: BanReport | BanStatus) => `${prefix} by ${by}`;
  assert.deepEqual(bans.map(nameOf), [`${BANNED_BY_HAND} by hand`, `${OTHER4} by scan`]);
  assert.deepEqual(others.map(nameOf).toSorted(), bans.map(nameOf).toSorted());
  for (const { prefix, by, endsAt } of bans) {
    const other = others.find((ban) => ban.prefix === prefix);
    const apartMs = Math.abs(Date.parse(endsAt ?? '') - Date.parse(other?.endsAt ?? ''));
    assert.ok(apartMs <= (by === 'hand' ? 0 : 60_000), `${prefix}: ${endsAt} and ${other?.endsAt}`);
  }
}

function showsOnPage(page: string): void {
  const figures = [...page.matchAll(/<dt>([^<]+)<\/dt><dd><span class="figure">(\d+)</g)];
  assert.deepEqual(
    figures.map(([, label, figure]) => `${label}: ${figure}`),
    ['Openings: 4', 'Refused or failed: 2', 'Scans: 1', 'Bans: 2', 'Timed out: 1', 'Addresses seen: 2'],
  );
}

function postern(scene: DoorScene, ...args: readonly string[]): Promise<string> {
  return scene.server.exec(POSTERN, [...args]);
}
