/** Doors without a fixed sequence: time-based ones, and those that a packet opens. */

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { doorFaults, doorOf, faultsOf, parsed } from '../../test/support/config-text.ts';
import { DEFAULT_SHAPE } from '../spa/totp-sequence.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-keys-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const KEYS = ['Spa_Key = plain:correct horse', 'Spa_Hmac_Key = base64:MTIzNDU2Nzg5MDEyMzQ1Ng=='];
const OPEN = 'Open = tcp/22';

function spaOf(...lines: readonly string[]) {
  const { sequence } = doorOf(...KEYS, ...lines);
  assert.equal(sequence.kind, 'spa');
  return sequence;
}

function textOf(key: { reveal(): Uint8Array } | undefined): string {
  return Buffer.from(key?.reveal() ?? []).toString();
}

test('an SPA door has the defaults of fwknopd', () => {
  const { key, hmac, ...rest } = spaOf(OPEN);
  assert.deepEqual(
    [textOf(key), textOf(hmac?.key), hmac?.type],
    ['correct horse', '1234567890123456', 'sha256'],
  );
  const settings = { port: 62_201, maxAgeMs: 120_000, users: [], openForMaxMs: 30_000 };
  assert.deepEqual(rest, { kind: 'spa', anySource: false, weakDigests: false, ...settings });
});

test('every SPA key is read', () => {
  const lines = ['Spa_Port = 4711', 'Spa_Hmac_Type = SHA512', 'Spa_User = alice, bob', 'Spa_Max_Age = 5m'];
  const { port, hmac, users, maxAgeMs, anySource, weakDigests, openForMaxMs } = spaOf(
    ...[
      ...lines,
      'Spa_Any_Source = yes',
      'Spa_Weak_Digests = YES',
      OPEN,
      'Open_For = 10s',
      'Open_For_Max = 1h',
    ],
  );
  assert.deepEqual([port, hmac?.type, users, maxAgeMs], [4711, 'sha512', ['alice', 'bob'], 300_000]);
  assert.deepEqual([anySource, weakDigests, openForMaxMs], [true, true, 3_600_000]);
});

test('an SPA door without an HMAC key says so', () => {
  const { sequence } = doorOf('Spa_Key = plain:correct horse', 'Spa_Unauthenticated = yes', OPEN);
  assert.equal(sequence.kind === 'spa' && sequence.hmac, undefined);
  assert.deepEqual(doorFaults('Spa_Key = plain:correct horse', OPEN), [
    "2:1 a door with an SPA key needs an HMAC key | write 'Spa_Hmac_Key = file:/etc/postern/ssh.hmac', or 'Spa_Unauthenticated = yes' where packets have none",
  ]);
  assert.deepEqual(doorFaults(...KEYS, OPEN, 'Spa_Unauthenticated = yes'), [
    "5:1 'Spa_Unauthenticated' contradicts 'Spa_Hmac_Key' | leave one of the two out",
  ]);
});

test('keys come from files that nobody else can read', () => {
  const path = join(folder, 'ssh.key');
  writeFileSync(path, 'plain:correct horse\n', { mode: 0o600 });
  const door = doorOf(`Spa_Key = file:${path}`, KEYS[1]!, OPEN);
  assert.equal(door.sequence.kind === 'spa' && textOf(door.sequence.key), 'correct horse');
  chmodSync(path, 0o640);
  const faults = doorFaults(`Spa_Key = file:${path}`, KEYS[1]!, OPEN);
  assert.match(faults[0] ?? '', /^2:11 key file '.*' has mode 0640: others can use it \| chmod 0600/);
});

test('what is wrong with a key is told without showing it', () => {
  const cases = [
    ['Spa_Key = plain:short', /the key has 5 bytes, expected 8 to 32/],
    ['Spa_Key = base64:not base64!', /the key is not base64/],
    ['Spa_Key = hunter2hunter2', /the key does not say how it is written/],
    ['Spa_Key = file:relative', /'relative' is no absolute path/],
    ['Spa_Key = file:/nonexistent/key', /failed to read the key file .*ENOENT/],
    ['Spa_Key =', /'Spa_Key' has an empty value/],
  ] as const;
  for (const [line, expected] of cases) {
    const faults = doorFaults(line, KEYS[1]!, OPEN);
    assert.equal(faults.length, 1, line);
    assert.match(faults[0] ?? '', expected);
    assert.ok(!faults[0]?.includes('hunter2') && !faults[0]?.includes('short'), faults[0]);
  }
  assert.ok(!JSON.stringify(doorOf(...KEYS, OPEN)).includes('correct horse'));
});

