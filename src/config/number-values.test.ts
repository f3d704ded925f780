import assert from 'node:assert/strict';
import test from 'node:test';
import { doorFaults, doorOf, optionFaults, optionsOf, SEQUENCE } from '../../test/support/config-text.ts';

const SECONDS: readonly (readonly [written: string, ms: number])[] = [
  ['1', 1000],
  ['2.5', 2500],
  ['500ms', 500],
  ['30s', 30_000],
  ['30 S', 30_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
];

for (const [written, ms] of SECONDS) {
  test(`'${written}' as a duration in seconds is ${ms} ms`, () => {
    const door = doorOf(SEQUENCE, `Seq_Timeout = ${written}`, `Cmd_Timeout = ${written}`);
    assert.deepEqual([door.seqTimeoutMs, door.cmdTimeoutMs], [ms, ms]);
    assert.equal(optionsOf(`Command_Timeout = ${written}`).commandTimeoutMs, ms);
    assert.equal(optionsOf(`Ban_Time = ${written}`).banTimeMs, ms);
  });
}

test('the window for swaps is in milliseconds, and 0 turns it off', () => {
  assert.equal(optionsOf('Reorder_Window = 250').reorderWindowMs, 250);
  assert.equal(optionsOf('Reorder_Window = 2s').reorderWindowMs, 2000);
  assert.equal(optionsOf('Reorder_Window = 0').reorderWindowMs, 0);
});

test('a door may shut at once, or in 68 years as some write for never', () => {
  assert.equal(doorOf(SEQUENCE, 'Cmd_Timeout = 0').cmdTimeoutMs, 0);
  assert.equal(doorOf(SEQUENCE, 'Cmd_Timeout = 2147483647').cmdTimeoutMs, 2_147_483_647_000);
});

const NO_DURATION = ['ten', '10x', '10 seconds', '-1', '1e3', '0x10', '1,5', '.5', '10 # ten', '"10"'];

for (const written of NO_DURATION) {
  test(`'${written}' is no duration`, () => {
    const hint = 'write seconds as a number, or a number with ms, s, m, h or d, such as 30s';
    const fault = `3:15 '${written}' is no duration | ${hint}`;
    assert.deepEqual(doorFaults(SEQUENCE, `Seq_Timeout = ${written}`), [fault]);
    assert.deepEqual(doorFaults(SEQUENCE, `Cmd_Timeout = ${written}`), [fault]);
  });
}

const OUT_OF_RANGE: readonly (readonly [line: string, side: string, range: string])[] = [
  ['Ban_Time = 8d', 'long', '0ms to 7d'],
  ['Command_Timeout = 0', 'short', '1ms to 1d'],
  ['Reorder_Window = 11s', 'long', '0ms to 10s'],
];

for (const [line, side, range] of OUT_OF_RANGE) {
  test(`'${line}' is too ${side}`, () => {
    const at = line.indexOf('= ') + 2;
    const fault = `2:${at + 1} '${line.slice(at)}' is too ${side} | it goes from ${range}`;
    assert.deepEqual(optionFaults(line), [fault]);
  });
}

test('a sequence may not take no time, nor more than a day', () => {
  const range = 'it goes from 1ms to 1d';
  assert.deepEqual(doorFaults(SEQUENCE, 'Timeout = 0'), [`3:11 '0' is too short | ${range}`]);
  assert.deepEqual(doorFaults(SEQUENCE, 'Timeout = 25h'), [`3:11 '25h' is too long | ${range}`]);
});

test('counts are whole numbers from the least to the greatest', () => {
  for (const strays of [0, 16, 1000]) assert.equal(optionsOf(`Max_Strays = ${strays}`).maxStrays, strays);
  for (const size of [1024, 16_777_216]) assert.equal(optionsOf(`Max_Attempts = ${size}`).maxAttempts, size);
});

const NO_COUNT: readonly (readonly [key: string, value: string, range: string])[] = [
  ['Max_Strays', '1001', '0 to 1000'],
  ['Max_Strays', '-1', '0 to 1000'],
  ['Max_Strays', '1.5', '0 to 1000'],
  ['Max_Strays', 'many', '0 to 1000'],
  ['Max_Strays', '16 # few', '0 to 1000'],
  ['Max_Attempts', '1023', '1024 to 16777216'],
  ['Max_Attempts', '16777217', '1024 to 16777216'],
  ['Max_Attempts', '9'.repeat(20), '1024 to 16777216'],
];

for (const [key, value, range] of NO_COUNT) {
  test(`${key} cannot be '${value}'`, () => {
    const fault = `2:${key.length + 4} '${value}' does not fit | a whole number from ${range} is expected`;
    assert.deepEqual(optionFaults(`${key} = ${value}`), [fault]);
  });
}
