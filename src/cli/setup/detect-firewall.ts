/** Which of the machine's firewalls a new configuration had best use. Asks, and changes nothing. */

import type { FirewallKind } from '../../config/config.ts';
import type { RunProgram } from '../../firewall/run-program.ts';

export interface FirewallChoice {
  readonly kind: FirewallKind;
  /** Why. */
  readonly reason: string;
}

/** What none of these needs when it is there and well. */
const LIMIT_MS = 5000;

const ASKED: readonly {
  readonly file: string;
  readonly args: readonly string[];
  readonly fits: (output: string) => boolean;
  readonly choice: FirewallChoice;
}[] = [
  {
    file: 'firewall-cmd',
    args: ['--state'],
    fits: (output) => output.trim() === 'running',
    choice: { kind: 'firewalld', reason: 'firewalld runs here' },
  },
  {
    file: 'ufw',
    args: ['status'],
    fits: (output) => /^Status: active$/m.test(output),
    choice: { kind: 'ufw', reason: 'ufw is active here' },
  },
  {
    file: 'iptables',
    args: ['-S', 'INPUT'],
    fits: (output) => /^-P INPUT DROP$/m.test(output) || /^-A INPUT -j (?:DROP|REJECT)\b/m.test(output),
    choice: { kind: 'nftables-mark', reason: 'rules of iptables drop what they do not know' },
  },
];

const ELSE: FirewallChoice = { kind: 'nftables', reason: 'nothing here drops by itself' };

export async function detectFirewall(run: RunProgram): Promise<FirewallChoice> {
  for (const { file, args, fits, choice } of ASKED) {
    const end = await run(file, args, { limitMs: LIMIT_MS });
    if (end.kind === 'exited' && end.status === 0 && fits(end.stdout)) return choice;
  }
  return ELSE;
}
