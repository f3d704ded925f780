/** Small Debian systems for the tests of packages: made once with debootstrap, with all packages that the tests install. */

import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runQuietly, StepError } from '../run.mjs';

/** Which package is for which release: bookworm's own Node is too old. @type {Record<string, string>} */
export const RELEASES = { bookworm: 'postern-bundled', trixie: 'postern' };

/** In the system from the start: what the tests look with. */
const TOOLS = ['iptables', 'iproute2', 'nftables', 'procps'];

const APT = ['apt-get', '-q', '-y', '--no-install-recommends'];

/**
 * @param {string} release
 * @param {string} debs a folder with the package that will be installed, so that what it depends on is at hand
 * @returns {Promise<string>} the path of an archive with the system's files
 */
export async function debianSystem(release, debs) {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'postern', 'systems');
  const kept = join(cache, `${release}.tar`);
  if (existsSync(kept)) return kept;
  mkdirSync(cache, { recursive: true });
  console.log(`making a Debian ${release}, which takes some minutes once`);
  const scratch = mkdtempSync(join(cache, 'making-'));
  try {
    const root = join(scratch, 'root');
    await must('debootstrap', ['--variant=minbase', `--include=${TOOLS.join(',')}`, release, root]);
    cpSync(debs, join(root, 'debs'), { recursive: true });
    const install = [...APT, 'install', '--download-only'];
    await must('chroot', [
      root,
      'sh',
      '-c',
      `${[...APT, 'update'].join(' ')} && ${install.join(' ')} /debs/*.deb`,
    ]);
    await must('chroot', [root, ...install, 'knockd']);
    rmSync(join(root, 'debs'), { recursive: true });
    await must('tar', ['-C', root, '--one-file-system', '-cf', join(scratch, 'system.tar'), '.']);
    renameSync(join(scratch, 'system.tar'), kept);
    return kept;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
async function must(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const { status, output } = await runQuietly(command, args, { env });
  if (status !== 0) throw new StepError(`'${command} ${args.join(' ')}' failed`, { details: output });
}
