import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as told from '../knock/match-event.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { attemptLine } from './attempt-lines.ts';

function line(kind: told.MatchEventKind, door: string | undefined, stage: number) {
  return attemptLine(kind, door, stage, TCP, 7001);
}

test("knockd's phrases stand word for word behind the source", () => {
  assert.equal(line(told.STAGE, 'openSSH', 1).text, 'openSSH: Stage 1');
  assert.equal(line(told.OPENED, 'openSSH', 3).text, 'openSSH: OPEN SESAME');
  assert.equal(line(told.TIMEOUT, 'openSSH', 2).text, 'openSSH: sequence timeout (stage 2)');
});

test('a ban by hand is told apart from that of a scanner', () => {
  assert.equal(line(told.BANNED, undefined, told.BY_HAND).text, 'banned by hand');
  assert.equal(line(told.BANNED, undefined, 0).text, 'banned');
});

test('what knockd does not say is for -D, scans apart', () => {
  const kinds = told.MATCH_EVENT_NAMES.map((_, kind) => kind as told.MatchEventKind);
  const levels = kinds.map((kind) => line(kind, undefined, 1).level);
  const loud = kinds.filter((_, i) => levels[i] !== 'debug');
  assert.deepEqual(loud, [told.STAGE, told.OPENED, told.TIMEOUT, told.SCAN]);
});

test('with -D strays and wrong steps are told with their port, and nothing else is', () => {
  assert.equal(line(told.STRAY, undefined, 2).text, 'stray number 2 (tcp/7001)');
  const wrong = (port: number) => attemptLine(told.WRONG_STEP, 'ssh', 1, UDP, port).text;
  assert.equal(wrong(8002), 'ssh: wrong step (udp/8002), the attempt at stage 1 ends');
  assert.equal(wrong(0), 'ssh: wrong step, the attempt at stage 1 ends', 'where time is the cause');
  const kinds = told.MATCH_EVENT_NAMES.map((_, kind) => kind as told.MatchEventKind);
  const naming = kinds.filter((kind) => line(kind, 'ssh', 1).text.includes('7001'));
  assert.deepEqual(naming, [told.WRONG_STEP, told.STRAY]);
});
