/** A real sshd behind a door that nftables guards, with keys made for the test, and a client that has a profile for it. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Outcome, RunOptions } from '../../lab/host.ts';
import { KNOCK } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import { type DoorScene, SERVER4, setDoorScene, startDaemon, writeConf } from './door-scene.ts';

const SSHD = '/usr/sbin/sshd';

/** Why there is no such scene here; undefined when there is. */
export function missingSsh(): string | undefined {
  const missing = [SSHD, '/usr/bin/ssh', '/usr/bin/ssh-keygen'].filter((path) => !existsSync(path));
  if (missing.length > 0) return `not installed: ${missing.join(', ')} (openssh-server, openssh-client)`;
  return process.getuid?.() === 0 && !isMappedUser() ? undefined : 'sshd needs root to log users in';
}

/** In a user namespace root is somebody else outside, and sshd cannot change users. */
function isMappedUser(): boolean {
  return !/^\s*0\s+0\s+4294967295/.test(readFileSync('/proc/self/uid_map', 'utf8'));
}

export interface SshScene extends DoorScene {
  readonly daemon: Running;
  readonly sshd: Running;
  /** Of `ssh -F`. */
  readonly sshConfig: string;
  readonly profiles: string;
  /** Runs a program on the client, whose PATH has `knock` and whose home has the profile. */
  readonly run: (program: string, args: readonly string[], options?: RunOptions) => Promise<Outcome>;
}

export const KNOCKS = ['7301', '48122:udp', '15904'];
export const CLOSING = ['15904', '7301', '48122:udp'];

const DOORS = `[ssh]
Sequence = ${KNOCKS.join(',')}
TCPFlags = syn
Open = tcp/22
Open_For = 10m
[shut]
Sequence = ${CLOSING.join(',')}
TCPFlags = syn
Close = ssh
`;

/** @param home more lines of the profile `home`; @param hosts of the ssh configuration */
export async function setSshScene(
  t: Parameters<typeof setDoorScene>[0],
  home: readonly string[],
  hosts: readonly string[],
): Promise<SshScene> {
  const scene = setDoorScene(t);
  const { folder, client } = scene;
  writeConf(scene, DOORS);
  const sshd = await startSshd(scene);
  const daemon = await startDaemon(scene);
  const profiles = join(folder, 'config', 'postern', 'profiles.conf');
  mkdirSync(dirname(profiles), { recursive: true, mode: 0o700 });
  const lines = ['[home]', `Host = ${SERVER4}`, `Sequence = ${KNOCKS.join(', ')}`, 'Delay = 20', ...home];
  writeFileSync(profiles, `${lines.join('\n')}\n`, { mode: 0o600 });
  const sshConfig = join(folder, 'ssh_config');
  writeFileSync(sshConfig, [...hosts, ...clientOptions(folder), ''].join('\n'));
  const { PATH = '' } = process.env;
  const path = [dirname(KNOCK), dirname(process.execPath), PATH].join(delimiter);
  const env = { PATH: path, XDG_CONFIG_HOME: join(folder, 'config') };
  const run: SshScene['run'] = (program, args, options) =>
    client.attempt(program, args, { timeoutMs: 30_000, ...options, env });
  return { ...scene, daemon, sshd, sshConfig, profiles, run };
}

function clientOptions(folder: string): readonly string[] {
  return [
    'Host *',
    'User root',
    `IdentityFile ${folder}/id`,
    'IdentitiesOnly yes',
    'BatchMode yes',
    `UserKnownHostsFile ${folder}/known_hosts`,
    'StrictHostKeyChecking yes',
    'HostKeyAlias server',
    'ControlPath none',
    'LogLevel ERROR',
  ];
}

async function startSshd({ server, folder }: DoorScene): Promise<Running> {
  mkdirSync('/run/sshd', { recursive: true });
  for (const name of ['host_key', 'id'])
    server.runSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  writeFileSync(join(folder, 'known_hosts'), `server ${readFileSync(join(folder, 'host_key.pub'), 'utf8')}`);
  const config = [
    `HostKey ${folder}/host_key`,
    `AuthorizedKeysFile ${folder}/id.pub`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PidFile none',
    'UseDNS no',
  ];
  writeFileSync(join(folder, 'sshd_config'), `${config.join('\n')}\n`);
  const sshd = server.spawn(SSHD, ['-D', '-e', '-f', join(folder, 'sshd_config')]);
  await sshd.waitFor('Server listening on 0.0.0.0');
  return sshd;
}
