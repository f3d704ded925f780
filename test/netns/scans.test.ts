/** Scans meet every step of a door in its order, and open nothing; others knock meanwhile. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import {
  CLIENT4,
  type DoorScene,
  knock,
  OTHER4,
  recorded,
  recordingDoor,
  SERVER4,
  setDoorScene,
  startDaemon,
  untilRecorded,
  writeConf,
} from './door-scene.ts';

const skip = await enterLab();
const noNmap = existsSync('/usr/bin/nmap') ? undefined : 'nmap is not installed';
const noHping = existsSync('/usr/sbin/hping3') ? undefined : 'hping3 is not installed';

function withDoors(scene: DoorScene): void {
  scene.server.iptables('-P', 'INPUT', 'DROP');
  writeConf(
    scene,
    recordingDoor(scene, 'tcp', 'Sequence = 7000,8000,9000\nTCPFlags = syn\nSeq_Timeout = 60') +
      recordingDoor(scene, 'udp', 'Sequence = 2100:udp,2500:udp,2900:udp\nSeq_Timeout = 60'),
  );
}

/** While the scan runs, somebody else knocks with both doors' sequences. */
async function scanAndKnock(scene: DoorScene, scan: readonly [string, readonly string[]]): Promise<string> {
  const daemon = await startDaemon(scene);
  const running = scene.client.spawn(...scan);
  // In random order the first step may come late.
  await daemon.waitFor(`${CLIENT4}: `, { timeoutMs: 60_000 });
  await knock(scene.other, SERVER4, '-d', '20', '7000', '8000', '9000');
  await untilRecorded(scene, `open tcp ${OTHER4}`);
  await knock(scene.other, SERVER4, '-d', '20', '2100:udp', '2500:udp', '2900:udp');
  await untilRecorded(scene, `open udp ${OTHER4}`);
  const { status } = await running.ended;
  assert.equal(status, 0, running.output);
  // What came last has been judged when a knock that came later is.
  await knock(scene.other, SERVER4, '7000');
  await daemon.waitFor(/OPEN SESAME[\s\S]*OPEN SESAME[\s\S]*10\.9\.0\.3: tcp: Stage 1/);
  return daemon.output;
}

function openedFor(scene: DoorScene, address: string): readonly string[] {
  return recorded(scene).filter((line) => line.startsWith('open') && line.endsWith(` ${address}`));
}

const NMAP = ['-n', '-Pn', '--max-retries', '1', '--min-rate', '1500'];

test('nmap -r -p 6990-9010 meets 7000, 8000, 9000 in order and opens nothing', {
  skip: skip ?? noNmap,
}, async (t) => {
  const scene = setDoorScene(t);
  withDoors(scene);
  const said = await scanAndKnock(scene, ['nmap', [...NMAP, '-r', '-p', '6990-9010', SERVER4]]);
  assert.match(said, /10\.9\.0\.2: scan: too many strays/);
  assert.deepEqual(openedFor(scene, CLIENT4), []);
});

test('nmap -p 1-10000 in random order opens nothing', { skip: skip ?? noNmap }, async (t) => {
  const scene = setDoorScene(t);
  withDoors(scene);
  await scanAndKnock(scene, ['nmap', [...NMAP, '-p', '1-10000', SERVER4]]);
  assert.deepEqual(openedFor(scene, CLIENT4), []);
});

test('a sweep of UDP ports in order opens nothing', { skip: skip ?? noHping }, async (t) => {
  const scene = setDoorScene(t);
  withDoors(scene);
  // hping3 ends with 1 when nothing answers.
  const sweep = 'hping3 --udp -q -i u1000 -c 1200 -p ++2000 10.9.0.1; true';
  const said = await scanAndKnock(scene, ['sh', ['-c', sweep]]);
  assert.match(said, /10\.9\.0\.2: udp: Stage 1/, 'the sweep met the first step');
  assert.match(said, /10\.9\.0\.2: scan: too many strays/);
  assert.deepEqual(openedFor(scene, CLIENT4), []);
});
