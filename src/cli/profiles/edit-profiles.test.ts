import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withProfile } from './edit-profiles.ts';

const ENTRIES = [
  ['Host', 'h'],
  ['Sequence', '1, 2'],
] as const;

test('a new profile is put at the end; what is there stays byte for byte', () => {
  const before = Buffer.from('# \u00e9\r\n[a]\nHost=x \n', 'latin1');
  const after = withProfile(before, 'b', ENTRIES);
  assert.deepEqual(after.subarray(0, before.length), before);
  assert.equal(after.subarray(before.length).toString(), '\n[b]\n    Host = h\n    Sequence = 1, 2\n');
  assert.equal(
    withProfile(Buffer.alloc(0), 'b', ENTRIES).toString(),
    '[b]\n    Host = h\n    Sequence = 1, 2\n',
  );
  assert.match(withProfile(Buffer.from('[a]'), 'b', ENTRIES).toString(), /^\[a\]\n\n\[b\]\n/);
});

test('a profile is replaced where it stands, and its comments stay', () => {
  const before = '# top\n[a]\nHost = x\n# why\nDelay = 5\n\n# of c\n[c]\nHost = y\n\u00ff';
  const after = withProfile(Buffer.from(before, 'latin1'), 'a', ENTRIES).toString('latin1');
  const expected = '# top\n[a]\n    Host = h\n    Sequence = 1, 2\n# why\n\n# of c\n[c]\nHost = y\n\u00ff';
  assert.equal(after, expected);
});
