/** An archive for other systems than Debian's: the same files, with Node, and a script that installs them. */

import { join } from 'node:path';
import { ROOT } from '../root.mjs';
import { runQuietly, StepError } from '../run.mjs';
import { KINDS, packageTree } from './deb.mjs';
import { EXECUTABLE, putCopy, settle } from './tree.mjs';

/**
 * @param {import('./deb.mjs').Work} work
 * @param {string} folder
 * @returns {Promise<string>} its path
 */
export async function makeTarball(work, folder) {
  const { release, architecture, scratch } = work;
  const kind = KINDS.find(({ bringsNode }) => bringsNode);
  if (kind === undefined) throw new Error('no package brings Node');
  const name = `postern-${release.version}-linux-${architecture.node}`;
  const root = await packageTree({ ...kind, name: 'postern' }, work);
  putCopy(root, 'usr/share/doc/postern/LICENSE', join(ROOT, 'LICENSE'));
  const source = join(ROOT, 'packaging/tarball');
  putCopy(root, 'INSTALL.md', join(source, 'INSTALL.md'));
  putCopy(root, 'install.sh', join(source, 'install.sh'), EXECUTABLE);
  settle(root, release.epoch);
  const tarball = join(folder, `${name}.tar.gz`);
  const how = [
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    `--mtime=@${release.epoch}`,
    '--format=gnu',
  ];
  const packed = [
    '--use-compress-program=gzip -9n',
    '-cf',
    tarball,
    '-C',
    root,
    `--transform=s,^\\.,${name},S`,
    '.',
  ];
  const { status, output } = await runQuietly('tar', [...how, ...packed], { cwd: scratch });
  if (status !== 0) throw new StepError(`tar cannot make ${tarball}`, { details: output });
  return tarball;
}
