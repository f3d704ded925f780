/**
 * Doors beside Docker: a host whose rules are those that Docker makes for `-p 8080:80`, a second namespace as the
 * container, and what the network gets to see of it (docs/docker.md).
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import type { Host } from '../../lab/host.ts';
import { POSTERN } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import {
  CLIENT4,
  CLIENT6,
  confPath,
  type DoorScene,
  knock,
  SERVER4,
  SERVER6,
  setDoorScene,
  startDaemon,
  writeConf,
} from './door-scene.ts';
import { answers, HeldLine, startEchoServer } from './line.ts';

const skip = await enterLab();

const KNOCKS = ['7001', '8002:udp', '9003'];
const CONTAINER = '172.17.0.2';
const CONTAINER6 = 'fd00:17::2';
/** As the network sees it, and where the container listens. */
const [PUBLISHED, INSIDE] = [8080, 80];

/** What `iptables-save` says of a host on which Docker runs a container with `-p 8080:80`. */
function dockerRules(container: string, network: string): string {
  const to = container.includes(':') ? `[${container}]` : container;
  return `*filter
:FORWARD DROP
:DOCKER -
:DOCKER-ISOLATION-STAGE-1 -
:DOCKER-ISOLATION-STAGE-2 -
:DOCKER-USER -
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d ${container} ! -i docker0 -o docker0 -p tcp -m tcp --dport ${INSIDE} -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
*nat
:DOCKER -
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s ${network} ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport ${PUBLISHED} -j DNAT --to-destination ${to}:${INSIDE}
COMMIT
`;
}

interface DockerScene extends DoorScene {
  readonly container: Host;
}

