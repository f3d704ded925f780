/** The service behind the door, on port 22: sshd with a key of its own where that works, else a stand-in. */

import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Host } from '../lab/host.ts';
import { FOLDER } from './addresses.ts';

const SSHD = '/usr/sbin/sshd';
const KEY = `${FOLDER}/ssh_host_key`;
const STAND_IN = fileURLToPath(new URL('./banner-server.js', import.meta.url));
const START_MS = 5000;

/** Starts it and waits until it listens; gives its name. */
export async function startSshService(host: Host): Promise<string> {
  if (existsSync(SSHD) && (await startSshd(host))) return 'sshd';
  const standIn = host.spawn(process.execPath, [STAND_IN]);
  await standIn.waitFor('listening', { timeoutMs: START_MS });
  return 'a stand-in for sshd';
}

/** False where sshd does not start: without root it may not change to its own user. */
async function startSshd(host: Host): Promise<boolean> {
  try {
    mkdirSync('/run/sshd', { recursive: true });
    await host.exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', KEY]);
    const options = ['-D', '-e', '-f', '/dev/null', '-h', KEY, '-o', 'PidFile=none'];
    const sshd = host.spawn(SSHD, options);
    await sshd.waitFor('listening on 0.0.0.0', { timeoutMs: START_MS });
    return true;
  } catch {
    return false;
  }
}
