import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorOf, parsed } from '../../../test/support/config-text.ts';
import { parseKnockArguments } from '../knock/knock-arguments.ts';
import { lineOfProfile } from '../profiles/profile-line.ts';
import { readProfiles } from '../profiles/read-profiles.ts';
import { clientSide, clientSideText } from './client-side.ts';

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** What the command asks for, as the client itself reads it; the order of options has no meaning. */
function readCommand(command: string) {
  const [program, ...words] = command.split(' ');
  assert.equal(program, 'knock');
  const request = parseKnockArguments(words);
  assert.ok(request.ok, command);
  if (request.value.kind !== 'more') return request.value;
  const { options, operands } = request.value.line;
  return { options: options.toSorted((a, b) => a.name.localeCompare(b.name)), operands };
}

test('a fixed sequence: a command, an excerpt of knockd.conf, a code for Knock on Ports', () => {
  const side = clientSide(doorOf('Sequence = 7301,48122:udp,15904', 'Open = tcp/22'), 'home.example');
  assert.equal(side.command, 'knock home.example 7301 48122:udp 15904');
  assert.ok('plan' in readCommand(side.command));
  const [door] = parsed(side.excerpts[0]?.text ?? '').doors;
  assert.equal(door?.sequence.kind === 'fixed' && door.sequence.steps.length, 3);
  assert.deepEqual(JSON.parse(side.qr?.text ?? ''), {
    version: 1,
    sequences: [
      {
        name: 'door',
        host: 'home.example',
        steps: [
          { type: 'tcp', port: 7301 },
          { type: 'udp', port: 48_122 },
          { type: 'tcp', port: 15_904 },
        ],
      },
    ],
  });
  assert.deepEqual(side.files, []);
});

test('one packet: keys as files, a stanza for fwknop, a code for Fwknop2', () => {
  const side = clientSide(
    doorOf('Spa_Key = plain:testtest', 'Spa_Hmac_Key = plain:hmackey1', 'Open = tcp/22, udp/60000-61000'),
    'home.example',
  );
  assert.equal(
    side.command,
    'knock --spa -k file:/path/to/door.key -K file:/path/to/door.hmac -A tcp/22,udp/60000 home.example',
  );
  assert.deepEqual(
    side.files.map(({ name, text }) => [name, Buffer.from(text.replace('base64:', ''), 'base64').toString()]),
    [
      ['door.key', 'testtest'],
      ['door.hmac', 'hmackey1'],
    ],
  );
  assert.equal(side.qr?.text, 'KEY_BASE64:dGVzdHRlc3Q= HMAC_KEY_BASE64:aG1hY2tleTE=');
});

test('a range of ports is told of, since a packet asks for single ones', () => {
  const keys = ['Spa_Key = plain:testtest', 'Spa_Hmac_Key = plain:hmackey1'];
  const side = clientSide(doorOf(...keys, 'Open = tcp/22,udp/60000-61000'), 'h');
  assert.match(side.command, / -A tcp\/22,udp\/60000 h$/);
  const note =
    /^# note: a packet asks for single ports: put those of udp\/60000-61000 .* place of udp\/60000$/m;
  assert.match(clientSideText(side), note);
  assert.deepEqual(clientSide(doorOf(...keys, 'Open = tcp/22'), 'h').notes, []);
});

test('what differs from the usual is in the command and in the stanza', () => {
  const { command, excerpts } = clientSide(
    doorOf(
      ...['Spa_Key = plain:testtest', 'Spa_Hmac_Key = plain:hmackey1', 'Spa_Hmac_Type = sha3-512'],
      ...['Spa_Port = 5000', 'Open = tcp/22'],
    ),
    'h',
  );
  assert.match(command, / --hmac-type sha3-512 -A tcp\/22 -p 5000 h$/);
  assert.match(excerpts[0]?.text ?? '', /^HMAC_DIGEST_TYPE SHA3_512\nSPA_SERVER_PORT 5000$/m);
  const bare = clientSide(
    doorOf('Spa_Key = plain:testtest', 'Spa_Unauthenticated = yes', 'Open = tcp/22'),
    'h',
  );
  assert.match(bare.command, / -k \S+ --no-hmac -A /);
  assert.equal(bare.qr?.text, 'KEY_BASE64:dGVzdHRlc3Q=');
  assert.ok(!(bare.excerpts[0]?.text ?? '').includes('HMAC'));
});

