import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsed } from '../../../test/support/config-text.ts';
import { formatPortRanges } from '../../net/port-range.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { importAccess } from './fwknop-access.ts';

const KEYS = 'KEY testtest\nHMAC_KEY hmackey1\n';

const NOW = Date.UTC(2026, 0, 1);

function doorOf(text: string) {
  const imported = importAccess(text, NOW);
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
    `SOURCE ANY\n${KEYS}ENABLE_CMD_EXEC Y\nFORCE_SNAT 10.0.0.1\nACCESS_EXPIRE 01/01/2030\n`,
  );
  assert.equal(spa.anySource, false);
  assert.deepEqual(notes, [
    "1 fwknop: packets that leave their address open (fwknop -s) are refused; 'Spa_Any_Source = yes' takes them",
    "1 fwknop: without OPEN_PORTS fwknopd opens whatever is asked for; 'Open = tcp/22' is written, change it",
    '4 fwknop: ENABLE_CMD_EXEC has no counterpart and is left out',
    '5 fwknop: FORCE_SNAT has no counterpart and is left out',
    '6 fwknop: ACCESS_EXPIRE has no counterpart and is left out',
  ]);
});

test('a stanza without a key that can be used is a comment', () => {
  for (const keys of [
    'GPG_DECRYPT_ID ABCD',
    'KEY x\nHMAC_KEY hmackey1',
    'KEY_BASE64 !!!\nHMAC_KEY hmackey1',
    `${KEYS}HMAC_DIGEST_TYPE SHA9`,
  ]) {
    const { text, doors, notes } = importAccess(`SOURCE ANY\n${keys}\nOPEN_PORTS tcp/22\n`, NOW);
    assert.equal(doors, 0);
    assert.ok(
      text.split('\n').every((line) => line === '' || line.startsWith('#')),
      text,
    );
    assert.ok(notes.some(({ message }) => message.includes('no key that can be used')));
  }
});

test('an expired stanza stays dead, and one whose ports are all restricted opens none', () => {
  const over = ['ACCESS_EXPIRE 12/31/2025', 'ACCESS_EXPIRE soon', 'ACCESS_EXPIRE_EPOCH 1700000000'];
  for (const line of [...over, 'RESTRICT_PORTS tcp/22']) {
    const { doors, notes } = importAccess(`SOURCE ANY\n${KEYS}OPEN_PORTS tcp/22\n${line}\n`, NOW);
    assert.equal(doors, 0, line);
    assert.match(
      notes.map(({ message }) => message).join('\n'),
      /as a comment, since it (?:has expired|opens no port)/,
    );
  }
});

test('what opened something else than this host is no door', () => {
  for (const line of ['FORCE_NAT 10.0.0.1 22', 'CMD_CYCLE_OPEN /bin/true $IP']) {
    const { doors, notes } = importAccess(`SOURCE ANY\n${KEYS}OPEN_PORTS tcp/22\n${line}\n`, NOW);
    assert.equal(doors, 0);
    assert.ok(
      notes.some(({ message }) => message.includes('does something else than a door')),
      line,
    );
  }
});

test('times that cannot be read are those of fwknopd, and clients may ask for what it allows', () => {
  const { door, spa, notes } = doorOf(
    `SOURCE ANY\n${KEYS}OPEN_PORTS tcp/22,tcp/22\nFW_ACCESS_TIMEOUT soon\n`,
  );
  assert.deepEqual([door.opening?.forMs, spa.openForMaxMs], [30_000, 300_000]);
  assert.ok(notes.includes("5 fwknop: FW_ACCESS_TIMEOUT: 'soon' is no time that doors have; 30s is written"));
});

test('where no source can be read nobody may come in', () => {
  const { door } = doorOf(`SOURCE nonsense\n${KEYS}OPEN_PORTS tcp/22\n`);
  assert.deepEqual(door.allowFrom.map(formatPrefix), ['127.255.255.255']);
});

test('a stanza without an HMAC key says so in the door', () => {
  const { spa, notes } = doorOf('SOURCE ANY\nKEY testtest\nOPEN_PORTS tcp/22\n');
  assert.equal(spa.hmac, undefined);
  assert.ok(notes.some((note) => note.includes('it has no HMAC key')));
});

test('several stanzas have names of their own; what stands outside of them is told', () => {
  const text = `KEY before\n%include /etc/other.conf\nSOURCE ANY\n${KEYS}SOURCE 10.0.0.0/8\nKEY othertest\nHMAC_KEY otherhmac\n`;
  const { notes, text: config } = importAccess(text, NOW);
  assert.deepEqual(
    parsed(config).doors.map(({ name }) => name),
    ['fwknop', 'fwknop-2'],
  );
  assert.match(notes[0]?.message ?? '', /'KEY' stands before the first SOURCE/);
  assert.match(notes[1]?.message ?? '', /'%include \/etc\/other.conf' is not followed/);
});

test('an empty file has no doors, and any text gives a result', () => {
  assert.deepEqual(importAccess('', NOW), { text: '', doors: 0, notes: [] });
  for (const text of [
    '\0',
    'SOURCE',
    ';;;',
    'SOURCE ANY\nFW_ACCESS_TIMEOUT soon\n',
    'SOURCE x,y\nDESTINATION z\n',
  ]) {
    assert.equal(typeof importAccess(text, NOW).text, 'string');
  }
});
