/** The daemon on nftables that others change under it. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import { CLIENT4, knock, SERVER4, setDoorScene, startDaemon, writeConf } from './door-scene.ts';

const lab = await enterLab();
const skip = lab ?? (existsSync('/usr/sbin/nft') ? undefined : 'nftables is not installed');

test('after a flushed ruleset the guard and the open doors are back before anybody knocks, and the log says so', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  writeConf(scene, '[ssh]\nSequence = 7000:udp,8000:udp\nOpen = tcp/22\nOpen_For = 10m\n');
  const daemon = await startDaemon(scene);
  const table = () => scene.server.runSync('nft', ['list', 'ruleset']);
  await knock(scene.client, SERVER4, '7000:udp', '8000:udp');
  await until(() => table().includes(CLIENT4), { what: table });
  scene.server.runSync('nft', ['flush', 'ruleset']);
  await until(() => table().includes(CLIENT4), { what: table });
  assert.match(table(), /tcp dport vmap \{ 22 : goto ports_1 \}/);
  await daemon.waitFor("nftables: somebody took Postern's part away; it is back");
});
