/** What `postern init` wants to know: the same rules for answers at the terminal and for options. */

import { parseDurationMs } from '../../base/duration.ts';
import { parsePortRange } from '../../net/port-range.ts';
import { METHODS } from './init-plan.ts';
import type { Question } from './init-questions.ts';

export const FIREWALLS = ['nftables', 'nftables-mark', 'iptables', 'firewalld', 'ufw'] as const;

export type Field = 'door' | 'method' | 'open' | 'for' | 'firewall' | 'interface' | 'server';

/** @param found what the machine has */
export function fields(
  found: Readonly<Record<'firewall' | 'interface' | 'server', string>>,
): Readonly<Record<Field, Question>> {
  return {
    door: { text: 'name of the door', usual: 'ssh', fault: doorFault },
    method: { text: `how it opens: ${METHODS.join(', ')}`, usual: 'sequence', fault: oneOf(METHODS) },
    open: { text: 'ports that it opens', usual: 'tcp/22', fault: openFault },
    for: { text: 'how long they stay open', usual: '30s', fault: timeFault },
    firewall: {
      text: `firewall: ${FIREWALLS.join(', ')}`,
      usual: found.firewall,
      fault: oneOf(FIREWALLS),
    },
    interface: { text: 'interface to listen on, or auto, or any', usual: found.interface, fault: nameFault },
    server: { text: 'how clients name this machine', usual: found.server, fault: nameFault },
  };
}

/** What stands between the brackets of a section, and in the name of a file. */
function doorFault(answer: string): string | undefined {
  const isName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(answer) && answer.toLowerCase() !== 'options';
  return isName ? undefined : `'${answer}' is no name for a door: letters, digits, dots and dashes make one`;
}

function openFault(answer: string): string | undefined {
  const wrong = answer.split(',').find((word) => parsePortRange(word.trim()) === undefined);
  return wrong === undefined
    ? undefined
    : `'${wrong}': expected tcp/PORT or udp/PORT, with commas between several`;
}

function timeFault(answer: string): string | undefined {
  if (answer === 'forever' || (parseDurationMs(answer, 's') ?? 0) >= 1000) return undefined;
  return `'${answer}': expected a time such as 30s, 10m or 2h, or forever`;
}

function oneOf(words: readonly string[]): (answer: string) => string | undefined {
  return (answer) =>
    words.includes(answer) ? undefined : `'${answer}': expected one of ${words.join(', ')}`;
}

function nameFault(answer: string): string | undefined {
  return /^[^\s#=[\]]+$/.test(answer) ? undefined : `'${answer}' is no name`;
}
