/** What `postern init` writes and says is enough: the daemon takes the file, and the client's command opens the door. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { enterLab } from '../../lab/enter.ts';
import { METHODS } from '../../src/cli/init-plan.ts';
import { CLIENT4, confPath, KNOCK, SERVER4, setDoorScene, startDaemon } from './door-scene.ts';

const skip = await enterLab();
const POSTERN = fileURLToPath(new URL('../../../bin/postern', import.meta.url));

for (const method of METHODS) {
  test(`init with ${method}: the command for the client opens the door`, { skip }, async (t) => {
    const scene = setDoorScene(t);
    const conf = confPath(scene);
    const options = ['--yes', '--json', '-m', method, '-i', 'eth0', '-w', 'nftables', '-S', SERVER4];
    const made = await scene.server.exec(process.execPath, [POSTERN, 'init', ...options, '-o', conf]);
    const { command, files } = JSON.parse(made).client;
    const state = `[options]\n    StateDir = ${scene.folder}/state`;
    writeFileSync(conf, readFileSync(conf, 'utf8').replace('[options]', state));
    for (const { name, text } of files) writeFileSync(join(scene.folder, name), `${text}\n`, { mode: 0o600 });
    const daemon = await startDaemon(scene, []);
    const [program, ...words] = command.replaceAll('/path/to', scene.folder).split(' ');
    assert.equal(program, 'knock');
    await scene.client.exec(process.execPath, [KNOCK, '-d', '20', ...words]);
    await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  });
}
