/** `postern firewall apply`: puts up what the doors need; on trial where that is asked for. */

import { unwrap } from '../../base/result.ts';
import type { Firewall, FirewallPlan, Reconciled } from '../../firewall/firewall.ts';
import type { GuardTrial } from '../../firewall/guard-trial.ts';
import { momentNow } from '../moment-now.ts';
import { awaitConfirmation } from './firewall-trial.ts';

/** @returns the exit status */
export async function applyFirewall(
  firewall: Firewall,
  plan: FirewallPlan,
  confirmMs: number | undefined,
): Promise<number> {
  const { trial } = firewall;
  if (confirmMs !== undefined && trial !== undefined) return applyOnTrial(firewall, trial, plan, confirmMs);
  if (confirmMs !== undefined) say(`'${firewall.kind}' shuts nobody out: there is nothing to confirm`);
  tell(firewall, plan, unwrap(await firewall.reconcile(plan, momentNow())));
  return 0;
}

async function applyOnTrial(
  firewall: Firewall,
  trial: GuardTrial,
  plan: FirewallPlan,
  confirmMs: number,
): Promise<number> {
  const done = unwrap(await trial.start(plan, momentNow(), confirmMs));
  const state = unwrap(await trial.state());
  tell(firewall, plan, done);
  if (state.kind === 'stands') {
    say('the guard stood like this before: there is nothing to confirm');
    return 0;
  }
  const ended = awaitConfirmation(trial); // before the word: who reads it may interrupt at once
  say(
    `it falls in ${confirmMs / 1000} s. Press Enter to let it stay, or run 'postern firewall confirm' elsewhere`,
  );
  const end = await ended;
  if (end === 'confirmed') {
    say('the guard stays');
    return 0;
  }
  const after = unwrap(await trial.end(momentNow()));
  const now = after === 'restored' ? 'the guard that stood before is back' : 'the guard is down again';
  process.stderr.write(`error: ${end === 'interrupted' ? 'interrupted' : 'not confirmed'}: ${now}\n`);
  return 1;
}

function tell({ kind }: Firewall, { doors, grants }: FirewallPlan, { warnings }: Reconciled): void {
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  say(`${kind}: in force for ${count(doors.length, 'door')}, with ${count(grants.length, 'grant')}`);
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
