/** The private Node of the packages that bring their own: pinned in packaging/node.json, without its symbols. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';
import { runQuietly, StepError } from '../run.mjs';
import { isProgram } from '../system-parts.mjs';
import { extract, npmArchive } from './npm-archive.mjs';

/**
 * @param {import('./architecture.mjs').Architecture} architecture
 * @param {string} scratch a folder for it
 * @param {(line: string) => void} tell
 * @returns {Promise<{ program: string, license: string, version: string }>} two paths in the folder
 */
export async function nodeProgram(architecture, scratch, tell) {
  const pins = JSON.parse(readFileSync(join(ROOT, 'packaging/node.json'), 'utf8'));
  const name = `node-linux-${architecture.node}`;
  const archive = await npmArchive({ name, version: pins.version, integrity: pins.integrity[name] });
  await extract(archive, scratch, ['package/bin/node', 'package/LICENSE']);
  const program = join(scratch, 'package/bin/node');
  await strip(program, architecture, tell);
  return { program, license: join(scratch, 'package/LICENSE'), version: pins.version };
}

/**
 * @param {string} program
 * @param {import('./architecture.mjs').Architecture} architecture
 * @param {(line: string) => void} tell
 */
async function strip(program, architecture, tell) {
  const tool = architecture.strip.find(isProgram);
  if (tool === undefined) {
    tell(`Node keeps its symbols (18 MB more): there is no ${architecture.strip.join(', no ')}`);
    return;
  }
  const { status, output } = await runQuietly(tool, [program]);
  if (status !== 0) throw new StepError(`${tool} failed`, { details: output });
}
