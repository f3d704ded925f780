/** A scan of every port from 6990 to 9010, in order, which meets the steps of a door in order too. */

import { fileURLToPath } from 'node:url';
import type { Host } from '../lab/host.ts';
import { SERVER } from './addresses.ts';

const FIRST_PORT = 6990;
const LAST_PORT = 9010;
export const PORT_COUNT = LAST_PORT - FIRST_PORT + 1;

const SWEEP = fileURLToPath(new URL('./sweep.js', import.meta.url));

export interface Scanner {
  /** As the story shows it. */
  readonly title: string;
  run(): Promise<unknown>;
}

/** nmap where it is installed, else a sweep of our own. */
export async function scannerOf(host: Host): Promise<Scanner> {
  const range = `${FIRST_PORT}-${LAST_PORT}`;
  const nmap = ['-r', '-Pn', '-n', '-T5', '--max-retries', '0', '--min-rate', '1000', '-p', range, SERVER];
  const found = await host.attempt('sh', ['-c', 'command -v nmap']);
  if (found.status === 0)
    return { title: `nmap -r -p ${range} ${SERVER}`, run: () => host.exec('nmap', nmap) };
  const sweep = [SWEEP, SERVER, String(FIRST_PORT), String(LAST_PORT)];
  return {
    title: `a connection to each port, ${range}, in order`,
    run: () => host.exec(process.execPath, sweep),
  };
}
