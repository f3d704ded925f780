/** The scene: three hosts on one switch, the server's firewall, and its ssh service. */

import { mkdirSync } from 'node:fs';
import type { Host } from '../lab/host.ts';
import { Lab } from '../lab/lab.ts';
import { FOLDER, LAPTOP, MANAGEMENT, SERVER } from './addresses.ts';
import { MARK } from './doors.ts';
import { Person } from './person.ts';
import { startSshService } from './ssh-service.ts';

/** The server's firewall, as iptables commands. */
export const FIREWALL: readonly string[] = [
  '-P INPUT DROP',
  '-A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT',
  `-A INPUT -s ${MANAGEMENT} -j ACCEPT`,
  `-A INPUT -m mark --mark ${MARK} -j ACCEPT`,
];

export interface Scene {
  readonly lab: Lab;
  readonly server: Host;
  readonly management: Person;
  readonly laptop: Person;
  /** What serves on port 22. */
  readonly service: string;
}

export async function setScene(): Promise<Scene> {
  const lab = new Lab();
  const server = lab.host('server');
  const management = lab.host('management');
  const laptop = lab.host('laptop');
  lab.lan([
    { host: server, addresses: [`${SERVER}/24`] },
    { host: management, addresses: [`${MANAGEMENT}/24`] },
    { host: laptop, addresses: [`${LAPTOP}/24`] },
  ]);
  mkdirSync(FOLDER);
  const service = await startSshService(server);
  for (const rule of FIREWALL) server.iptables(...rule.split(' '));
  return { lab, server, management: new Person(management), laptop: new Person(laptop), service };
}
