/** Captures on real interfaces: what is seen, what is not, and interfaces and addresses that come and go. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { enterLab } from '../../lab/enter.ts';
import type { Host } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import { ethernet, tcpPacket, udpPacket, vlan } from '../support/frame-builder.ts';

const skip = await enterLab();

const STATION = fileURLToPath(new URL('./capture-station.js', import.meta.url));

const TYPE_VLAN = 0x8100;

/** One of 8 MB holds 23,000. */
const MORE_THAN_A_RING = 60_000;

interface Scene {
  readonly lab: Lab;
  readonly server: Host;
  readonly client: Host;
}

test('packets of both protocols and families are seen when they come in, not when they go out', {
  skip,
}, async (t) => {
  const { server, client, lab } = scene(t);
  const station = await capture(server, 'eth0');
  send(client, 'udp', '10.0.0.1', 7000);
  send(client, 'tcp', '10.0.0.1', 7001);
  if (lab.hasIpv6) {
    send(client, 'udp', 'fd00::1', 7002);
    await station.waitFor('packet udp fd00::1 7002\n'); // it waits for its neighbour's address
  }
  send(server, 'udp', '10.0.0.2', 7003);
  send(server, 'tcp', '10.0.0.2', 7004);
  send(client, 'udp', '10.0.0.1', 9);
  await station.waitFor('packet udp 10.0.0.1 9\n');
  const doors = packets(station).filter((packet) => / 700\d$/.test(packet));
  const v6 = lab.hasIpv6 ? ['udp fd00::1 7002'] : [];
  assert.deepEqual(doors, ['udp 10.0.0.1 7000', 'tcp 10.0.0.1 7001', ...v6]);
});

test('the filter holds back other ports and destinations, and can be replaced', { skip }, async (t) => {
  const { server, client } = scene(t);
  client.ip('route', 'add', '10.7.0.0/24', 'via', '10.0.0.1');
  const station = await capture(server, 'eth0', 7000);
  send(client, 'udp', '10.7.0.1', 7000);
  send(client, 'udp', '10.0.0.1', 7001);
  send(client, 'tcp', '10.0.0.1', 7001);
  send(client, 'tcp', '10.0.0.1', 7000);
  send(client, 'udp', '10.0.0.1', 7000);
  await station.waitFor('packet udp 10.0.0.1 7000\n');
  await order(station, 'ports 7001');
  send(client, 'udp', '10.0.0.1', 7000);
  send(client, 'udp', '10.0.0.1', 7001);
  await station.waitFor('packet udp 10.0.0.1 7001\n');
  assert.deepEqual(packets(station), ['tcp 10.0.0.1 7000', 'udp 10.0.0.1 7000', 'udp 10.0.0.1 7001']);
  assert.equal(await order(station, 'stats'), '3 0');
});

test('as much of a packet is captured as the filter asks for, after a reload as well', {
  skip,
}, async (t) => {
  const { server, client } = scene(t);
  const station = await capture(server, 'eth0', 7000);
  const knock = udpPacket({ src: '10.0.0.2', dst: '10.0.0.1', payload: new Uint8Array(1000) });
  const path = captureFile(t, [ethernet(knock)]);
  replay(client, path);
  await station.waitFor('long 256\n');
  await order(station, 'snap 1500 7000');
  replay(client, path);
  await station.waitFor(`long ${14 + knock.length}\n`);
  await order(station, 'snap 300 7000');
  replay(client, path);
  await station.waitFor('long 300\n');
  assert.deepEqual(logLines(station), []);
  assert.equal(await order(station, 'stats'), '3 0');
});

test('a host with thousands of addresses is read whole', { skip }, async (t) => {
  const { server } = scene(t);
  const count = 3000;
  const lines = Array.from({ length: count }, (_, i) => `address add 10.80.${i >> 8}.${i & 255}/32 dev eth0`);
  server.ipBatch(lines);
  const station = await capture(server, 'eth0', 7000);
  assert.equal(ownAddresses(station).filter((address) => address.startsWith('10.80.')).length, count);
});

