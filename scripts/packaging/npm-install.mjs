/** The npm package as somebody else has it: packed, installed from the file below a folder, and started. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from '../run.mjs';
import { packageVersion } from './release.mjs';

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Each program, and the answer that it owes. */
const PROGRAMS = [
  ['knockd', '-V'],
  ['knock', '-V'],
  ['postern', '--version'],
];

/**
 * @param {string} scratch a folder
 * @returns {Promise<string>} what is wrong, or nothing
 */
export async function installFaults(scratch) {
  const packed = await runQuietly('npm', ['pack', '--silent', '--pack-destination', scratch]);
  if (packed.status !== 0) return packed.output;
  const file = join(scratch, packed.output.trim().split('\n').at(-1) ?? '');
  for (const scripts of ['--ignore-scripts', '--no-ignore-scripts']) {
    const prefix = join(scratch, scripts);
    mkdirSync(prefix);
    const installed = await runQuietly(
      'npm',
      ['install', '--global', '--prefix', prefix, scripts, ...QUIET, file],
      {
        cwd: scratch,
      },
    );
    if (installed.status !== 0) return `with ${scripts}:\n${installed.output}`;
    const fault = await programFaults(prefix);
    if (fault !== '') return `with ${scripts}:\n${fault}`;
  }
  return '';
}

/** @param {string} prefix */
async function programFaults(prefix) {
  for (const [name = '', option = ''] of PROGRAMS) {
    const { status, output } = await runQuietly(join(prefix, 'bin', name), [option]);
    if (status !== 0 || !output.startsWith(`${name} ${packageVersion()} `))
      return `${name} ${option}: ${output}`;
  }
  // The native library is there without its install script.
  const koffi = join(prefix, 'lib/node_modules/postern/node_modules/koffi');
  const { status, output } = await runQuietly(process.execPath, [
    '-e',
    `require(${JSON.stringify(koffi)}).load('libc.so.6')`,
  ]);
  return status === 0 ? '' : output;
}
