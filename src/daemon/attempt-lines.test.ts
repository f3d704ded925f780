import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as told from '../knock/match-event.ts';
import { attemptLine } from './attempt-lines.ts';

test("knockd's phrases stand word for word behind the source", () => {
  assert.equal(attemptLine(told.STAGE, 'openSSH', 1).text, 'openSSH: Stage 1');
  assert.equal(attemptLine(told.OPENED, 'openSSH', 3).text, 'openSSH: OPEN SESAME');
  assert.equal(attemptLine(told.TIMEOUT, 'openSSH', 2).text, 'openSSH: sequence timeout (stage 2)');
});

test('a ban by hand is told apart from that of a scanner', () => {
  assert.equal(attemptLine(told.BANNED, undefined, told.BY_HAND).text, 'banned by hand');
  assert.equal(attemptLine(told.BANNED, undefined, 0).text, 'banned');
});

test('what knockd does not say is for -D, scans apart', () => {
  const kinds = told.MATCH_EVENT_NAMES.map((_, kind) => kind as told.MatchEventKind);
  const levels = kinds.map((kind) => attemptLine(kind, undefined, 1).level);
  const loud = kinds.filter((_, i) => levels[i] !== 'debug');
  assert.deepEqual(loud, [told.STAGE, told.OPENED, told.TIMEOUT, told.SCAN]);
});
