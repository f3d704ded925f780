/** /usr/lib/postern: the programs, what it needs of its npm dependencies, and the commands that start it. */

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow } from '../compile.mjs';
import { PROGRAMS } from '../programs.mjs';
import { ROOT } from '../root.mjs';
import { StepError } from '../run.mjs';
import { extract, npmArchive } from './npm-archive.mjs';
import { EXECUTABLE, putCopy, putFile, putLink } from './tree.mjs';

export const LIBRARY = 'usr/lib/postern';

/** What people call, and where from: what root alone can use is in sbin, as knockd is. */
const COMMANDS = { knock: 'usr/bin', postern: 'usr/bin', knockd: 'usr/sbin' };

/** Of the dependencies that are not in the programs themselves, the files that are loaded. */
const DEPENDENCY_FILES = {
  koffi: ['package.json', 'index.cjs', 'src/koffi/index.cjs', 'src/koffi/src/static.cjs'],
};

/**
 * @param {string} root
 * @param {{ version: string, node: string, architecture: import('./architecture.mjs').Architecture, scratch: string }} how
 *   `node` is where the installed program finds Node; `scratch` a folder for what is unpacked on the way
 */
export async function putProgram(root, { version, node, architecture, scratch }) {
  const manifest = { name: 'postern', version, private: true, type: 'module' };
  putFile(root, `${LIBRARY}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of filesBelow(PROGRAMS, '.cjs')) putCopy(root, join(LIBRARY, relative(ROOT, file)), file);
  putCopy(root, `${LIBRARY}/bin/package.json`, join(ROOT, 'bin/package.json'));
  for (const [name, folder] of Object.entries(COMMANDS)) {
    const text = readFileSync(join(ROOT, 'bin', name), 'utf8');
    putFile(root, `${LIBRARY}/bin/${name}`, withNode(text, node), EXECUTABLE);
    putLink(root, `${folder}/${name}`, `../lib/postern/bin/${name}`);
  }
  for (const [name, files] of Object.entries(DEPENDENCY_FILES)) {
    for (const file of files) putModuleFile(root, name, file);
  }
  await putForeignFunctions(root, architecture, scratch);
}

/**
 * A script whose first line names this Node; with options it takes env(1) to split the line.
 * @param {string} text
 * @param {string} node
 */
function withNode(text, node) {
  const [first = '', ...rest] = text.split('\n');
  const words = /^#!\/usr\/bin\/env (?:-S )?node(.*)$/.exec(first);
  if (words === null) throw new StepError(`a command begins with '${first}', which names no Node`);
  const line = words[1] === '' ? `#!${node}` : `#!/usr/bin/env -S ${node}${words[1]}`;
  return [line, ...rest].join('\n');
}

/**
 * @param {string} root
 * @param {string} name of the dependency
 * @param {string} file
 */
function putModuleFile(root, name, file) {
  const path = join('node_modules', name, file);
  putCopy(root, join(LIBRARY, path), join(ROOT, path));
}

/**
 * koffi's prebuilt library for glibc; npm has installed that of this machine alone.
 * @param {string} root
 * @param {import('./architecture.mjs').Architecture} architecture
 * @param {string} scratch
 */
async function putForeignFunctions(root, architecture, scratch) {
  const name = `@koromix/koffi-linux-${architecture.node}`;
  const files = ['package.json', 'index.js', `linux_${architecture.node}/koffi.node`];
  const installed = join(ROOT, 'node_modules', name);
  let from = installed;
  if (!existsSync(installed)) {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    const { version, integrity } = packages[`node_modules/${name}`];
    const folder = join(scratch, 'koffi');
    await extract(
      await npmArchive({ name, version, integrity }),
      folder,
      files.map((file) => `package/${file}`),
    );
    from = join(folder, 'package');
  }
  for (const file of files) putCopy(root, join(LIBRARY, 'node_modules', name, file), join(from, file));
}
