import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeHint } from './write-hint.ts';

const because = (code: string) => Object.assign(new Error(code), { code });

test('only what lacks space is told to need space', () => {
  assert.match(writeHint(because('ENOSPC')) ?? '', /needs some space/);
  for (const code of ['EBUSY', 'EROFS', 'EACCES', 'EIO'])
    assert.doesNotMatch(writeHint(because(code)) ?? 'space', /space/, code);
});

test('what nobody knows gets no advice', () => {
  assert.equal(writeHint(because('EWHATEVER')), undefined);
  assert.equal(writeHint('no error'), undefined);
});
