/** What the actions of `postern firewall --json` have in common. */

import type { FirewallPlan } from '../../firewall/firewall.ts';
import type { GuardState } from '../../firewall/guard-trial.ts';

export function countsOf({ doors, grants }: FirewallPlan) {
  return { doorCount: doors.length, grantCount: grants.length };
}

export function stateWord({ kind }: GuardState): 'none' | 'stands' | 'on-trial' | 'fallen' {
  return kind === 'on trial' ? 'on-trial' : kind;
}

export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
