/** How Postern's `knock` treats names: asked for once, both families in the resolver's order, -4 and -6. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { knock, missingOriginal, missingTools, ORIGINAL, SERVER4, SERVER6, setStage } from './knock-stage.ts';
import { hostsFile, NAME, queries, serveNames } from './name-stage.ts';

const skip = (await enterLab()) ?? missingTools() ?? missingIpv6();
/** An address of the name that no knock at port 7000 reaches. */
const FAR6 = 'fd00:99::1';
const KNOCKS = ['7000', '8000:udp', '9000'];
const SEEN = ['tcp 7000 S +', 'udp 8000 +00', 'tcp 9000 S +'];

test('a name is resolved once for all knocks', { skip }, async (t) => {
  const stage = await setStage(t);
  const names = await serveNames(t, stage);
  const { status, stderr, seen } = await knock(stage, [NAME, ...KNOCKS]);
  assert.deepEqual([status, stderr], [0, '']);
  assert.deepEqual(withoutQueries(seen), SEEN);
  assert.deepEqual(queries(names), [`A ${NAME}`, `AAAA ${NAME}`]);
});

test('the original asks again for each knock', { skip: skip ?? missingOriginal() }, async (t) => {
  const stage = await setStage(t);
  const names = await serveNames(t, stage);
  await knock(stage, ['-4', NAME, ...KNOCKS], ORIGINAL);
  assert.equal(queries(names).filter((query) => query.startsWith('A ')).length, KNOCKS.length);
});

test('a name with both families is knocked at by the one that the resolver prefers', { skip }, async (t) => {
  const stage = await setStage(t);
  await serveNames(t, stage);
  const { stdout, seen } = await knock(stage, ['-v', NAME, ...KNOCKS]);
  assert.deepEqual(withoutQueries(seen), SEEN);
  assert.equal(stdout.match(/hitting/g)?.length, KNOCKS.length);
  assert.ok(
    [SERVER4, SERVER6].some((address) => stdout === said(address)),
    stdout,
  );
});

test('--both knocks over both families', { skip }, async (t) => {
  const stage = await setStage(t);
  hostsFile(t, stage, `${SERVER6} ${NAME}\n${SERVER4} ${NAME}\n`);
  const both = await knock(stage, ['-bv', NAME, ...KNOCKS]);
  assert.deepEqual([both.status, both.stderr, both.stdout], [0, '', said(SERVER4) + said(SERVER6)]);
  const literal = await knock(stage, ['-bv', SERVER4, ...KNOCKS]);
  assert.deepEqual([literal.status, literal.stdout], [0, said(SERVER4)]);
});

for (const [what, other, status] of [
  ['--both is content with the family that can be used', SERVER4, 0],
  ['--both fails when neither family can be used', '10.99.0.1', 2],
] as const) {
  test(what, { skip }, async (t) => {
    const stage = await setStage(t);
    hostsFile(t, stage, `${FAR6} ${NAME}\n${other} ${NAME}\n`);
    const sent = await knock(stage, ['-bv', NAME, ...KNOCKS]);
    assert.deepEqual([sent.status, sent.stdout], [status, status === 0 ? said(other) : '']);
    assert.match(sent.stderr, status === 0 ? /^$/ : /10\.99\.0\.1:7000.*unreachable/);
  });
}

test('-4 and -6 choose the family of a name', { skip }, async (t) => {
  const stage = await setStage(t);
  const names = await serveNames(t, stage);
  assert.equal((await knock(stage, ['-4v', NAME, ...KNOCKS])).stdout, said(SERVER4));
  assert.deepEqual(queries(names), [`A ${NAME}`]);
  assert.equal((await knock(stage, ['-6v', NAME, ...KNOCKS])).stdout, said(SERVER6));
});

for (const first of ['7000', '7000:udp']) {
  test(`where the preferred family is unreachable the other is used, with ${first} first`, {
    skip,
  }, async (t) => {
    const stage = await setStage(t);
    hostsFile(t, stage, `${FAR6} ${NAME}\n${SERVER4} ${NAME}\n`);
    // Only the knock meets no route: the resolver, which puts what it cannot reach last, sees one.
    stage.client.ip('-6', 'route', 'add', `${FAR6}/128`, 'via', SERVER6);
    for (const protocol of ['tcp', 'udp']) {
      stage.client.ip(...`-6 rule add to ${FAR6} ipproto ${protocol} dport 7000 unreachable`.split(' '));
    }
    assert.match(await stage.client.exec(process.execPath, ['-e', LOOKUP]), new RegExp(`^${FAR6},`));

    const { status, stdout, stderr, seen } = await knock(stage, ['-v', NAME, first, '8000']);
    assert.deepEqual([status, stderr], [0, '']);
    assert.deepEqual(seen, [first === '7000' ? 'tcp 7000 S +' : 'udp 7000 +00', 'tcp 8000 S +']);
    assert.ok(!stdout.includes(FAR6), 'only knocks that left are said');

    const forced = await knock(stage, ['-6', NAME, first, '8000']);
    assert.deepEqual([forced.status, forced.seen], [2, []]);
    assert.match(forced.stderr, /fd00:99::1:7000': the network is unreachable\nhint: /);

    const broken = await knock(stage, ['-v', NAME, '6000', first]);
    assert.deepEqual([broken.status, broken.seen], [2, ['tcp 6000 S +']]);
    assert.match(broken.stderr, /^error: failed to send knock 2 /, 'a started sequence is not begun again');
  });
}

test('a name that nobody knows is an error that quotes it, with exit status 2', { skip }, async (t) => {
  const stage = await setStage(t);
  await serveNames(t, stage);
  const { status, stdout, stderr } = await knock(stage, ['-v', 'nobody.example', ...KNOCKS]);
  assert.deepEqual([status, stdout], [2, '']);
  assert.equal(
    stderr,
    "error: failed to resolve 'nobody.example': no address is known for this name\nhint: check the name, or give the address\n",
  );
});

const LOOKUP = `
  const show = (error, found) => console.log(error ?? found.map(({ address }) => address).join());
  require('node:dns').lookup('${NAME}', { all: true, verbatim: true }, show);
`;

/** What -v says of KNOCKS. */
function said(address: string): string {
  return `hitting tcp ${address}:7000\nhitting udp ${address}:8000\nhitting tcp ${address}:9000\n`;
}

function withoutQueries(seen: readonly string[]): readonly string[] {
  return seen.filter((packet) => !packet.startsWith('udp 53 '));
}

function missingIpv6(): string | undefined {
  return existsSync('/proc/sys/net/ipv6') ? undefined : 'the kernel has no IPv6';
}
