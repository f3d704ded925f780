/** Which ports a service of firewalld stands for, from its definition (firewalld.service(5)). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The administrator's come before those of the system. */
const FOLDERS = ['/etc/firewalld/services', '/usr/lib/firewalld/services'];

/** `22/tcp`, `60000-61000/udp`; none for a service whose definition cannot be found or read. */
export function portsOfService(name: string): readonly string[] {
  if (!/^[\w.+-]+$/.test(name)) return [];
  for (const folder of FOLDERS) {
    try {
      return portsIn(readFileSync(join(folder, `${name}.xml`), 'utf8'));
    } catch {
      // it may be in the next one
    }
  }
  return [];
}

export function portsIn(definition: string): readonly string[] {
  return [...definition.matchAll(/<port\s([^>]*)>/g)].flatMap(([, attributes = '']) => {
    const [, port] = /\bport="([\d-]+)"/.exec(attributes) ?? [];
    const [, protocol] = /\bprotocol="(\w+)"/.exec(attributes) ?? [];
    return port === undefined || protocol === undefined ? [] : [`${port}/${protocol}`];
  });
}
