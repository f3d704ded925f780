/** The machine in a line, and whether it is quiet enough to measure. */

import { cpus, loadavg, release, totalmem } from 'node:os';
import { allowedCores } from './cores.ts';

/** One program at work for the last minute takes a core from the measured ones. */
const QUIET_LOAD = 0.7;

export function machineText(): string {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const gb = Math.round(totalmem() / 2 ** 30);
  return `${allowedCores().length} cores of ${model}, ${gb} GB, Linux ${release()}, Node ${process.version}`;
}

/** What to know before trusting the figures; undefined when there is nothing. */
export function disturbance(): string | undefined {
  const [load = 0] = loadavg();
  const said = [];
  if (load > QUIET_LOAD)
    said.push(`the load of this machine is ${load.toFixed(1)}: other programs disturb the figures`);
  if (allowedCores().length < 2) said.push('there is one core only: generator and daemon share it');
  return said.length === 0 ? undefined : said.join('; ');
}
