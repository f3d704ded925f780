/** Faults of knockd 0.8 in what it sees of the network, each beside Postern without it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import {
  missingForDaemon,
  missingOriginalDaemon,
  ORIGINAL,
  type Scene,
  SERVER4,
  SERVER6,
  setScene,
  TestDaemon,
} from '../netns/daemon-stage.ts';
import { ethernet, hopByHop, ipv6, tcp, tcpPacket, vlan } from '../support/frame-builder.ts';
import { type FaultTest, judged, knocks, opened, SSH, saysFault, startPair } from './fault-stage.ts';

const skip = (await enterLab()) ?? missingForDaemon();

const PORTS = [7000, 8000, 9000];
const VLAN = 0x8100;

test('an address that comes later is followed', { skip }, async (t) => {
  const pair = await startPair(t, SSH);
  const { scene, postern, original } = pair;
  const added = ['10.9.0.77', ...(scene.lab.hasIpv6 ? ['fd00:9::77'] : [])];
  for (const [at, address] of added.entries()) {
    scene.server.ip('address', 'add', `${address}/${at === 0 ? 24 : 64}`, 'dev', 'eth0');
    await openSooner(scene, postern, address);
  }
  await scene.sender.send(knocks('10.9.1.1', PORTS));
  await judged(pair);
  if (original === undefined) return;
  assert.deepEqual(
    opened(original).filter((line) => line !== 'ssh 10.9.1.1'),
    [],
  );
  saysFault(t, `knocks at ${added.join(' and ')} were never matched`);
});

test('an interface that is missing, or goes away, is waited for', { skip }, async (t) => {
  const scene = setScene(t);
  const postern = await TestDaemon.started(scene, SSH, { interfaces: 'eth0,wg0' });
  const absent = originalOn(t, scene, 'wg0', 'absent');
  if (absent !== undefined) {
    assert.equal((await absent.running.ended).status, 1);
    assert.match(absent.running.output, /could not open wg0/);
    saysFault(t, 'ended where the interface was missing at the start');
  }
  const waits = () => postern.running.output.match(/wg0.*wait|wait.*wg0/g)?.length ?? 0;
  assert.equal(waits(), 1, postern.running.output);
  addWg0(scene, '10.8.0.1');
  const vanishing = originalOn(t, scene, 'wg0', 'vanishing');
  await vanishing?.running.waitFor('listening on');
  await openOnWg0(scene, postern, '10.8.0.1');
  scene.server.ip('link', 'del', 'wg0');
  await until(() => waits() > 1, { what: () => `waiting again: ${postern.running.output}` });
  if (vanishing !== undefined) {
    await vanishing.running.ended;
    saysFault(t, 'ended when the interface went away');
  }
  addWg0(scene, '10.8.0.3');
  await openOnWg0(scene, postern, '10.8.0.3');
  await openSooner(scene, postern, SERVER4);
});

test('several interfaces, those of the default route, and any are listened on, for IPv6, too', {
  skip,
}, async (t) => {
  const scene = setScene(t);
  scene.server.ip('route', 'add', 'default', 'dev', 'eth0');
  for (const interfaces of ['eth0,lo', 'auto', 'any']) {
    const postern = await TestDaemon.started(scene, SSH, { interfaces, name: `on-${interfaces}` });
    await openSooner(scene, postern, SERVER4);
    if (scene.lab.hasIpv6) await openSooner(scene, postern, SERVER6);
    await postern.running.stop();
    const original = originalOn(t, scene, interfaces, `original-on-${interfaces}`);
    if (original === undefined) continue;
    if (interfaces === 'any') {
      if (scene.lab.hasIpv6) await original.running.waitFor('IPv6 is not supported under this link-layer');
      await original.running.stop('SIGKILL');
    } else {
      assert.equal((await original.running.ended).status, 1);
      assert.match(original.running.output, /could not open/);
    }
    saysFault(t, `'${interfaces}': ${original.running.output.trim().split('\n').at(-1)}`);
  }
});

test('VLAN tags and IPv6 extension headers hide no knock', { skip }, async (t) => {
  const pair = await startPair(t, SSH);
  const { scene, postern, original } = pair;
  const { sender, lab } = scene;
  for (const dstPort of PORTS) {
    await sender.sendFrame(ethernet(vlan(tcpPacket({ src: '10.9.1.1', dst: SERVER4, dstPort })), VLAN));
    if (!lab.hasIpv6) continue;
    const v6 = { src: 'fd00:9::1:1', dst: SERVER6, extensions: [hopByHop()] };
    await sender.sendFrame(ethernet(ipv6(v6, tcp({ dstPort }))));
  }
  await judged(pair);
  const expected = ['ssh 10.9.1.1', ...(lab.hasIpv6 ? ['ssh fd00:9::1:1'] : [])];
  assert.deepEqual([...opened(postern)].sort(), expected, postern.running.output);
  for (const line of expected) await postern.didWrite(line);
  if (original === undefined) return;
  assert.deepEqual(opened(original), []);
  saysFault(t, 'neither tagged frames nor those with a hop-by-hop header were matched');
});

/** Knocks, each time from another source, until one has opened: the daemon may follow a moment later. */
async function openSooner({ sender }: Scene, daemon: TestDaemon, to: string): Promise<void> {
  const net = to.includes(':') ? 'fd00:9::2:' : '10.9.2.';
  let host = 0;
  await until(
    async () => {
      if (host < 250) await sender.send(knocks(`${net}${++host}`, PORTS, to));
      return daemon.done.some((line) => line.startsWith(`ssh ${net}`));
    },
    { what: () => `a knock at ${to}; the daemon said ${daemon.running.output}` },
  );
}

function addWg0({ server, client }: Scene, clientAddress: string): void {
  server.ip('link', 'add', 'wg0', 'type', 'veth', 'peer', 'name', 'wg0', 'netns', client.name);
  server.ip('address', 'add', '10.8.0.2/24', 'dev', 'wg0');
  server.ip('link', 'set', 'wg0', 'up');
  client.ip('link', 'set', 'wg0', 'up');
  client.ip('address', 'add', `${clientAddress}/24`, 'dev', 'wg0');
}

/** Plain connection attempts through wg0, repeated until the door has opened for that client. */
async function openOnWg0({ client }: Scene, daemon: TestDaemon, from: string): Promise<void> {
  await until(
    async () => {
      for (const port of PORTS) await client.attempt('nc', ['-z', '-w', '1', '10.8.0.2', String(port)]);
      return daemon.done.includes(`ssh ${from}`);
    },
    { what: () => `a knock through wg0; the daemon said ${daemon.running.output}` },
  );
}

function originalOn(t: FaultTest, scene: Scene, interfaces: string, name: string): TestDaemon | undefined {
  const missing = missingOriginalDaemon();
  if (missing === undefined) return new TestDaemon(scene, SSH, { program: ORIGINAL, interfaces, name });
  t.diagnostic(missing);
  return undefined;
}
