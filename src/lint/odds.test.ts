import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorOf } from '../../test/support/config-text.ts';
import { oddsOf, oddsText } from './odds.ts';

function textOf(sequence: string, maxStrays = 16): string | undefined {
  const odds = oddsOf(doorOf(`Sequence = ${sequence}`), maxStrays);
  return odds && oddsText(odds);
}

test('each further step makes a random scan some thousand times less likely to open a door', () => {
  assert.equal(textOf('7000'), 'every scan of all ports opens it');
  assert.equal(textOf('7000,8000'), 'a scan of all ports in random order opens it once in 3,855');
  assert.equal(textOf('7000,8000,9000'), 'a scan of all ports in random order opens it once in 15 million');
  assert.equal(
    textOf('7,8,9,10'),
    'a scan of all ports in random order opens it once in 57 thousand million',
  );
  assert.equal(textOf('1,2,3,4,5,6'), 'a scan of all ports in random order opens it once in 10^17');
  assert.equal(textOf('7000,8000', 0), 'a scan of all ports in random order opens it once in 65,535');
});

test('one-time doors have no odds of their own', () => {
  assert.equal(oddsOf(doorOf('One_Time_Sequences = /etc/knockd/sequences'), 16), undefined);
});

test('guessing blindly takes half of all sequences', () => {
  assert.equal(oddsOf(doorOf('Sequence = 7000'), 16)?.guesses, 65_535);
});
