/** What `postern init` writes and says is enough: the daemon takes the file, and the client's command opens the door. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { KNOCK, POSTERN } from '../../lab/programs.ts';
import { METHODS } from '../../src/cli/setup/init-plan.ts';
import { CLIENT4, confPath, SERVER4, setDoorScene, startDaemon } from './door-scene.ts';

const skip = await enterLab();

const LISTEN = "require('node:net').createServer().listen(2200, () => console.log('listening'))";
/** Ends with 1 where nothing answers. */
const CONNECT = `
const socket = require('node:net').connect(2200, process.argv[1], () => process.exit(0));
socket.on('error', () => process.exit(1));
socket.setTimeout(2000, () => process.exit(1));`;

for (const method of METHODS) {
  test(`init with ${method}: the command for the client opens the door`, { skip }, async (t) => {
    const scene = setDoorScene(t);
    const conf = confPath(scene);
    const options = ['--yes', '--json', '-m', method, '-i', 'eth0', '-w', 'nftables', '-S', SERVER4];
    const made = await scene.server.exec(POSTERN, ['init', ...options, '-o', conf]);
    const { command, files } = JSON.parse(made).client;
    const state = `[options]\n    StateDir = ${scene.folder}/state`;
    writeFileSync(conf, readFileSync(conf, 'utf8').replace('[options]', state));
    for (const { name, text } of files) writeFileSync(join(scene.folder, name), `${text}\n`, { mode: 0o600 });
    const daemon = await startDaemon(scene, []);
    const [program, ...words] = command.replaceAll('/path/to', scene.folder).split(' ');
    assert.equal(program, 'knock');
    await scene.client.exec(KNOCK, ['-d', '20', ...words]);
    await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  });

  test(`init with ${method}: the profile goes through the door, and waits for its port`, {
    skip,
  }, async (t) => {
    const scene = setDoorScene(t);
    const conf = confPath(scene);
    const options = ['--yes', '--json', '-m', method, '-i', 'eth0', '-w', 'nftables', '-S', SERVER4];
    const port = ['-p', 'tcp/2200', '-o', conf];
    const made = await scene.server.exec(process.execPath, [POSTERN, 'init', ...options, ...port]);
    const { files, excerpts } = JSON.parse(made).client;
    const state = `[options]\n    StateDir = ${scene.folder}/state`;
    writeFileSync(conf, readFileSync(conf, 'utf8').replace('[options]', state));
    for (const { name, text } of files) writeFileSync(join(scene.folder, name), `${text}\n`, { mode: 0o600 });
    const profiles = join(scene.folder, 'profiles.conf');
    writeFileSync(profiles, excerpts.at(-1).text.replaceAll('/path/to', scene.folder), { mode: 0o600 });
    await startDaemon(scene, []);
    await scene.server.spawn(process.execPath, ['-e', LISTEN]).waitFor('listening');
    await assert.rejects(scene.client.exec(process.execPath, ['-e', CONNECT, SERVER4]));
    const words = ['--profiles', profiles, '-d', '20', 'ssh', '--', process.execPath, '-e', CONNECT, SERVER4];
    await scene.client.exec(process.execPath, [KNOCK, ...words]);
  });
}

test('where iptables drops, init chooses the mark, and its next steps let the knocker in', {
  skip,
}, async (t) => {
  const scene = setDoorScene(t);
  const { server, client } = scene;
  const conf = confPath(scene);
  server.runSync('iptables', ['-P', 'INPUT', 'DROP']);
  const options = ['--yes', '--json', '-i', 'eth0', '-S', SERVER4, '-p', 'tcp/2200'];
  const made = JSON.parse(await server.exec(POSTERN, ['init', ...options, '-o', conf]));
  assert.equal(made.firewall, 'nftables-mark');
  for (const step of made.next.slice(0, -1)) {
    const [program = '', ...words] = step.split(' ');
    server.runSync(program, words);
  }
  const state = `[options]\n    StateDir = ${scene.folder}/state`;
  writeFileSync(conf, readFileSync(conf, 'utf8').replace('[options]', state));
  const service = server.spawn(process.execPath, ['-e', LISTEN]);
  await service.waitFor('listening');
  const daemon = await startDaemon(scene, []);
  await client.exec(KNOCK, ['-d', '20', ...made.client.command.split(' ').slice(1)]);
  await daemon.waitFor(`${CLIENT4}: ssh: open until`);
  await client.exec(process.execPath, ['-e', CONNECT, SERVER4]);
  assert.equal(await refusal(scene.other.exec(process.execPath, ['-e', CONNECT, SERVER4])), 'refused');
});

/** What came of a connection that must not come about. */
async function refusal(connection: Promise<unknown>): Promise<string> {
  return connection.then(
    () => 'connected',
    () => 'refused',
  );
}