test('a filter too large for the kernel is made coarser', { skip }, async (t) => {
  const { server, client } = scene(t);
  const setting = '/proc/sys/net/core/optmem_max';
  if ((await server.attempt('test', ['-w', setting])).status !== 0) {
    t.skip('this kernel has one limit for all namespaces');
    return;
  }
  server.runSync('sh', ['-c', `echo 4096 > ${setting}`]);
  const ports = Array.from({ length: 500 }, (_, i) => 7000 + 2 * i);
  const station = await capture(server, 'eth0', ...ports);
  await order(station, `ports ${ports.join(' ')}`);
  send(client, 'udp', '10.0.0.1', 60_000);
  send(client, 'udp', '10.0.0.1', 7998);
  await station.waitFor('packet udp 10.0.0.1 7998\n');
  assert.deepEqual(packets(station), ['udp 10.0.0.1 7998']);
  assert.deepEqual(logLines(station), []);
});

test('tagged packets are seen on the interface that carries the tags', { skip }, async (t) => {
  const { server, client } = scene(t);
  const station = await capture(server, 'eth0', 7000);
  const any = await capture(server, 'any', 7000);
  const knock = tcpPacket({ src: '10.0.0.2', dst: '10.0.0.1', dstPort: 7000 });
  const tagged = ethernet(vlan(knock), TYPE_VLAN);
  const twice = ethernet(vlan(vlan(knock), 2, TYPE_VLAN), TYPE_VLAN);
  replay(client, captureFile(t, [tagged, twice]));
  send(client, 'udp', '10.0.0.1', 7000);
  await station.waitFor('packet udp 10.0.0.1 7000\n');
  assert.deepEqual(packets(station), ['tcp 10.0.0.1 7000', 'tcp 10.0.0.1 7000', 'udp 10.0.0.1 7000']);
  await any.waitFor('packet udp 10.0.0.1 7000\n');
  assert.ok(packets(any).includes('tcp 10.0.0.1 7000'));
});

test('the interface of a VLAN is listened on like any other', { skip }, async (t) => {
  const { server, client } = scene(t);
  const cable = 'link add link eth0 name eth0.5 type vlan id 5'.split(' ');
  if ((await server.attempt('ip', cable)).status !== 0) {
    t.skip('this kernel has no VLAN interfaces');
    return;
  }
  client.ip(...cable);
  for (const [host, address] of [
    [server, '10.5.0.1/24'],
    [client, '10.5.0.2/24'],
  ] as const) {
    host.ip('link', 'set', 'eth0.5', 'up');
    host.ip('address', 'add', address, 'dev', 'eth0.5');
  }
  const station = await capture(server, 'eth0.5', 7000);
  send(client, 'udp', '10.5.0.1', 7000);
  await station.waitFor('packet udp 10.5.0.1 7000\n');
});

test("several interfaces, and 'any' with loopback, are seen in one", { skip }, async (t) => {
  const { server, client, lab } = scene(t);
  const other = lab.host('other');
  lab.wire(
    { host: server, name: 'eth1', addresses: ['10.1.0.1/24'] },
    { host: other, addresses: ['10.1.0.2/24'] },
  );
  const named = await capture(server, 'eth0,eth1', 7000);
  const any = await capture(server, 'any', 7000);
  assert.match(named.output, /^names eth0 eth1$/m);
  send(client, 'udp', '10.0.0.1', 7000);
  send(other, 'udp', '10.1.0.1', 7000);
  send(server, 'udp', '127.0.0.1', 7000);
  await any.waitFor('packet udp 127.0.0.1 7000\n');
  await named.waitFor('packet udp 10.1.0.1 7000\n');
  const both = ['udp 10.0.0.1 7000', 'udp 10.1.0.1 7000'];
  assert.deepEqual(packets(named).sort(), both);
  assert.deepEqual(packets(any).sort(), [...both, 'udp 127.0.0.1 7000']);
});

