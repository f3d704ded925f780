import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplayWindow } from './replay-window.ts';
import { TOTP_STEP_MS } from './totp-sequence.ts';
import { takeStep } from './totp-use.ts';

const STEP = 60_000_000;
const NOW_MS = STEP * TOTP_STEP_MS;

test('a step is used once, whatever the time is, and only by its door', () => {
  const memory = new ReplayWindow({ maxAgeS: 120 });
  assert.equal(takeStep(memory, 'ssh', STEP, NOW_MS), true);
  assert.equal(takeStep(memory, 'ssh', STEP, NOW_MS), false);
  assert.equal(takeStep(memory, 'ssh', STEP, NOW_MS + 86_400_000), false);
  assert.equal(takeStep(memory, 'web', STEP, NOW_MS), true);
  assert.equal(takeStep(memory, 'ssh', STEP - 1, NOW_MS), true);
  assert.equal(takeStep(memory, 'ssh', STEP + 1, NOW_MS), true);
  assert.equal(memory.size, 4);
});

test('what another memory remembers is used; steps that may be forgotten open nothing', () => {
  const first = new ReplayWindow({ maxAgeS: 120 });
  takeStep(first, 'ssh', STEP, NOW_MS);
  const second = new ReplayWindow({ maxAgeS: 120 });
  for (const packet of first.packets()) second.restore(packet);
  assert.equal(takeStep(second, 'ssh', STEP, NOW_MS), false);
  second.raiseFloor((STEP * TOTP_STEP_MS) / 1000 + 30);
  assert.equal(takeStep(second, 'ssh', STEP + 1, NOW_MS), false);
  assert.equal(takeStep(second, 'ssh', STEP + 2, NOW_MS), true);
});

test('a memory that is full opens nothing', () => {
  const full = new ReplayWindow({ maxAgeS: 120, maxPackets: 1 });
  assert.equal(takeStep(full, 'ssh', STEP, NOW_MS), true);
  assert.equal(takeStep(full, 'ssh', STEP + 1, NOW_MS), false);
});
