/** Whether a zone of firewalld lets everybody use the ports of doors, which then are no doors. */

import { formatPortRange, type PortRange, parsePortRange } from '../net/port-range.ts';
import type { GuardedDoor } from './firewall.ts';
import type { Zone } from './firewalld-zones.ts';

/** @param portsOfService what a service of firewalld stands for: `22/tcp`, `60000-61000/udp` */
export function zoneWarnings(
  zone: Zone,
  portsOfService: (service: string) => readonly string[],
  doors: readonly GuardedDoor[],
): readonly string[] {
  const { name, services, ports, target } = zone;
  if (target === 'ACCEPT') return [`zone '${name}' lets everybody use every port: its target is ACCEPT`];
  const open = [
    ...ports.map((port) => ({ port, by: `--remove-port=${port}` })),
    ...services.flatMap((service) =>
      portsOfService(service).map((port) => ({ port, by: `--remove-service=${service}` })),
    ),
  ];
  return doors.flatMap((door) =>
    door.ports.flatMap((range) =>
      open
        .filter(({ port }) => overlap(range, rangeOf(port)))
        .map(
          ({ by }) =>
            `zone '${name}' lets everybody use ${formatPortRange(range)} of door '${door.name}': 'firewall-cmd --permanent --zone=${name} ${by}' and a reload end that`,
        ),
    ),
  );
}

/** firewalld writes the port first. */
function rangeOf(text: string): PortRange | undefined {
  const [ports = '', protocol = ''] = text.split('/');
  return parsePortRange(`${protocol}/${ports}`);
}

function overlap(a: PortRange, b: PortRange | undefined): boolean {
  return b !== undefined && a.protocol === b.protocol && a.first <= b.last && b.first <= a.last;
}
