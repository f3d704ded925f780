/** Profiles of `knock` in front of a real sshd behind a closed door of nftables. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { until } from '../../lab/until.ts';
import { CLIENT4, SERVER4 } from './door-scene.ts';
import { missingSsh, type SshScene, setSshScene } from './ssh-scene.ts';

const skip = (await enterLab()) ?? missingSsh();

/** As docs/knock.1.md has it. */
const PROXY_HOST = ['Host home', `  HostName ${SERVER4}`, '  ProxyCommand knock --proxy home %h %p'];

/** ssh as somebody runs it who does not knock. */
async function sshWithoutKnock({ run, sshConfig }: SshScene): Promise<string> {
  const options = ['-F', sshConfig, '-o', 'ConnectTimeout=1', '-o', 'LogLevel=INFO'];
  const { status, stderr } = await run('ssh', [...options, SERVER4, 'true']);
  return `${status} ${stderr}`;
}

/** Connections that sshd was handed, whatever came of them. */
function connections({ sshd }: SshScene): readonly string[] {
  return [...sshd.stderr.matchAll(/^(?:Accepted|Connection (?:closed|reset)|banner exchange).*$/gm)].map(
    ([line]) => line,
  );
}

test('knock NAME -- ssh goes through the closed door, and ends as the remote command does', {
  skip,
}, async (t) => {
  const scene = await setSshScene(t, [], []);
  const { run, sshConfig } = scene;
  assert.match(await sshWithoutKnock(scene), /^255 .*timed out/);
  const command = ['ssh', '-F', sshConfig, SERVER4, 'echo inside; cat; exit 7'];
  const through = await run('knock', ['home', '--', ...command], { input: 'typed\n' });
  assert.deepEqual([through.status, through.stdout, through.stderr], [7, 'inside\ntyped\n', '']);
});

test('ssh reaches sshd by ProxyCommand, with one connection and nothing in the stream but its own', {
  skip,
}, async (t) => {
  const scene = await setSshScene(t, [], PROXY_HOST);
  const { run, sshConfig } = scene;
  assert.match(await sshWithoutKnock(scene), /^255 .*timed out/);
  const size = 8 * 1024 * 1024;
  const code = `head -c ${size} /dev/zero; sha256sum | cut -c -64 >&2`;
  const input = 'x'.repeat(4 * 1024 * 1024);
  const through = await run('ssh', ['-F', sshConfig, 'home', code], { input });
  assert.equal(through.status, 0, through.stderr);
  assert.equal(through.stdout, '\0'.repeat(size));
  const { createHash } = await import('node:crypto');
  assert.equal(through.stderr.trim(), createHash('sha256').update(input).digest('hex'));
  assert.deepEqual(
    connections(scene).map((line) => line.replace(/ .*/, '')),
    ['Accepted'],
  );
});

test('a host that ssh knows by the profile alone is the profile’s', { skip }, async (t) => {
  const scene = await setSshScene(t, [], ['Host home', '  ProxyCommand knock --proxy home %h %p']);
  const through = await scene.run('ssh', ['-F', scene.sshConfig, 'home', 'exit 3']);
  assert.deepEqual([through.status, through.stderr], [3, '']);
});

test('the closing sequence is sent after ssh by ProxyCommand, and the door is shut', { skip }, async (t) => {
  const closing = ['Close_Sequence = 15904, 7301, 48122:udp', 'Close_After = yes'];
  const scene = await setSshScene(t, closing, PROXY_HOST);
  const through = await scene.run('ssh', ['-F', scene.sshConfig, 'home', 'exit 3']);
  assert.equal(through.status, 3, through.stderr);
  await scene.daemon.waitFor(`${CLIENT4}: shut: OPEN SESAME`);
  await until(async () => /timed out/.test(await sshWithoutKnock(scene)), { what: 'the closed door' });
});
