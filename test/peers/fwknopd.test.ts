/** `knock --spa` at the daemon of Debian's fwknop-server, which says in its log and firewall what it took. */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { KNOCK } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import { CLIENT4, type DoorScene, SERVER4, setDoorScene } from '../netns/door-scene.ts';

const skip = (await enterLab()) ?? missingFwknopd();

const KEY = randomBytes(32).toString('base64');
const HMAC_KEY = randomBytes(64).toString('base64');
const KEYS = ['--key', `base64:${KEY}`, '--hmac-key', `base64:${HMAC_KEY}`];

function missingFwknopd(): string | undefined {
  const { error } = spawnSync('fwknopd', ['--version']);
  return error === undefined ? undefined : "Debian's fwknopd is not installed (package fwknop-server)";
}

/** Starts the daemon in the foreground and waits until it listens. */
async function startFwknopd({ server, folder }: DoorScene, ...access: readonly string[]): Promise<Running> {
  const run = join(folder, 'run');
  mkdirSync(run);
  const [conf, rules] = [join(folder, 'fwknopd.conf'), join(folder, 'access.conf')];
  const settings = [
    'PCAP_INTF eth0;',
    `FWKNOP_RUN_DIR ${run};`,
    'ENABLE_IPT_FORWARDING N;',
    'MAX_SPA_PACKET_AGE 120;',
  ];
  writeFileSync(conf, `${settings.join('\n')}\n`, { mode: 0o600 });
  writeFileSync(rules, `${['SOURCE ANY', ...access].join('\n')}\n`, { mode: 0o600 });
  const daemon = server.spawn('fwknopd', ['-f', '-c', conf, '-a', rules, '-r', run, '-v', '--foreground']);
  await daemon.waitFor('Starting fwknopd main event loop');
  return daemon;
}

/** Waits until its firewall lets the client in. */
async function letsIn({ server }: DoorScene, daemon: Running): Promise<void> {
  await until(() => server.iptables('-S').includes(`-s ${CLIENT4}/32`), {
    what: () => `a rule for ${CLIENT4} in:\n${server.iptables('-S')}\n${daemon.output}`,
  });
}

for (const type of ['sha256', 'sha384', 'sha512']) {
  test(`fwknopd takes the packet of knock --spa with HMAC ${type}`, { skip }, async (t) => {
    const scene = setDoorScene(t);
    const keys = [`KEY_BASE64 ${KEY}`, `HMAC_KEY_BASE64 ${HMAC_KEY}`, `HMAC_DIGEST_TYPE ${type}`];
    const daemon = await startFwknopd(scene, ...keys, 'REQUIRE_SOURCE_ADDRESS Y');
    await scene.client.exec(KNOCK, ['--spa', ...KEYS, '--hmac-type', type, SERVER4]);
    await letsIn(scene, daemon);
    await daemon.waitFor(`SPA Packet from IP: ${CLIENT4}`);
    await daemon.waitFor(`Added access rule to FWKNOP_INPUT for ${CLIENT4}`);
  });
}

test('fwknopd takes keys in plain text, an open address and a time', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const daemon = await startFwknopd(scene, 'KEY testtest', 'HMAC_KEY hmackey1');
  const keys = ['--key', 'plain:testtest', '--hmac-key', 'plain:hmackey1'];
  const how = ['--any-source', '--access', 'tcp/22,udp/53', '--for', '90s', '--user', 'alice'];
  await scene.client.exec(KNOCK, ['--spa', ...keys, ...how, SERVER4]);
  await letsIn(scene, daemon);
  await daemon.waitFor(/Username:\s+alice/);
  await daemon.waitFor(/Timeout:\s+90/);
});
