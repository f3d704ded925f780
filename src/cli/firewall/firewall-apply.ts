/** `postern firewall apply`: puts up what the doors need; on trial where that is asked for. */

import { unwrap } from '../../base/result.ts';
import { momentNow } from '../../daemon/moment-now.ts';
import type { Firewall, FirewallPlan, Reconciled } from '../../firewall/firewall.ts';
import type { GuardTrial } from '../../firewall/guard-trial.ts';
import { countsOf, printJson } from './firewall-json.ts';
import { awaitConfirmation, type TrialEnd } from './firewall-trial.ts';

interface ApplyWish {
  /** Undefined: for good. */
  readonly confirmMs: number | undefined;
  readonly json: boolean;
}

/** How it came out; `not-needed`: nobody could be shut out by what has changed. */
type Trial = TrialEnd | 'not-needed';

/** @returns the exit status */
export async function applyFirewall(
  firewall: Firewall,
  plan: FirewallPlan,
  wish: ApplyWish,
): Promise<number> {
  const { trial } = firewall;
  if (wish.confirmMs !== undefined && trial !== undefined) {
    return applyOnTrial(firewall, trial, plan, { ...wish, confirmMs: wish.confirmMs });
  }
  if (wish.confirmMs !== undefined)
    say(`'${firewall.kind}' shuts nobody out: there is nothing to confirm`, wish);
  const done = unwrap(await firewall.reconcile(plan, momentNow()));
  tell(firewall, plan, done, wish);
  if (wish.json) printJson(outcome(firewall, plan, done, wish.confirmMs === undefined ? null : 'not-needed'));
  return 0;
}

async function applyOnTrial(
  firewall: Firewall,
  trial: GuardTrial,
  plan: FirewallPlan,
  wish: ApplyWish & { readonly confirmMs: number },
): Promise<number> {
  const done = unwrap(await trial.start(plan, momentNow(), wish.confirmMs));
  const state = unwrap(await trial.state());
  tell(firewall, plan, done, wish);
  if (state.kind === 'stands') {
    say('the guard stood like this before: there is nothing to confirm', wish);
    if (wish.json) printJson(outcome(firewall, plan, done, 'not-needed'));
    return 0;
  }
  const ended = awaitConfirmation(trial); // before the word: who reads it may interrupt at once
  say(
    `it falls in ${wish.confirmMs / 1000} s. Press Enter to let it stay, or run 'postern firewall confirm' elsewhere`,
    wish,
  );
  const end = await ended;
  if (end === 'confirmed') say('the guard stays', wish);
  else await takeDown(trial, end);
  if (wish.json) printJson(outcome(firewall, plan, done, end));
  return end === 'confirmed' ? 0 : 1;
}

async function takeDown(trial: GuardTrial, end: TrialEnd): Promise<void> {
  const after = unwrap(await trial.end(momentNow()));
  const now = after === 'restored' ? 'the guard that stood before is back' : 'the guard is down again';
  process.stderr.write(`error: ${end === 'interrupted' ? 'interrupted' : 'not confirmed'}: ${now}\n`);
}

function tell({ kind }: Firewall, plan: FirewallPlan, { warnings }: Reconciled, wish: ApplyWish): void {
  if (wish.json) return;
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  const { doorCount, grantCount } = countsOf(plan);
  say(`${kind}: in force for ${count(doorCount, 'door')}, with ${count(grantCount, 'grant')}`, wish);
}

function outcome(
  { kind }: Firewall,
  plan: FirewallPlan,
  { warnings }: Reconciled,
  trial: Trial | null,
): object {
  return { action: 'apply', firewall: kind, ...countsOf(plan), warnings, trial };
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

/** Standard output is for the outcome where that is JSON. */
function say(line: string, { json }: ApplyWish): void {
  (json ? process.stderr : process.stdout).write(`${line}\n`);
}
