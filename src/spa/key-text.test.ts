/** Keys as text and as files: what is taken, what is refused in which words, and that none is ever shown. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { formatKey, newKey } from './key-bytes.ts';
import { parseKey } from './key-text.ts';
import { SecretKey } from './secret-key.ts';

function bytesOf(text: string, use: 'cipher' | 'hmac' = 'cipher'): string {
  const key = parseKey(text, use);
  return key.ok ? Buffer.from(key.value.reveal()).toString('latin1') : `refused: ${key.error.message}`;
}

function keyFile(t: TestContext, content: string, mode = 0o600): string {
  const directory = mkdtempSync(join(tmpdir(), 'postern-key-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'door.key');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

test('base64 with and without padding, and plain text, are the bytes that they say', () => {
  assert.equal(bytesOf('base64:dGVzdHRlc3Q='), 'testtest');
  assert.equal(bytesOf('base64:dGVzdHRlc3Q'), 'testtest');
  assert.equal(bytesOf('plain:testtest'), 'testtest');
  assert.equal(bytesOf('plain: with spaces :'), ' with spaces :');
  assert.equal(bytesOf('plain:base64:dGVzdHRlc3Q='), 'base64:dGVzdHRlc3Q=');
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['testtest', /does not say how it is written/],
  ['', /does not say how it is written/],
  ['base64:', /not base64/],
  ['base64:dGVzdHRlc3R=', /not base64/],
  ['base64:dGVz dHRlc3Q=', /not base64/],
  ['base64:dGVzdHRlc3-_', /not base64/],
  ['base64:dGVzdA==', /the key has 4 bytes, expected 8 to 32/],
  ['plain:1234567', /the key has 7 bytes, expected 8 to 32/],
  ['plain:', /the key has 0 bytes/],
  [`plain:${'k'.repeat(33)}`, /the key has 33 bytes, expected 8 to 32/],
  ['file:relative.key', /'relative\.key' is no absolute path/],
  ['file:', /is no absolute path/],
  ['file:/nonexistent/door.key', /failed to read the key file '\/nonexistent\/door\.key': ENOENT/],
  ['file:/tmp', /'\/tmp' is no regular file/],
  ['file:/dev/null', /is no regular file/],
];

for (const [text, message] of REFUSED) {
  test(`refused with a hint: '${text}'`, () => {
    const key = parseKey(text, 'cipher');
    assert.ok(!key.ok);
    assert.match(key.error.message, message);
    assert.ok(key.error.hint.length > 0);
  });
}

test('an HMAC key may be as long as the clients take', () => {
  assert.equal(bytesOf(`plain:${'k'.repeat(128)}`, 'hmac').length, 128);
  assert.match(bytesOf(`plain:${'k'.repeat(129)}`, 'hmac'), /the HMAC key has 129 bytes, expected 8 to 128/);
});

test('a key file holds one line', (t) => {
  assert.equal(bytesOf(`file:${keyFile(t, 'base64:dGVzdHRlc3Q=\n')}`), 'testtest');
  assert.equal(bytesOf(`file:${keyFile(t, 'plain:testtest', 0o400)}`), 'testtest');
  assert.match(bytesOf(`file:${keyFile(t, 'plain:testtest\nplain:other\n')}`), /more than one line/);
  assert.match(bytesOf(`file:${keyFile(t, '')}`), /key file '.*': the key does not say how it is written/);
  assert.match(bytesOf(`file:${keyFile(t, 'file:/etc/passwd')}`), /does not say how it is written/);
  assert.match(bytesOf(`file:${keyFile(t, `plain:${'k'.repeat(5000)}`)}`), /has 5006 bytes, at most 4096/);
});

for (const mode of [0o640, 0o604, 0o620, 0o601, 0o660]) {
  test(`a key file of mode ${mode.toString(8)} is refused`, (t) => {
    const path = keyFile(t, 'plain:testtest', mode);
    const key = parseKey(`file:${path}`, 'cipher');
    assert.ok(!key.ok);
    assert.match(key.error.message, new RegExp(`has mode 0${mode.toString(8)}: others can use it`));
    assert.equal(key.error.hint, `chmod 0600 '${path}'`);
  });
}

test('a link to a key file is followed, and the file itself is what is checked', (t) => {
  const path = keyFile(t, 'plain:testtest', 0o644);
  symlinkSync(path, `${path}.link`);
  assert.match(bytesOf(`file:${path}.link`), /has mode 0644/);
  chmodSync(path, 0o600);
  assert.equal(bytesOf(`file:${path}.link`), 'testtest');
});

test('a pipe in place of a key file holds nothing up', (t) => {
  const path = `${keyFile(t, '')}.pipe`;
  execFileSync('mkfifo', ['-m', '600', path]);
  assert.match(bytesOf(`file:${path}`), /no regular file/);
});

test('no fault and no view of a key has the key', (t) => {
  const word = 'kR3t9xQ';
  for (const text of [word, `plain:${word}`, `base64:${word}==`, `base64:*${word}`]) {
    const key = parseKey(text, 'cipher');
    assert.ok(!key.ok && !JSON.stringify(key).includes(word), text);
  }
  const inFile = parseKey(`file:${keyFile(t, `plain:${word}`)}`, 'cipher');
  assert.ok(!inFile.ok && !JSON.stringify(inFile).includes(word));
  const key = new SecretKey(Buffer.from('verysecretkey'));
  const views = [
    String(key),
    `${key}`,
    JSON.stringify({ key }),
    inspect({ key }, { showHidden: true, depth: 9 }),
  ];
  views.push(inspect(key, { customInspect: false, showHidden: true }), JSON.stringify(Object.entries(key)));
  for (const view of views) {
    assert.ok(!view.includes('verysecretkey') && !view.includes('118, 101') && !view.includes('76 65'), view);
  }
});

test('new keys are as long as fwknop makes them, differ, and are read as they are written', () => {
  for (const [use, length] of [
    ['cipher', 32],
    ['hmac', 64],
  ] as const) {
    const key = newKey(use);
    assert.equal(key.lengthBytes, length);
    assert.notDeepEqual(newKey(use).reveal(), key.reveal());
    const read = parseKey(formatKey(key), use);
    assert.ok(read.ok);
    assert.deepEqual(read.value.reveal(), key.reveal());
  }
});
