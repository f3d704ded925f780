/** Service names to ports, from the system's table; see services(5). Read when a name is first asked for. */

import { readFileSync } from 'node:fs';
import type { Protocol } from '../net/protocol.ts';

const SERVICES_FILE = '/etc/services';

/** The port of a service's name or alias; undefined when unknown, or when the system has no table. */
export function servicePort(name: string, protocol: Protocol): number | undefined {
  return findService(servicesText(), name, protocol);
}

/** @param table the text of a services file: `name port/protocol aliases... # comment` a line. */
export function findService(table: string, name: string, protocol: Protocol): number | undefined {
  for (const line of table.split('\n')) {
    const [service, number, ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (service !== name && !aliases.includes(name)) continue;
    const match = /^(\d{1,5})\/(\w+)$/.exec(number ?? '');
    if (match !== null && match[2] === protocol) return Number(match[1]);
  }
  return undefined;
}

function servicesText(): string {
  try {
    return readFileSync(SERVICES_FILE, 'utf8');
  } catch {
    return '';
  }
}
