/** A Debian system in a folder of memory, on a host of the lab: `npm run test:package` has made its files. */

import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host, Outcome } from '../../lab/host.ts';

/** The system, what is unpacked in it, and some room. */
const BYTES = '1500m';

const DEVICES: readonly (readonly [name: string, minor: number])[] = [
  ['null', 3],
  ['zero', 5],
  ['full', 7],
  ['random', 8],
  ['urandom', 9],
];

/** Nothing of this process's own: env(1) in the system begins with these. */
const ENVIRONMENT = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'DEBIAN_FRONTEND=noninteractive',
  'LC_ALL=C.UTF-8',
];

/** Of a package manager on a slow machine. */
const LIMIT_MS = 180_000;

export class Debian {
  readonly root: string;
  readonly #host: Host;

  /** @param self the host that all others see the mounts of */
  constructor(self: Host, host: Host, archive: string, folder: string) {
    this.#host = host;
    this.root = join(folder, 'debian');
    mkdirSync(this.root);
    self.runSync('mount', ['-t', 'tmpfs', '-o', `size=${BYTES},mode=755`, 'tmpfs', this.root]);
    self.runSync('tar', ['-C', this.root, '-xf', archive]);
    self.runSync('mount', ['-t', 'proc', 'proc', join(this.root, 'proc')]);
    self.runSync('mount', [
      '-t',
      'devpts',
      '-o',
      'newinstance,ptmxmode=666',
      'devpts',
      join(this.root, 'dev/pts'),
    ]);
    // Where there is no init at work, invoke-rc.d starts and stops nothing unless it is told that it may.
    writeFileSync(this.path('usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    for (const [name, minor] of DEVICES) {
      const path = join(this.root, 'dev', name);
      rmSync(path, { force: true });
      self.runSync('mknod', ['-m', '666', path, 'c', '1', `${minor}`]);
    }
  }

  /** A path of the system as it is outside. */
  path(inside: string): string {
    return join(this.root, inside);
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(this.path(path), text);
  }

  attempt(command: string, ...args: readonly string[]): Promise<Outcome> {
    const line = [this.root, 'env', '-i', ...ENVIRONMENT, command, ...args];
    return this.#host.attempt('chroot', line, { timeoutMs: LIMIT_MS });
  }

  /** @throws with all output unless it ends with 0. @returns both streams */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.attempt(command, ...args);
    if (status !== 0)
      throw new Error(`'${[command, ...args].join(' ')}': status ${status}\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  /** `apt-get VERB …` without a network. */
  apt(verb: string, ...args: readonly string[]): Promise<string> {
    return this.run('apt-get', '-q', '-y', '--no-install-recommends', verb, ...args);
  }

  /** Puts files into the system's /debs. */
  bring(folder: string): string {
    this.#host.runSync('cp', ['-rT', folder, this.path('debs')]);
    return '/debs';
  }

  /** Processes whose root is the system and whose program this is, by its name in the system. */
  processes(name: string): readonly number[] {
    const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
    return pids.filter((pid) => runs(pid, this.root, name)).map(Number);
  }
}

function runs(pid: string, root: string, name: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/root`) === root && commandOf(pid).includes(name);
  } catch {
    return false; // it has ended
  }
}

function commandOf(pid: string): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}
