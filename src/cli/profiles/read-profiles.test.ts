import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKnockArguments } from '../knock/knock-arguments.ts';
import { entriesOfLine, lineOfProfile, withOptions } from './profile-line.ts';
import { readProfiles } from './read-profiles.ts';

const FILE = 'profiles.conf';

/** The options of a profile as words, then its operands. */
function lineOf(text: string): string {
  const { profiles, faults } = readProfiles(text, FILE);
  assert.deepEqual(faults, []);
  const { options, operands } = lineOfProfile(profiles[0]!);
  return [...options.map(({ name, value }) => `--${name}${value && `=${value}`}`), ...operands].join(' ');
}

/** `line:column message`, each. */
function faultsOf(text: string): readonly string[] {
  const { faults } = readProfiles(text, FILE);
  for (const { hint, message } of faults) assert.ok(hint, `no hint: ${message}`);
  return faults.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

test('a profile is the command line that it stands for', () => {
  const lines = ['[home]', 'Host = home.example', 'Sequence = 7301, 48122:udp', 'Delay = 20', 'Family = 6'];
  assert.equal(lineOf(lines.join('\n')), '--ipv6 --delay=20 home.example 7301 48122:udp');
  assert.equal(
    lineOf('[a]\nhost = h\nspa_key = file:/k\nSpa_Hmac_Key = file:/m\nAccess = tcp/22\n'),
    '--spa --key=file:/k --hmac-key=file:/m --access=tcp/22 h',
  );
  const bare = '[a]\nHost = h\nSpa_Key = plain:testtest\nSpa_Unauthenticated = yes\nSpa_Any_Source = no';
  assert.equal(lineOf(bare), '--spa --key=plain:testtest --no-hmac h');
});

test('all faults are told at once, with line, column, value and hint', () => {
  const text = [
    ...['Host = early', '[a]', '  Hots = h', 'Host = -x', 'Sequence = 7301, 70000 ,80:icmp'],
    ...['Delay = soon', 'Family = 5', 'Wait_Port = udp/53', 'Timeout = 0', 'Close_After = perhaps'],
    ...['[a]', 'Host = h', 'Host = h', 'Totp_Secret = 1', '[torn', 'For'],
  ];
  assert.deepEqual(faultsOf(text.join('\n')), [
    "1:1 'Host' stands before any profile",
    "3:3 unknown key 'Hots'",
    "4:8 Host '-x': expected a name or an address",
    "5:18 knock '70000': expected a port from 1 to 65535 or a tcp service name",
    "5:25 knock '80:icmp': expected 'tcp' or 'udp' after the colon",
    "6:9 delay 'soon': expected whole milliseconds from 0 to 3600000",
    "7:10 Family '5': expected 4, 6, both or any",
    "8:13 Wait_Port 'udp/53': expected a TCP port",
    "9:11 Timeout '0': expected a time from 1 ms to a day",
    "10:15 Close_After 'perhaps': expected yes or no",
    "11:2 a second profile 'a'",
    "13:1 'Host' is set twice",
    '14:15 the secret is not base32',
    "15:1 '[torn': a title ends with ']'",
    "16:1 'For' needs a value",
  ]);
});

test('what one key wants of the others is told at the profile', () => {
  assert.deepEqual(
    faultsOf('[a]\nSpa_Key = file:/k\nSequence = 1\n[b]\nHost = h\n[c]\nHost = h\nSpa_Key = file:/k'),
    [
      "1:2 profile 'a' has no Host",
      "1:2 profile 'a' has Sequence and Spa_Key",
      "4:2 profile 'b' does not say how to knock",
      "6:2 profile 'c' has Spa_Key and no Spa_Hmac_Key",
    ],
  );
  assert.deepEqual(faultsOf('[a]\nHost = h\nSequence = 1\nClose_After = yes'), [
    "1:2 profile 'a' has Close_After and no Close_Sequence",
  ]);
});

test('no fault quotes a key', () => {
  for (const line of ['Spa_Key = base64:§hidden', 'Spa_Key = hidden', 'Totp_Secret = hidden1'])
    assert.ok(!faultsOf(`[a]\nHost = h\n${line}`).join().includes('hidden'), line);
});

test('options of the command line win, and put what they stand beside out of force', () => {
  const { profiles } = readProfiles(
    '[a]\nHost = h\nSequence = 1\nFamily = both\nDelay = 5\nClose_Sequence = 2\nClose_After = yes',
    FILE,
  );
  const given = ['ipv4', 'keep-open'].map((name) => ({ name, value: '' }));
  const { options } = withOptions(lineOfProfile(profiles[0]!), [...given, { name: 'delay', value: '7' }]);
  assert.deepEqual(
    options.map(({ name, value }) => name + value),
    ['delay5', 'close-sequence2', 'ipv4', 'keep-open', 'delay7'],
  );
});

test('every way to knock becomes a profile that stands for the same line', () => {
  const ways = [
    ['--delay=5', '--ipv4', 'h', '1', '2:udp'],
    ['--totp=file:/s', '--totp-steps=6', '--totp-ports=20000-30000', 'h'],
    ['--one-time=/f', '--wait=22', '--timeout=5s', '--close-sequence=1,2', '--close-after', 'h'],
    [
      ...['--spa', '--key=file:/k', '--hmac-key=file:/m', '--hmac-type=sha512', '--port=5000', '--user=me'],
      ...['--access=tcp/22,udp/53', '--for=30s', '--own-address=192.0.2.1', 'h'],
    ],
    [
      '--spa',
      '--key=file:/k',
      '--no-hmac',
      '--resolve=curl https://ip.example',
      '--both',
      '--any-source',
      'h',
    ],
  ];
  for (const words of ways) {
    const request = parseKnockArguments(['--save=x', ...words]);
    assert.ok(request.ok && request.value.kind === 'more');
    const { options, operands } = request.value.line;
    const entries = entriesOfLine(options, operands[0]!, operands.slice(1));
    const text = `[x]\n${entries.map(([key, value]) => `${key} = ${value}`).join('\n')}`;
    assert.deepEqual(lineOf(text).split(' ').toSorted(), words.join(' ').split(' ').toSorted());
  }
});