test('wrong SPA settings are told, each with its place', () => {
  assert.deepEqual(
    doorFaults(
      ...KEYS,
      ...[
        'Spa_Port = 0',
        'Spa_Hmac_Type = sha42',
        'Spa_User = alice,,bob',
        'Spa_Max_Age = 2d',
        'Spa_Any_Source = maybe',
      ],
      ...[OPEN, 'Open_For = 1m', 'Open_For_Max = 30s', 'TCPFlags = syn', 'Seq_Timeout = 5'],
    ).map((fault) => fault.split(' | ')[0]),
    [
      "4:12 '0' does not fit",
      "5:17 'sha42' is no digest that is known here",
      '6:18 a user is missing',
      "7:15 '2d' is too long",
      "8:18 'maybe' is not known here",
      "11:1 'Open_For_Max' is shorter than 'Open_For'",
      "12:1 'TCPFlags' means nothing for an SPA packet",
      "13:1 'Seq_Timeout' means nothing for an SPA packet",
    ],
  );
});

test('a door is knocked at in one way only', () => {
  assert.deepEqual(doorFaults('Sequence = 7000,8000', ...KEYS, `Totp_Secret = ${SECRET}`), [
    "3:1 door 'door' has both a fixed sequence and an SPA key | keep either 'Sequence' or 'Spa_Key'",
    "5:1 door 'door' has both a fixed sequence and time-based sequences | keep either 'Sequence' or 'Totp_Secret'",
  ]);
  assert.deepEqual(doorFaults('Sequence = 7000,8000', 'Spa_Port = 1', 'Totp_Steps = 3'), [
    "3:1 'Spa_Port' means nothing without 'Spa_Key' | write 'Spa_Key = file:/etc/postern/ssh.key'",
    "4:1 'Totp_Steps' means nothing without 'Totp_Secret' | write 'Totp_Secret = BASE32'",
  ]);
});

test('SPA doors that no packet could tell apart are refused', () => {
  const door = (name: string, ...lines: readonly string[]) =>
    [`[${name}]`, OPEN, ...KEYS, ...lines].join('\n');
  assert.deepEqual(faultsOf(`${door('a')}\n${door('b')}`), [
    "7:1 no packet could tell 'b' from 'a', in line 3 | give each door keys of its own, or let 'Spa_User' tell them apart",
  ]);
  const apart = [
    [door('a', 'Spa_User = alice'), door('b', 'Spa_User = bob')],
    [door('a', 'Spa_Port = 1000'), door('b')],
    [door('a', 'Target = 192.0.2.1'), door('b')],
  ];
  for (const doors of apart) assert.equal(parsed(doors.join('\n')).doors.length, 2);
  const shared = `${door('a', 'Spa_User = alice, eve')}\n${door('b', 'Spa_User = bob, eve')}`;
  assert.equal(faultsOf(shared).length, 1);
});

test('a time-based door has the documented defaults, and takes its own', () => {
  const { sequence } = doorOf(`Totp_Secret = ${SECRET}`, OPEN);
  assert.deepEqual(sequence.kind === 'totp' && sequence.shape, DEFAULT_SHAPE);
  const other = doorOf(
    `Totp_Secret = ${SECRET}`,
    'Totp_Steps = 6',
    'Totp_Ports = 20000 - 29999',
    OPEN,
  ).sequence;
  assert.deepEqual(other.kind === 'totp' && other.shape, {
    ...DEFAULT_SHAPE,
    steps: 6,
    first: 20_000,
    last: 29_999,
  });
});

test('the secret may lie in a file that nobody else can read', () => {
  const path = join(folder, 'vault.totp');
  writeFileSync(path, `${SECRET}\n`, { mode: 0o600 });
  const { sequence } = doorOf(`Totp_Secret = file:${path}`, OPEN);
  assert.equal(sequence.kind === 'totp' && sequence.secret.lengthBytes, 20);
  chmodSync(path, 0o644);
  assert.match(doorFaults(`Totp_Secret = file:${path}`)[0] ?? '', /mode 0644: others can use it/);
});

test('wrong time-based settings are told', () => {
  const cases = [
    ['Totp_Secret = 0189', '2:15 the secret is not base32'],
    ['Totp_Secret = JBSWY3DP', '2:15 the secret has 5 bytes, expected 16 to 64'],
    [`Totp_Secret = ${SECRET}\nTotp_Steps = 1`, "3:14 '1' does not fit"],
    [`Totp_Secret = ${SECRET}\nTotp_Ports = 10-20`, "3:14 '10-20' has fewer than 1000 ports"],
    [`Totp_Secret = ${SECRET}\nTotp_Ports = 1000-3000,4000`, "3:14 '1000-3000,4000' is no range of ports"],
    [`Totp_Secret = ${SECRET}\nTotp_Ports = 1000-3000:udp`, "3:14 '1000-3000:udp' is no range of ports"],
  ] as const;
  for (const [lines, fault] of cases) assert.equal(doorFaults(lines)[0]?.split(' | ')[0], fault);
});
