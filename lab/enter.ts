/**
 * The way into the lab: the running script is started once more in private namespaces (network, mounts, processes,
 * and users when not root), with an empty /run. Everything in there, daemons included, ends with that process, and that
 * process with this one, SIGKILL included; the machine's own network, firewall and /run are out of reach.
 */

import { spawn, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

/** Set inside to the network namespace outside, so that a stale variable cannot pass for a lab. */
const OUTSIDE = 'POSTERN_LAB_OUTSIDE';

const PRIVATE = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
const PRIVATE_USER = ['--user', '--map-root-user', ...PRIVATE];

/** The shell stays as the first process of the namespace: it reaps what daemons leave behind. */
const INSIDE = 'mount -t tmpfs tmpfs /run && ip link set lo up && "$@"; exit $?';

/** The exit status of a script that a signal ended, as a shell gives it for SIGKILL. */
const KILLED = 137;

/** Where iptables and the like are, which an ordinary user's PATH may lack. */
const ADMIN_PATHS = '/usr/local/sbin:/usr/sbin:/sbin';

/** A probe takes some 20 ms; this is for a machine under load. */
const PROBE_MS = 10_000;

/** How long an interrupted lab may take to clean up by itself. */
const INTERRUPT_GRACE_MS = 3000;

/** Whether this process runs inside a lab. */
export function isInLab(): boolean {
  const outside = process.env[OUTSIDE];
  return outside !== undefined && outside !== networkNamespace();
}

/**
 * Call it first in a script or test file, and await it. Inside the lab it returns undefined. Outside it runs the script inside,
 * exits with its status and never returns; where that is impossible it returns the reason.
 */
export async function enterLab(): Promise<string | undefined> {
  if (isInLab()) return undefined;
  const way = wayIn();
  if (typeof way === 'string') return way;
  const script = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const status = await runInside(way, script);
  return process.exit(status);
}

/** Why there can be no lab on this machine, with what to do about it; undefined when there can be one. */
export function labProblem(): string | undefined {
  if (isInLab()) return undefined;
  const way = wayIn();
  return typeof way === 'string' ? way : undefined;
}

/** The command that the script is appended to, or the reason why there is none. */
function wayIn(): readonly string[] | string {
  const isRoot = process.getuid?.() === 0;
  const styles = isRoot ? [PRIVATE, PRIVATE_USER] : [PRIVATE_USER];
  const complaints = new Set<string>();
  for (const style of styles) {
    const [file = '', ...args] = [...launcher(style), 'ip', 'netns', 'add', 'probe'];
    const probe = spawnSync(file, args, { encoding: 'utf8', timeout: PROBE_MS, env: insideEnv() });
    if (probe.status === 0) return launcher(style);
    complaints.add(probe.error?.message ?? probe.stderr.trim().split('\n')[0] ?? '');
  }
  const why = [...complaints].join('; ');
  return isRoot
    ? `private network namespaces are not allowed here: ${why} (in a container: start it with --privileged)`
    : `ordinary users may not make network namespaces here: ${why} (run it as root, with sudo)`;
}

function launcher(style: readonly string[]): string[] {
  return ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...style, '/bin/sh', '-c', INSIDE, 'lab'];
}

async function runInside(way: readonly string[], script: readonly string[]): Promise<number> {
  const [file = '', ...args] = [...way, ...script];
  const env = { ...insideEnv(), [OUTSIDE]: networkNamespace() };
  const child = spawn(file, args, { stdio: 'inherit', env });
  // Ctrl-C reaches the script by itself, which may say goodbye; the others end the lab at once.
  process.on('SIGINT', () => setTimeout(() => child.kill('SIGKILL'), INTERRUPT_GRACE_MS).unref());
  process.on('SIGTERM', () => child.kill('SIGKILL'));
  process.on('SIGHUP', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? KILLED));
  });
}

function insideEnv(): NodeJS.ProcessEnv {
  const { PATH = '' } = process.env;
  return { ...process.env, PATH: `${PATH}:${ADMIN_PATHS}` };
}

function networkNamespace(): string {
  return readlinkSync('/proc/self/ns/net');
}
