/** A knockd.conf with commands, migrated: the same knocks open and close, and the rules are Postern's. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { POSTERN } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import { CLIENT4, confPath, knock, SERVER4, setDoorScene, startDaemon } from './door-scene.ts';

const skip = await enterLab();

test('a pair of doors that open and close SSH with iptables', { skip }, async (t) => {
  const scene = setDoorScene(t);
  const { server, client, folder } = scene;
  const old = join(folder, 'old.conf');
  const rule = (flag: string) => `/sbin/iptables -${flag} INPUT -s %IP% -p tcp --dport 22 -j ACCEPT`;
  const text = `[options]
    StateDir = ${folder}/state
[openSSH]
    sequence = 7301,48122,15904
    tcpflags = syn
    command = ${rule('A')}
[closeSSH]
    sequence = 15904,48122,7301
    tcpflags = syn
    command = ${rule('D')}
`;
  writeFileSync(old, text);
  await server.exec(POSTERN, ['migrate', old, '-o', confPath(scene)]);
  await startDaemon(scene);
  const rules = () => server.runSync('iptables', ['-S', 'INPUT']);
  const hasRule = () => rules().includes(`-s ${CLIENT4}/32 -p tcp -m tcp --dport 22`);
  await knock(client, SERVER4, '7301', '48122', '15904');
  await until(hasRule, { what: rules });
  assert.match(rules(), /postern:openSSH:forever/);
  await knock(client, SERVER4, '15904', '48122', '7301');
  await until(() => !hasRule(), { what: rules });
});
