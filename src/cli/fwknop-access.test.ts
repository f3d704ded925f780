import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsed } from '../../test/support/config-text.ts';
import { formatPortRanges } from '../net/port-range.ts';
import { formatPrefix } from '../net/prefix.ts';
import { importAccess } from './fwknop-access.ts';

const KEYS = 'KEY testtest\nHMAC_KEY hmackey1\n';

function doorOf(text: string) {
  const imported = importAccess(text);
  const [door] = parsed(imported.text).doors;
  assert.ok(door !== undefined && door.sequence.kind === 'spa', imported.text);
  return { door, spa: door.sequence, notes: imported.notes.map(({ line, message }) => `${line} ${message}`) };
}

test('a stanza becomes a door with everything that doors have', () => {
  const { door, spa, notes } = doorOf(`# a comment
SOURCE: 192.168.10.0/24, 10.1.1.123;
DESTINATION 192.0.2.1
OPEN_PORTS TCP/22, udp/53, tcp/23
RESTRICT_PORTS tcp/23
KEY_BASE64 dGhlIGtleSBvZiBhIHRlc3QgaGVyZQ==
HMAC_KEY_BASE64 YW5vdGhlciBrZXkgb2YgdGhlIHRlc3Q=
HMAC_DIGEST_TYPE SHA3_512
FW_ACCESS_TIMEOUT 60
MAX_FW_TIMEOUT 3600
REQUIRE_USERNAME alice
REQUIRE_SOURCE_ADDRESS Y
ENCRYPTION_MODE CBC
ENABLE_CMD_EXEC N
`);
  assert.equal(door.name, 'alice');
  assert.deepEqual(door.allowFrom.map(formatPrefix), ['192.168.10.0/24', '10.1.1.123']);
  assert.equal(door.target?.w3, 0xc0000201 | 0);
  assert.equal(formatPortRanges(door.opening?.ports ?? []), 'tcp/22,udp/53');
  assert.deepEqual([door.opening?.forMs, spa.openForMaxMs], [60_000, 3_600_000]);
  assert.deepEqual([spa.hmac?.type, spa.users, spa.anySource], ['sha3-512', ['alice'], false]);
  assert.equal(Buffer.from(spa.key.reveal()).toString(), 'the key of a test here');
  assert.deepEqual(notes, []);
});

test('what has no counterpart is told with its line, and nothing becomes laxer', () => {
  const { spa, notes } = doorOf(
    `SOURCE ANY\n${KEYS}ENABLE_CMD_EXEC Y\nFORCE_NAT 10.0.0.1 22\nACCESS_EXPIRE 01/01/2030\n`,
  );
  assert.equal(spa.anySource, false);
  assert.deepEqual(notes, [
    "1 fwknop: packets that leave their address open (fwknop -s) are refused; 'Spa_Any_Source = yes' takes them",
    "1 fwknop: without OPEN_PORTS fwknopd opens whatever is asked for; 'Open = tcp/22' is written, change it",
    "1 fwknop: clients may ask for no longer than Open_For; 'Open_For_Max' allows more",
    '4 fwknop: ENABLE_CMD_EXEC has no counterpart and is left out',
    '5 fwknop: FORCE_NAT has no counterpart and is left out',
    '6 fwknop: ACCESS_EXPIRE has no counterpart and is left out',
  ]);
});

test('a stanza without a key that can be used is a comment', () => {
  for (const keys of [
    'GPG_DECRYPT_ID ABCD',
    'KEY x\nHMAC_KEY hmackey1',
    'KEY_BASE64 !!!\nHMAC_KEY hmackey1',
  ]) {
    const { text, doors, notes } = importAccess(`SOURCE ANY\n${keys}\nOPEN_PORTS tcp/22\n`);
    assert.equal(doors, 0);
    assert.ok(
      text.split('\n').every((line) => line === '' || line.startsWith('#')),
      text,
    );
    assert.ok(notes.some(({ message }) => message.includes('no key that can be used')));
  }
});

test('a stanza without an HMAC key says so in the door', () => {
  const { spa, notes } = doorOf('SOURCE ANY\nKEY testtest\nOPEN_PORTS tcp/22\n');
  assert.equal(spa.hmac, undefined);
  assert.ok(notes.some((note) => note.includes('it has no HMAC key')));
});

test('several stanzas have names of their own; what stands outside of them is told', () => {
  const text = `KEY before\n%include /etc/other.conf\nSOURCE ANY\n${KEYS}SOURCE 10.0.0.0/8\nKEY othertest\nHMAC_KEY otherhmac\n`;
  const { notes, text: config } = importAccess(text);
  assert.deepEqual(
    parsed(config).doors.map(({ name }) => name),
    ['fwknop', 'fwknop-2'],
  );
  assert.match(notes[0]?.message ?? '', /'KEY' stands before the first SOURCE/);
  assert.match(notes[1]?.message ?? '', /'%include \/etc\/other.conf' is not followed/);
});

test('an empty file has no doors, and any text gives a result', () => {
  assert.deepEqual(importAccess(''), { text: '', doors: 0, notes: [] });
  for (const text of [
    '\0',
    'SOURCE',
    ';;;',
    'SOURCE ANY\nFW_ACCESS_TIMEOUT soon\n',
    'SOURCE x,y\nDESTINATION z\n',
  ]) {
    assert.equal(typeof importAccess(text).text, 'string');
  }
});
