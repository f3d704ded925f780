/** Postern's `knock` on real packets, beside Debian's `knock` 0.8 where that is installed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Host } from '../../lab/host.ts';
import { KNOCK } from '../../lab/programs.ts';
import { knock, missingOriginal, missingTools, ORIGINAL, SERVER4, SERVER6, setStage } from './knock-stage.ts';

const skip = (await enterLab()) ?? missingTools();
const skipBeside = skip ?? missingOriginal();

const COMMAND_LINES: readonly (readonly [options: string, ports: string])[] = [
  ['', '7000 8000 9000'],
  ['', '7000:udp 8000:tcp 9000'],
  ['-u', '7000 8000:tcp'],
  ['-uv', '7000 8000'],
  ['-d 20', '7000 8000:udp 9000'],
  ['-vd20', '7000 7000:udp'],
  ['--delay=20 --verb', '7000 8000'],
  ['', '7000 8000 -v --udp'],
  ['-v', '-- 7000 07001'],
];

test('the same command lines send the same packets and say the same as the original', {
  skip: skipBeside,
}, async (t) => {
  const stage = await setStage(t);
  const { server, lab } = stage;
  server.iptables('-A', 'INPUT', '-j', 'DROP');
  for (const address of lab.hasIpv6 ? [SERVER4, SERVER6] : [SERVER4]) {
    for (const [options, ports] of COMMAND_LINES) {
      const args = [...words(options), address, ...words(ports)];
      const original = await knock(stage, args, ORIGINAL);
      const ours = await knock(stage, args);
      assert.deepEqual(ours.seen, original.seen, args.join(' '));
      assert.ok(original.seen.length > 1);
      assert.deepEqual([ours.status, ours.stdout, ours.stderr], [0, original.stdout, ''], args.join(' '));
    }
  }
});

test('a knock at a door that drops, refuses, is closed or is open is one SYN', { skip }, async (t) => {
  const stage = await setStage(t);
  const { client, server } = stage;
  server.iptables('-A', 'INPUT', '-p', 'tcp', '--dport', '7000', '-j', 'DROP');
  server.iptables(
    '-A',
    'INPUT',
    '-p',
    'tcp',
    '--dport',
    '8000',
    '-j',
    'REJECT',
    '--reject-with',
    'tcp-reset',
  );
  const open = server.spawn(process.execPath, ['-e', BANNER_SERVER, '22']);
  await open.waitFor('up');
  const { status, seen } = await knock(stage, [SERVER4, '7000', '8000', '9000', '22', '7000']);
  assert.equal(status, 0);
  const syns = seen.filter((packet) => / S \+/.test(packet));
  assert.deepEqual(syns, ['tcp 7000 S +', 'tcp 8000 S +', 'tcp 9000 S +', 'tcp 22 S +', 'tcp 7000 S +']);
  // Only a socket that is still connecting can repeat its SYN.
  assert.equal(sockets(client, 'syn-sent'), '');
  assert.equal(sockets(client, 'established'), '');
  const others = seen.filter((packet) => !syns.includes(packet));
  assert.ok(
    others.every((packet) => /^tcp 22 (A|FA|R|RA) \+$/.test(packet)),
    `only the open port hears more than a SYN, and no data: ${others}`,
  );
});

test('a socket that stays in connect is seen as one that can repeat its SYN', { skip }, async (t) => {
  const { client, server } = await setStage(t);
  server.iptables('-A', 'INPUT', '-j', 'DROP');
  const code = `const s = require('node:net').connect(7000, '${SERVER4}'); setImmediate(() => console.log('up'))`;
  await client.spawn(process.execPath, ['-e', code]).waitFor('up');
  assert.match(sockets(client, 'syn-sent'), /:7000/);
});

test('many knocks of both protocols leave in the order given', { skip }, async (t) => {
  const stage = await setStage(t);
  const ports = Array.from({ length: 60 }, (_, at) => ({ port: 40_000 - at, udp: at % 3 === 1 }));
  const { status, seen } = await knock(stage, [
    SERVER4,
    ...ports.map(({ port, udp }) => `${port}${udp ? ':udp' : ''}`),
  ]);
  assert.equal(status, 0);
  assert.deepEqual(
    seen,
    ports.map(({ port, udp }) => (udp ? `udp ${port} +00` : `tcp ${port} S +`)),
  );
});

test('a link-local address is knocked at through the interface that it names', { skip }, async (t) => {
  const stage = await setStage(t);
  if (!stage.lab.hasIpv6) return t.skip('no IPv6 here');
  const local = /fe80::[0-9a-f:]+/.exec(stage.server.ip('-6', 'address', 'show', 'dev', 'eth0'))?.[0];
  const { status, stdout, seen } = await knock(stage, ['-v', `${local}%eth0`, '7000', '8000:udp']);
  assert.deepEqual([status, seen], [0, ['tcp 7000 S +', 'udp 8000 +00']]);
  assert.equal(stdout, `hitting tcp ${local}%eth0:7000\nhitting udp ${local}%eth0:8000\n`);
  const without = await knock(stage, [local!, '7000']);
  assert.deepEqual([without.status, without.seen], [2, []]);
  assert.match(without.stderr, /^error: failed to send knock 1 .*\nhint: name the interface, as in /);
});

test('where no route leads the exit status is 2 with a reason; the original says nothing', {
  skip,
}, async (t) => {
  const stage = await setStage(t);
  for (const port of ['7000', '7000:udp']) {
    const { status, stdout, stderr, seen } = await knock(stage, ['-v', '203.0.113.1', port]);
    assert.deepEqual([status, stdout, seen], [2, '', []]);
    assert.match(
      stderr,
      /^error: failed to send knock 1 '(tcp|udp) 203\.0\.113\.1:7000': the network is unreachable\nhint: /,
    );
  }
  if (skipBeside !== undefined) return;
  const original = await stage.client.attempt(ORIGINAL, ['203.0.113.1', '7000']);
  assert.deepEqual([original.status, original.stderr], [0, '']);
});

test('a knock that the firewall of the client forbids is an error that names it', { skip }, async (t) => {
  const stage = await setStage(t);
  stage.client.iptables('-A', 'OUTPUT', '-p', 'udp', '--dport', '8000', '-j', 'DROP');
  const { status, stderr, seen } = await knock(stage, [SERVER4, '7000', '8000:udp', '9000']);
  assert.deepEqual([status, seen], [2, ['tcp 7000 S +']]);
  assert.match(stderr, /^error: failed to send knock 2 'udp 10\.9\.0\.2:8000': this machine's firewall/);
});

test('a reader that goes away costs no knock', { skip }, async (t) => {
  const stage = await setStage(t);
  const line = `"${KNOCK}" -v -d 20 ${SERVER4} 7000 7001 7002 7003 | head -n 1`;
  const { status, stdout, stderr } = await stage.client.attempt('bash', [
    '--norc',
    '-o',
    'pipefail',
    '-c',
    line,
  ]);
  const seen = await stage.witness.scene(stage.client, SERVER4);
  assert.deepEqual([status, stdout, stderr], [0, `hitting tcp ${SERVER4}:7000\n`, '']);
  assert.deepEqual(seen, ['tcp 7000 S +', 'tcp 7001 S +', 'tcp 7002 S +', 'tcp 7003 S +']);
});

const BANNER_SERVER = `
  require('node:net')
    .createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-banner'))
    .listen(Number(process.argv[1]), () => console.log('up'));
`;

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

function sockets(host: Host, state: string): string {
  return host.runSync('ss', ['-Htan', 'state', state]);
}
