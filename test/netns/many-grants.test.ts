/** The daemon with tens of thousands of open doors: it starts, answers, opens one more, and closes on time. */

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { POSTERN } from '../../lab/programs.ts';
import { ControlClient } from '../../src/control/client.ts';
import { formatRecord } from '../../src/grant/journal-record.ts';
import { CLIENT4, knock, SERVER4, setDoorScene, startDaemon, writeConf } from './door-scene.ts';

const skip = await enterLab();

const GRANTS = 50_000;
const HOUR_MS = 3_600_000;
/** Far beyond what is promised: only to notice when an answer grows with the square of the grants. */
const SLOW_MS = 2000;
const ASKED = 20;

test(`${GRANTS} grants are restored, told, and one more is opened`, { skip }, async (t) => {
  const scene = setDoorScene(t);
  const state = join(scene.folder, 'state');
  mkdirSync(state, { mode: 0o700 });
  const endMs = Date.now() + HOUR_MS;
  const lines = Array.from({ length: GRANTS }, (_, id) => {
    const source = `11.${id >> 16}.${(id >> 8) & 255}.${id & 255}`;
    const grant = {
      id: id + 1,
      door: 'ssh',
      source,
      means: { kind: 'ports' },
      endMs,
      timeoutMs: HOUR_MS,
    } as const;
    return formatRecord({ kind: 'open', grant });
  });
  writeFileSync(join(state, 'grants.journal'), lines.join(''), { mode: 0o600 });
  writeConf(scene, '[ssh]\nSequence = 7001,8002,9003\nTCPFlags = syn\nOpen = tcp/22\nOpen_For = 1h\n');
  const daemon = await startDaemon(scene);
  await knock(scene.client, SERVER4, '7001', '8002', '9003');
  await daemon.waitFor(`${CLIENT4}: ssh: open until`, { timeoutMs: 30_000 });
  const took: number[] = [];
  for (let i = 0; i < ASKED; i++) {
    const beganMs = performance.now();
    const answer = await statusOf();
    took.push(performance.now() - beganMs);
    assert.equal(answer.grants.count, GRANTS + 1);
  }
  const median = took.toSorted((a, b) => a - b)[ASKED / 2] ?? 0;
  t.diagnostic(`status with ${GRANTS + 1} grants: ${median.toFixed(1)} ms at the median`);
  assert.ok(median < SLOW_MS);
  const said = await scene.server.exec(POSTERN, ['status']);
  assert.match(said, new RegExp(`open: ${(GRANTS + 1).toLocaleString('en-US')}|open: ${GRANTS + 1}`));
  assert.equal((await daemon.stop('SIGKILL')).signal, 'SIGKILL');
});

async function statusOf() {
  const client = await ControlClient.connect('/run/postern/control.sock');
  const answer = await client.ask({ kind: 'status', showSecrets: false });
  client.close();
  assert.equal(answer.kind, 'status');
  return answer.kind === 'status' ? answer : assert.fail();
}