async function setDockerScene(t: Parameters<typeof setDoorScene>[0], doors: string): Promise<DockerScene> {
  const scene = setDoorScene(t);
  const { lab, server } = scene;
  const container = lab.host('container');
  const v6 = (address: string) => (lab.hasIpv6 ? [address] : []);
  lab.wire(
    { host: server, name: 'docker0', addresses: ['172.17.0.1/16', ...v6('fd00:17::1/64')] },
    { host: container, addresses: [`${CONTAINER}/16`, ...v6(`${CONTAINER6}/64`)] },
  );
  container.ip('route', 'add', 'default', 'via', '172.17.0.1');
  server.runSync('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
  server.runSync('iptables-restore', ['-w'], dockerRules(CONTAINER, '172.17.0.0/16'));
  if (lab.hasIpv6) {
    container.ip('-6', 'route', 'add', 'default', 'via', 'fd00:17::1');
    server.runSync('sh', ['-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding']);
    server.runSync('ip6tables-restore', ['-w'], dockerRules(CONTAINER6, 'fd00:17::/64'));
  }
  await startEchoServer(container, INSIDE, 443);
  await startEchoServer(server, 22, 9090);
  writeConf(scene, doors);
  return { ...scene, container };
}

function webDoor(open: string, openFor = '1h'): string {
  return `[web]\nSequence = ${KNOCKS}\nTCPFlags = syn\nOpen = ${open}\nOpen_For = ${openFor}\n`;
}

async function opened(
  scene: DockerScene,
  daemon: Awaited<ReturnType<typeof startDaemon>>,
  address = SERVER4,
) {
  await knock(scene.client, address, ...KNOCKS);
  await daemon.waitFor(`${address === SERVER4 ? CLIENT4 : CLIENT6}: web: open until`);
}

function shut(scene: DockerScene): Promise<true> {
  return until(async () => !(await answers(scene.client, SERVER4, PUBLISHED)), {
    what: 'the port to be shut',
  });
}

test('without a guard everybody reaches a published port, whatever INPUT drops', { skip }, async (t) => {
  const scene = await setDockerScene(t, '');
  scene.server.iptables('-P', 'INPUT', 'DROP');
  assert.equal(await answers(scene.client, SERVER4, 22), false, 'INPUT drops');
  assert.equal(await answers(scene.client, SERVER4, PUBLISHED), true, 'FORWARD does not');
  writeConf(scene, webDoor(`tcp/${PUBLISHED}`), 'Firewall = iptables');
  const checked = await scene.server.attempt(POSTERN, ['check', confPath(scene)]);
  assert.match(checked.stderr, /warning \[published-port\]: packets to tcp\/8080 are translated/);
});

test('a native door guards a published port, by the number that the network sees', { skip }, async (t) => {
  const scene = await setDockerScene(t, webDoor(`tcp/${PUBLISHED}`, '3s'));
  const daemon = await startDaemon(scene);
  assert.equal(await answers(scene.client, SERVER4, PUBLISHED), false, 'before the knock');
  assert.equal(await answers(scene.client, SERVER4, 9090), true, 'a port that is no door');
  await opened(scene, daemon);
  const line = await HeldLine.open(scene.client, SERVER4, PUBLISHED);
  assert.equal(await answers(scene.other, SERVER4, PUBLISHED), false, 'another source');
  await shut(scene);
  await line.talk();
});

test('the same over IPv6', { skip }, async (t) => {
  const scene = await setDockerScene(t, webDoor(`tcp/${PUBLISHED}`));
  if (!scene.lab.hasIpv6) return t.skip('no IPv6');
  const daemon = await startDaemon(scene);
  assert.equal(await answers(scene.client, SERVER6, PUBLISHED), false, 'before the knock');
  await opened(scene, daemon, SERVER6);
  assert.equal(await answers(scene.client, SERVER6, PUBLISHED), true);
});

test("the container's own port is not the door's, and what it opens itself goes out", { skip }, async (t) => {
  const scene = await setDockerScene(t, webDoor(`tcp/${INSIDE},tcp/9090`));
  await startEchoServer(scene.client, 9090);
  await startDaemon(scene);
  assert.equal(await answers(scene.client, SERVER4, PUBLISHED), true, 'published as 8080, not as 80');
  assert.equal(await answers(scene.client, SERVER4, 9090), false, 'the guard stands');
  assert.equal(await answers(scene.container, CLIENT4, 9090), true, 'untranslated');
});

test('the guard of a published port stands when the daemon is dead', { skip }, async (t) => {
  const scene = await setDockerScene(t, webDoor(`tcp/${PUBLISHED}`, '3s'));
  const daemon = await startDaemon(scene);
  await opened(scene, daemon);
  await daemon.stop('SIGKILL');
  await shut(scene);
});

test('a connection from before the guard lives on', { skip }, async (t) => {
  const scene = await setDockerScene(t, webDoor(`tcp/${PUBLISHED}`));
  const line = await HeldLine.open(scene.client, SERVER4, PUBLISHED);
  await startDaemon(scene);
  assert.equal(await answers(scene.client, SERVER4, PUBLISHED), false, 'a new one');
  await line.talk();
});

test('marks are put on what is forwarded to a published port, for rules in DOCKER-USER', {
  skip,
}, async (t) => {
  const scene = await setDockerScene(t, '');
  writeConf(scene, webDoor(`tcp/${PUBLISHED}`), 'Firewall = nftables-mark');
  for (const rule of [
    '-I DOCKER-USER -i eth0 -j DROP',
    '-I DOCKER-USER -m mark --mark 0x1/0x1 -j RETURN',
    '-I DOCKER-USER -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN',
  ])
    scene.server.iptables(...rule.split(' '));
  const daemon = await startDaemon(scene);
  assert.equal(await answers(scene.client, SERVER4, PUBLISHED), false, 'before the knock');
  await opened(scene, daemon);
  assert.equal(await answers(scene.client, SERVER4, PUBLISHED), true);
});

test('Chain = DOCKER-USER: there ports count as the container has them', { skip }, async (t) => {
  const scene = await setDockerScene(t, '');
  writeConf(scene, webDoor(`tcp/${INSIDE}`), 'Firewall = iptables\nChain = DOCKER-USER');
  for (const rule of [
    '-I DOCKER-USER -i eth0 -j DROP',
    '-I DOCKER-USER -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN',
  ])
    scene.server.iptables(...rule.split(' '));
  if (scene.lab.hasIpv6) scene.server.ip6tables('-L', 'DOCKER-USER');
  const daemon = await startDaemon(scene);
  assert.equal(await answers(scene.client, SERVER4, PUBLISHED), false, 'before the knock');
  await opened(scene, daemon);
  assert.equal(await answers(scene.client, SERVER4, PUBLISHED), true);
});
