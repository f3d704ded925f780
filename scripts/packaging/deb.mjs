/** One Debian package: its tree, and the .deb made of it. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';
import { runQuietly, StepError } from '../run.mjs';
import { putControl, putDebianParts } from './debian-files.mjs';
import { gzip } from './gzip.mjs';
import { nodeProgram } from './node-program.mjs';
import { LIBRARY, putProgram } from './program-tree.mjs';
import { putCompletions, putDocumentation, putManualPages, putUnit } from './shared-tree.mjs';
import { EXECUTABLE, putCopy, putFile, settle } from './tree.mjs';

const PRIVATE_NODE = `${LIBRARY}/node/bin/node`;

/** @type {readonly import('./debian-files.mjs').Kind[]} */
export const KINDS = [
  { name: 'postern', other: 'postern-bundled', bringsNode: false, node: '/usr/bin/node' },
  { name: 'postern-bundled', other: 'postern', bringsNode: true, node: `/${PRIVATE_NODE}` },
];

/**
 * @typedef {object} Work
 * @property {import('./release.mjs').Release} release
 * @property {import('./architecture.mjs').Architecture} architecture
 * @property {string} scratch an empty folder of its own
 * @property {(line: string) => void} tell
 */

/**
 * Everything that is installed, without DEBIAN/.
 * @param {import('./debian-files.mjs').Kind} kind
 * @param {Work} work
 * @returns {Promise<string>} the tree's root
 */
export async function packageTree(kind, { release, architecture, scratch, tell }) {
  const root = join(scratch, 'tree');
  const docs = `usr/share/doc/${kind.name}`;
  mkdirSync(root, { recursive: true });
  await putProgram(root, { version: release.version, node: kind.node, architecture, scratch });
  if (kind.bringsNode) {
    const node = await nodeProgram(architecture, scratch, tell);
    putCopy(root, PRIVATE_NODE, node.program, EXECUTABLE);
    putFile(root, `${docs}/node-license.gz`, gzip(readFileSync(node.license)));
  }
  putManualPages(root);
  putCompletions(root);
  putUnit(root);
  putDocumentation(root, docs);
  return root;
}

/**
 * @param {import('./debian-files.mjs').Kind} kind
 * @param {Work} work
 * @param {string} folder where the package goes
 * @returns {Promise<string>} its path
 */
export async function makeDeb(kind, work, folder) {
  const { release, architecture } = work;
  const root = await packageTree(kind, work);
  putDebianParts(root, kind, release);
  putControl(root, kind, { ...release, architecture: architecture.debian });
  settle(root, release.epoch);
  const deb = join(folder, `${kind.name}_${release.debianVersion}_${architecture.debian}.deb`);
  // Threads change nothing in what they make, as long as there is more than one.
  const how = ['--root-owner-group', '-Zxz', '-z6', '--threads-max=2', '--build', root, deb];
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(release.epoch) };
  const { status, output } = await runQuietly('dpkg-deb', how, { env, cwd: ROOT });
  if (status !== 0) throw new StepError(`dpkg-deb cannot make ${deb}`, { details: output });
  return deb;
}
