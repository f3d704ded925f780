/** How Postern's `knock` treats names: asked for once, both families in the resolver's order, -4 and -6. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Running } from '../../lab/running.ts';
import {
  knock,
  missingOriginal,
  missingTools,
  ORIGINAL,
  SERVER4,
  SERVER6,
  type Stage,
  setStage,
} from './knock-stage.ts';

const skip = (await enterLab()) ?? missingTools() ?? missingIpv6();
const NAME = 'server.example';
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

function queries(names: Running): readonly string[] {
  return names.stdout
    .split('\n')
    .filter((line) => /^(A|AAAA) /.test(line))
    .sort();
}

interface Test {
  after(end: () => void): void;
}

/** A name server on the server's host that knows NAME, and prints each query. */
async function serveNames(t: Test, stage: Stage): Promise<Running> {
  hostsFile(t, stage, '');
  overlay(t, stage, '/etc/resolv.conf', `nameserver ${SERVER4}\n`);
  const names = stage.server.spawn(process.execPath, ['-e', NAME_SERVER]);
  await names.waitFor('up');
  return names;
}

function hostsFile(t: Test, stage: Stage, text: string): void {
  overlay(t, stage, '/etc/hosts', `127.0.0.1 localhost\n${text}`);
}

/** Puts a text over a file, in the lab's own view of the file system. */
function overlay(t: Test, stage: Stage, path: string, text: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'postern-names-'));
  const file = join(folder, 'file');
  writeFileSync(file, text);
  stage.lab.self.runSync('mount', ['--bind', file, path]);
  t.after(() => {
    stage.lab.self.runSync('umount', [path]);
    rmSync(folder, { recursive: true });
  });
}

/** Answers A and AAAA (RFC 1035, RFC 3596) for NAME; every other name does not exist. */
const NAME_SERVER = `
  const ADDRESSES = { 1: '0a090002', 28: 'fd000009000000000000000000000002' };
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const labels = [];
    let at = 12;
    for (; query[at] > 0; at += 1 + query[at]) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
    const name = labels.join('.');
    const type = query.readUInt16BE(at + 1);
    console.log((type === 1 ? 'A' : type === 28 ? 'AAAA' : type) + ' ' + name);
    const known = name === '${NAME}' ? ADDRESSES[type] : undefined;
    const data = Buffer.from(known ?? '', 'hex');
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt32BE(name === '${NAME}' ? 0x81800001 : 0x81830001, 2);
    header.writeUInt32BE(known === undefined ? 0 : 0x00010000, 6);
    header.writeUInt16BE(0, 10);
    const answer = Buffer.from('c00c' + type.toString(16).padStart(4, '0') + '00010000003c' + data.length.toString(16).padStart(4, '0'), 'hex');
    socket.send([header, query.subarray(12, at + 5), ...(known === undefined ? [] : [answer, data])], port, address);
  });
  socket.bind(53, () => console.log('up'));
`;

function missingIpv6(): string | undefined {
  return existsSync('/proc/sys/net/ipv6') ? undefined : 'the kernel has no IPv6';
}