test('an interface that is missing, goes down, or is deleted and made again is waited for', {
  skip,
}, async (t) => {
  const { server, client, lab } = scene(t);
  const station = await capture(server, 'eth1', 7000);
  await station.waitFor("waiting for interface 'eth1'");
  await seesAfter(station, 'listening on eth1\n', () => plugIn(lab, server, client));
  server.ip('link', 'set', 'eth1', 'down');
  await station.waitFor("interface 'eth1' is down, waiting for it");
  await seesAfter(station, 'listening on eth1 again\n', () => server.ip('link', 'set', 'eth1', 'up'));
  server.ip('link', 'del', 'eth1');
  await station.waitFor("interface 'eth1' is gone, waiting for it");
  await seesAfter(station, /(again\n[\s\S]*){2}/, () => plugIn(lab, server, client));
  assert.deepEqual(logLines(station), [
    "warning waiting for interface 'eth1'",
    'notice listening on eth1',
    "warning interface 'eth1' is down, waiting for it",
    'notice listening on eth1 again',
    "warning interface 'eth1' is gone, waiting for it",
    'notice listening on eth1 again',
  ]);

  async function seesAfter(running: Running, line: string | RegExp, change: () => void): Promise<void> {
    const before = packets(running).length;
    change();
    await running.waitFor(line);
    // The address may become known a moment after the interface.
    const arrives = () => {
      send(client, 'udp', '10.1.0.1', 7000);
      return packets(running).length > before;
    };
    await until(arrives, { what: () => `a packet in ${running.output}` });
  }
});

test('an interface is known by its name, not by what it was before', { skip }, async (t) => {
  const { server, client } = scene(t);
  const station = await capture(server, 'eth0', 7000);
  rename(server, 'eth0', 'lan0');
  await station.waitFor("interface 'eth0' is gone, waiting for it");
  rename(server, 'lan0', 'eth0');
  await station.waitFor('listening on eth0 again\n');
  server.ip('link', 'property', 'add', 'dev', 'eth0', 'altname', 'uplink');
  const uplink = await capture(server, 'uplink', 7000);
  send(client, 'udp', '10.0.0.1', 7000);
  await station.waitFor('packet udp 10.0.0.1 7000\n');
  await uplink.waitFor('packet udp 10.0.0.1 7000\n');
});

test('an interface that is switched off and on at once is listened on again', { skip }, async (t) => {
  const { server, client } = scene(t);
  const station = await capture(server, 'eth0', 7000);
  server.ipBatch(['link set eth0 down', 'link set eth0 up']);
  await station.waitFor('listening on eth0 again\n');
  send(client, 'udp', '10.0.0.1', 7000);
  await station.waitFor('packet udp 10.0.0.1 7000\n');
});

test('addresses that come later are let through, those that go are not', { skip }, async (t) => {
  const { server, client, lab } = scene(t);
  const station = await capture(server, 'eth0', 7000);
  const later = ['10.0.0.77', ...(lab.hasIpv6 ? ['fd00::77'] : [])];
  for (const address of later) {
    server.ip('address', 'add', `${address}/24`, 'dev', 'eth0', ...(address.includes(':') ? ['nodad'] : []));
    await station.waitFor(new RegExp(`^own .*${address}\\b`, 'm'));
    // Not told yet that the filter is there, too.
    await until(
      () => {
        send(client, 'udp', address, 7000);
        return station.output.includes(`packet udp ${address} 7000\n`);
      },
      { what: `a packet to ${address}` },
    );
  }
  server.ip('address', 'del', '10.0.0.77/24', 'dev', 'eth0');
  await until(() => !ownAddresses(station).includes('10.0.0.77'), { what: 'an address less' });
});

test("'auto' listens where the default route is, and moves with it", { skip }, async (t) => {
  const { server, client, lab } = scene(t);
  plugIn(lab, server, client);
  const station = await capture(server, 'auto', 7000);
  await station.waitFor('waiting for an interface with a default route');
  server.ip('route', 'add', 'default', 'via', '10.0.0.2');
  await station.waitFor('listening on eth0\n');
  server.ip('route', 'replace', 'default', 'via', '10.1.0.2');
  await station.waitFor('listening on eth1\n');
  await station.waitFor('no longer listening on eth0\n');
  send(client, 'udp', '10.0.0.1', 7000);
  send(client, 'udp', '10.1.0.1', 7000);
  await station.waitFor('packet udp 10.1.0.1 7000\n');
  assert.deepEqual(packets(station), ['udp 10.1.0.1 7000']);
  const fallback = await capture(server, 'default', 7000);
  assert.match(fallback.output, /^names eth0$/m);
});