test('time-based sequences: a secret as a file, and no code', () => {
  const usual = clientSide(doorOf(`Totp_Secret = ${SECRET}`, 'Open = tcp/22'), 'h');
  assert.deepEqual(usual.files, [{ name: 'door.totp', text: SECRET }]);
  assert.equal(usual.command, 'knock --totp file:/path/to/door.totp h');
  assert.equal(usual.qr, undefined);
  const other = clientSide(
    doorOf(`Totp_Secret = ${SECRET}`, 'Totp_Steps = 6', 'Totp_Ports = 20000-30000', 'Open = tcp/22'),
    'h',
  );
  assert.equal(
    other.command,
    'knock --totp file:/path/to/door.totp --totp-steps 6 --totp-ports 20000-30000 h',
  );
  assert.ok('options' in readCommand(other.command));
});

test('one-time sequences: the client needs a copy of the file', () => {
  const side = clientSide(doorOf('One_Time_Sequences = /etc/knockd/ssh', 'Open = tcp/22'), 'h');
  assert.equal(side.command, 'knock --one-time /path/to/door.sequences h');
  assert.match(clientSideText(side), /a copy of \/etc\/knockd\/ssh on the server/);
});

test('the profile comes with the lines that use it, and waits for the port of the door', () => {
  const profileOf = (...lines: readonly string[]) => clientSide(doorOf(...lines), 'h').excerpts.at(-1);
  const ssh = profileOf('Sequence = 1,2', 'Open = udp/53, tcp/22');
  assert.match(ssh?.title ?? '', /knock door -- ssh h\n.*ProxyCommand knock --proxy door %h %p$/);
  assert.equal(ssh?.text, '[door]\n    Host = h\n    Sequence = 1,2');
  const web = profileOf('Sequence = 1,2', 'Open = tcp/443');
  assert.match(web?.text ?? '', /Wait_Port = 443$/);
  assert.match(web?.title ?? '', /then: knock door$/);
  const bare = profileOf('Spa_Key = plain:testtest', 'Spa_Unauthenticated = yes', 'Open = tcp/22');
  assert.match(bare?.text ?? '', /Spa_Unauthenticated = yes/);
});

test('the profile asks for what the command asks for', () => {
  const doors = [
    ['Sequence = 7301,48122:udp,15904'],
    [`Totp_Secret = ${SECRET}`, 'Totp_Steps = 6', 'Totp_Ports = 20000-30000'],
    ['One_Time_Sequences = /etc/knockd/ssh'],
    [
      'Spa_Key = plain:testtest',
      'Spa_Hmac_Key = plain:hmackey1',
      'Spa_Hmac_Type = sha3-512',
      'Spa_Port = 5000',
    ],
  ];
  for (const lines of doors) {
    const { command, excerpts } = clientSide(doorOf(...lines, 'Open = tcp/22'), 'home.example');
    const { profiles, faults } = readProfiles(excerpts.at(-1)?.text ?? '', 'profiles.conf');
    assert.deepEqual([faults, profiles.map(({ name }) => name)], [[], ['door']], lines[0]);
    const { options, operands } = lineOfProfile(profiles[0]!);
    const words = options.flatMap(({ name, value }) => [`--${name}`, ...(value === '' ? [] : [value])]);
    assert.deepEqual(readCommand(['knock', ...words, '--', ...operands].join(' ')), readCommand(command));
  }
});
