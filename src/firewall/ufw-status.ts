/** Reads what `ufw status verbose` prints: whether ufw is in force, and what it lets everybody use. */

import { formatPortRange, type PortRange, parsePortRange } from '../net/port-range.ts';
import type { GuardedDoor } from './firewall.ts';

export interface UfwStatus {
  readonly isActive: boolean;
  /** What becomes of packets that no rule names: `deny`, `reject`, `allow`. */
  readonly incoming: string;
  /** The lines of rules that let in from everywhere, and their ports. */
  readonly open: readonly { readonly line: string; readonly ranges: readonly PortRange[] }[];
}

export function parseUfwStatus(text: string): UfwStatus {
  const [, incoming = ''] = /^Default: (\w+) \(incoming\)/m.exec(text) ?? [];
  return {
    isActive: /^Status: active$/m.test(text),
    incoming,
    open: text.split('\n').flatMap(openLine),
  };
}

/** One sentence for each way in which everybody gets to the ports of doors. */
export function ufwWarnings({ incoming, open }: UfwStatus, doors: readonly GuardedDoor[]): readonly string[] {
  const ranges = doors.flatMap(({ name, ports }) => ports.map((range) => ({ name, range })));
  if (ranges.length > 0 && incoming === 'allow')
    return [`ufw lets everybody use the ports of doors: 'ufw default deny incoming' ends that`];
  return open.flatMap(({ line, ranges: allowed }) =>
    ranges
      .filter(({ range }) => allowed.some((other) => overlap(other, range)))
      .map(
        ({ name, range }) => `ufw lets everybody use ${formatPortRange(range)} of door '${name}': '${line}'`,
      ),
  );
}

/** `22/tcp`, `80`, `22,80,8000:8080/tcp`, `22/tcp (OpenSSH)`, each perhaps with ` (v6)`. */
function openLine(line: string): UfwStatus['open'] {
  const [, ports = '', protocol] =
    /^([\d:,]+)(?:\/(tcp|udp))?(?: \([^)]*\))* +(?:ALLOW|LIMIT) IN +Anywhere/.exec(line) ?? [];
  const protocols = protocol === undefined ? ['tcp', 'udp'] : [protocol];
  const ranges = protocols.flatMap((each) =>
    ports.split(',').map((entry) => parsePortRange(`${each}/${entry.replace(':', '-')}`)),
  );
  const known = ranges.filter((range) => range !== undefined);
  return known.length === 0 ? [] : [{ line: line.trim().replaceAll(/\s+/g, ' '), ranges: known }];
}

function overlap(a: PortRange, b: PortRange): boolean {
  return a.protocol === b.protocol && a.first <= b.last && b.first <= a.last;
}
