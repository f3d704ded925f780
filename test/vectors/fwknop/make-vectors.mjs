/**
 * Writes packets.json beside this file: packets of the installed fwknop client, with the options that made them.
 *
 *     apt-get install fwknop-client && node test/vectors/fwknop/make-vectors.mjs
 *
 * Each packet is really sent, to a socket on the loopback interface, and is taken from there; `plain` is what the client
 * prints in verbose mode. The server_auth field has no option of the client: auth-vector.py asks its library for it.
 */

import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DIGESTS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-512'];
const PLAIN_KEYS = { key: 'testtest', hmacKey: 'hmackey1' };
const ACCESS = ['-A', 'tcp/22', '-a', '198.51.100.7'];

const home = mkdtempSync(join(tmpdir(), 'fwknop-vectors-'));
const socket = createSocket('udp4');
socket.bind(0, '127.0.0.1');
await once(socket, 'listening');

const vectors = [];
try {
  for (const wanted of wantedVectors()) vectors.push(await make(wanted));
  vectors.push(JSON.parse((await run('python3', [join(import.meta.dirname, 'auth-vector.py')])).stdout));
} finally {
  socket.close();
  rmSync(home, { recursive: true });
}
writeFileSync(join(import.meta.dirname, 'packets.json'), `${JSON.stringify(vectors, null, 2)}\n`);

/** @returns {{ name: string, options: string[], key: string | Buffer, hmacKey?: string | Buffer, hmacType?: string }[]} */
function wantedVectors() {
  return [
    { name: 'access', options: ACCESS, ...PLAIN_KEYS },
    { name: 'access without HMAC', options: ACCESS, key: 'testtest' },
    { name: 'from any source', options: ['-A', 'tcp/22', '-s'], ...PLAIN_KEYS },
    {
      name: 'several ports',
      options: ['-A', 'tcp/22,udp/53,tcp/65535', '-a', '198.51.100.7'],
      ...PLAIN_KEYS,
    },
    { name: 'access with timeout', options: [...ACCESS, '-f', '60'], ...PLAIN_KEYS },
    { name: 'longest timeout', options: [...ACCESS, '-f', '131072'], ...PLAIN_KEYS },
    { name: 'NAT', options: [...ACCESS, '-N', '192.168.10.3:22'], ...PLAIN_KEYS },
    { name: 'NAT to a name', options: [...ACCESS, '-N', 'host.example.org:22'], ...PLAIN_KEYS },
    { name: 'NAT with timeout', options: [...ACCESS, '-N', '192.168.10.3:22', '-f', '44'], ...PLAIN_KEYS },
    { name: 'local NAT', options: [...ACCESS, '--nat-local', '--nat-port', '2222'], ...PLAIN_KEYS },
    {
      name: 'local NAT with timeout',
      options: [...ACCESS, '--nat-local', '--nat-port', '2222', '-f', '30'],
      ...PLAIN_KEYS,
    },
    { name: 'command', options: ['-C', 'id -u', '-a', '198.51.100.7'], ...PLAIN_KEYS },
    {
      name: 'command with timeout',
      options: ['-C', 'id -u', '-a', '198.51.100.7', '-f', '30'],
      ...PLAIN_KEYS,
    },
    ...DIGESTS.map((name) => ({
      name: `digest ${name}`,
      options: [...ACCESS, '--digest-type', name.replace('-', '_')],
      ...PLAIN_KEYS,
    })),
    ...DIGESTS.map((name) => ({
      name: `HMAC ${name}`,
      options: ACCESS,
      ...PLAIN_KEYS,
      hmacType: name,
    })),
    ...DIGESTS.flatMap((name) =>
      [64, 65, 72, 73, 127, 128].map((length) => ({
        name: `HMAC ${name}, key of ${length} bytes`,
        options: ACCESS,
        key: 'testtest',
        hmacKey: Buffer.from(Array.from({ length }, (_, i) => (i * 7) & 255)),
        hmacType: name,
      })),
    ),
    ...[1, 16, 31, 32].map((length) => ({
      name: `key of ${length} bytes with zeros`,
      options: ACCESS,
      key: Buffer.from(Array.from({ length }, (_, i) => (i % 3 === 0 ? i : 0))),
      hmacKey: 'hmackey1',
    })),
  ];
}

/** @param {ReturnType<typeof wantedVectors>[number]} wanted */
async function make({ name, options, key, hmacKey, hmacType = 'sha256' }) {
  const args = [...options, '-U', 'alice', ...keyOptions('rijndael', key)];
  if (hmacKey !== undefined)
    args.push('--use-hmac', '--hmac-digest-type', hmacType.replace('-', '_'), ...keyOptions('hmac', hmacKey));
  const rest = [
    '--no-rc-file',
    '--no-save-args',
    '-v',
    '-D',
    '127.0.0.1',
    '-p',
    String(socket.address().port),
  ];
  const received = once(socket, 'message', { signal: AbortSignal.timeout(5000) });
  const { stdout } = await run('fwknop', [...args, ...rest], { env: { ...process.env, HOME: home } });
  const [bytes] = await received;
  const plain = /Encoded Data: (.*)/.exec(stdout)?.[1];
  return {
    name,
    options: args.join(' '),
    key: Buffer.from(key).toString('base64'),
    ...(hmacKey === undefined ? {} : { hmacKey: Buffer.from(hmacKey).toString('base64'), hmacType }),
    digest: /Digest Type: \d+ \((\w+)\)/.exec(stdout)?.[1],
    plain,
    wire: bytes.toString('latin1'),
  };
}

/**
 * @param {string} which
 * @param {string | Buffer} key
 */
function keyOptions(which, key) {
  return typeof key === 'string'
    ? [`--key-${which}`, key]
    : [`--key-base64-${which}`, key.toString('base64')];
}
