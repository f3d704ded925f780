/** Where everything is in the demo. */

import { fileURLToPath } from 'node:url';

export const SERVER = '192.168.0.102';
export const MANAGEMENT = '192.168.0.100';
export const LAPTOP = '192.168.0.103';

/** For keys, configuration and journal: inside the lab's own /run, which goes away with it. */
export const FOLDER = '/run/demo';

/** The file of a program in bin/. */
export function programOf(name: 'knockd' | 'knock'): string {
  return fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
}