test('what does not fit while the process is busy is counted, and all is well after', { skip }, async (t) => {
  const { server, client } = scene(t);
  const knock = ethernet(tcpPacket({ src: '10.0.0.2', dst: '10.0.0.1', dstPort: 7000 }));
  const path = captureFile(t, Array<Uint8Array>(MORE_THAN_A_RING).fill(knock));
  const station = await capture(server, 'eth0', 7000);
  const blocked = order(station, 'block 3000');
  await station.waitFor('blocked');
  replay(client, path);
  const [received = 0, dropped = 0] = (await blocked).split(' ').map(Number);
  assert.ok(dropped > 0, `${received} received, ${dropped} dropped`);
  await until(() => packets(station).length === received - dropped, {
    what: () => `${received - dropped} packets, not ${packets(station).length}`,
  });
  const before = packets(station).length;
  send(client, 'udp', '10.0.0.1', 7000);
  await until(() => packets(station).length === before + 1, { what: 'a packet after the burst' });
  const [closedReceived = 0, closedDropped = 0] = (await order(station, 'close')).split(' ').map(Number);
  assert.ok(closedReceived > received && closedDropped === dropped, 'the counters outlive the capture');
  assert.equal((await station.ended).status, 0, 'nothing keeps a closed capture alive');
});

test('without CAP_NET_RAW the error says what to do', { skip }, async (t) => {
  const { server } = scene(t);
  const args = ['--bounding-set=-net_raw', process.execPath, STATION, 'eth0'];
  const { stdout } = await server.attempt('setpriv', args);
  assert.match(stdout, /^error EPERM .*CAP_NET_RAW: run it as root/m);
});

function scene(t: TestContext): Scene {
  const lab = new Lab();
  t.after(() => lab.close());
  const server = lab.host('server');
  const client = lab.host('client');
  const v6 = (address: string) => (lab.hasIpv6 ? [address] : []);
  lab.wire(
    { host: server, addresses: ['10.0.0.1/24', ...v6('fd00::1/64')] },
    { host: client, addresses: ['10.0.0.2/24', ...v6('fd00::2/64')] },
  );
  return { lab, server, client };
}

/** Another cable between the two. */
function plugIn(lab: Lab, server: Host, client: Host): void {
  lab.wire(
    { host: client, name: 'eth1', addresses: ['10.1.0.2/24'] },
    { host: server, name: 'eth1', addresses: ['10.1.0.1/24'] },
  );
}

function rename(host: Host, from: string, to: string): void {
  host.ipBatch([`link set ${from} down`, `link set ${from} name ${to}`, `link set ${to} up`]);
}

/** @param ports none: every packet */
async function capture(host: Host, interfaces: string, ...ports: readonly number[]): Promise<Running> {
  const station = host.spawn(process.execPath, [STATION, interfaces, ...ports.map(String)]);
  await station.waitFor(/^names/m);
  return station;
}

/** @returns its counters afterwards: received and dropped */
async function order(station: Running, command: string): Promise<string> {
  const answers = () => [...station.stdout.matchAll(/^done \w+ (\d+ \d+)$/gm)];
  const before = answers().length;
  station.child.stdin?.write(`${command}\n`);
  const answer = await until(() => answers()[before], { what: `an answer to '${command}'` });
  return answer[1] ?? '';
}

function send(from: Host, protocol: 'tcp' | 'udp', address: string, port: number): void {
  const closed = protocol === 'tcp' ? ' 2>/dev/null; true' : '';
  from.runSync('bash', ['--norc', '-c', `(echo knock > /dev/${protocol}/${address}/${port})${closed}`]);
}

function packets(station: Running): string[] {
  return [...station.stdout.matchAll(/^packet (.*)$/gm)].map((match) => match[1] ?? '');
}

function logLines(station: Running): string[] {
  return [...station.stdout.matchAll(/^log (.*)$/gm)].map((match) => match[1] ?? '');
}

function ownAddresses(station: Running): readonly string[] {
  const [, last = ''] = [...station.stdout.matchAll(/^own (.*)$/gm)].at(-1) ?? [];
  return last.split(' ');
}

function replay(from: Host, path: string): void {
  from.runSync('tcpreplay', ['--quiet', '--topspeed', '--preload-pcap', '--intf1=eth0', path]);
}

function captureFile(t: TestContext, frames: readonly Uint8Array[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const header = new Uint32Array([0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, 1]);
  const records = frames.flatMap((frame) => [recordHeader(frame.length), frame]);
  const path = join(folder, 'frames.pcap');
  writeFileSync(path, Buffer.concat([new Uint8Array(header.buffer), ...records]));
  return path;
}

function recordHeader(length: number): Uint8Array {
  return new Uint8Array(new Uint32Array([0, 0, length, length]).buffer);
}
