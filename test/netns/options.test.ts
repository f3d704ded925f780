/** What the options of the daemon change, on real packets. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { KNOCKD } from '../../lab/programs.ts';
import {
  CLIENT4,
  CLIENT6,
  confPath,
  knock,
  OTHER4,
  recorded,
  recordingDoor,
  SERVER4,
  SERVER6,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();

test('-4 leaves IPv6 alone', { skip }, async (t) => {
  const scene = setDoorScene(t);
  if (!scene.lab.hasIpv6) return t.skip('no IPv6');
  writeConf(
    scene,
    recordingDoor(scene, 'ssh', 'Sequence = 7001,8002') + recordingDoor(scene, 'web', 'Sequence = 6001,6002'),
  );
  const daemon = await startDaemon(scene, ['-4', '-i', 'eth0']);
  await knock(scene.client, SERVER6, '7001', '8002');
  await knock(scene.client, SERVER4, '6001', '6002');
  await untilRecorded(scene, `open web ${CLIENT4}`);
  assert.ok(!daemon.output.includes(CLIENT6), daemon.output);
});

test('a _6 command that is empty runs nothing; without it the other serves', { skip }, async (t) => {
  const scene = setDoorScene(t);
  if (!scene.lab.hasIpv6) return t.skip('no IPv6');
  writeConf(
    scene,
    recordingDoor(scene, 'ssh', 'Sequence = 7001,8002\nStart_Command_6 =\nStop_Command_6 =') +
      recordingDoor(scene, 'web', 'Sequence = 6001,6002'),
  );
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER6, '7001', '8002', '6001', '6002');
  await untilRecorded(scene, `open web ${CLIENT6}`);
  await daemon.waitFor(`${CLIENT6}: ssh: OPEN SESAME`);
  await daemon.stop();
  assert.deepEqual(recorded(scene), [`open web ${CLIENT6}`, `close web ${CLIENT6}`]);
});

test("a door's target is looked at instead of the own addresses", { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(
    scene,
    recordingDoor(scene, 'wake', 'Sequence = 7001,8002\nTarget = 10.9.0.99') +
      recordingDoor(scene, 'ssh', 'Sequence = 6001,6002'),
  );
  const mac = scene.server.runSync('cat', ['/sys/class/net/eth0/address']).trim();
  scene.client.ip('neigh', 'add', '10.9.0.99', 'lladdr', mac, 'dev', 'eth0');
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002', '6001', '6002');
  await untilRecorded(scene, `open ssh ${CLIENT4}`);
  assert.ok(!daemon.output.includes('wake: Stage'), daemon.output);
  await knock(scene.client, '10.9.0.99', '7001', '8002');
  await untilRecorded(scene, `open wake ${CLIENT4}`);
});

test('-l puts the name behind the address, -D says what single packets did', { skip }, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, recordingDoor(scene, 'ssh', 'Sequence = 7001,8002,7001'));
  const hosts = join(scene.folder, 'hosts');
  writeFileSync(hosts, `${CLIENT4} laptop.example laptop\n`);
  const daemon = scene.server.spawn('unshare', [
    ...['-m', 'sh', '-c', `mount --bind ${hosts} /etc/hosts && exec "$@"`, 'sh'],
    ...[KNOCKD, '-D', '-l', '-i', 'eth0', '-c', confPath(scene)],
  ]);
  await daemon.waitFor('starting up');
  await knock(scene.client, SERVER4, '7001', '8002', '8002');
  await daemon.waitFor(`${CLIENT4} (laptop.example): ssh: Stage 2`);
  await daemon.waitFor(`${CLIENT4} (laptop.example): ssh: duplicate`);
  await knock(scene.other, SERVER4, '7001', '4321');
  await daemon.waitFor(`${OTHER4}: ssh: Stage 1`);
  await daemon.waitFor(`${OTHER4}: stray number 1 (tcp/4321)`);
});
