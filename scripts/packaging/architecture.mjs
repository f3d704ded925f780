/** The architectures that packages are made for. */

import { StepError } from '../run.mjs';

/**
 * @typedef {object} Architecture
 * @property {string} debian as dpkg names it
 * @property {'x64' | 'arm64'} node as Node names it
 * @property {string} machine as `uname -m` names it
 * @property {readonly string[]} strip programs that take symbols out of a binary for it, the first that is there is used
 */

/** @type {readonly Architecture[]} */
export const ARCHITECTURES = [
  { debian: 'amd64', node: 'x64', machine: 'x86_64', strip: ['x86_64-linux-gnu-strip', 'llvm-strip'] },
  { debian: 'arm64', node: 'arm64', machine: 'aarch64', strip: ['aarch64-linux-gnu-strip', 'llvm-strip'] },
];

/** @param {string} name as dpkg, Node or `uname -m` names it */
export function architectureNamed(name) {
  const found = ARCHITECTURES.find(({ debian, node, machine }) => [debian, node, machine].includes(name));
  if (found !== undefined) return found;
  const names = ARCHITECTURES.map(({ debian }) => debian).join(', ');
  throw new StepError(`no package can be made for the architecture '${name}'`, {
    hint: `there are ${names}: koffi's prebuilt library decides; elsewhere 'npm ci' may build one`,
  });
}
