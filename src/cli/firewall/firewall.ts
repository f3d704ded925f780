/** `postern firewall`: what doors with `Open` have in the machine's firewall, without the daemon. */

import { OpError } from '../../base/op-error.ts';
import { fail, ok, type Result, unwrap } from '../../base/result.ts';
import type { Config, FirewallKind } from '../../config/config.ts';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import { loadConfig } from '../../config/load-config.ts';
import { momentNow } from '../../daemon/moment-now.ts';
import { guardedDoors } from '../../daemon/port-doors.ts';
import { createFirewall } from '../../firewall/create-firewall.ts';
import type { Firewall, FirewallPlan } from '../../firewall/firewall.ts';
import type { GuardState } from '../../firewall/guard-trial.ts';
import { applyFirewall } from './firewall-apply.ts';
import { FIREWALL_HELP, type FirewallRequest, firewallArguments } from './firewall-arguments.ts';
import { countsOf, printJson, stateWord } from './firewall-json.ts';

export async function firewallCommand(argv: readonly string[]): Promise<number> {
  const request = firewallArguments(argv);
  if (!request.ok) {
    process.stderr.write(`error: ${request.error}\nhint: 'postern firewall --help' says more\n`);
    return 2;
  }
  if (request.value === 'help') {
    process.stdout.write(FIREWALL_HELP);
    return 0;
  }
  const loaded = loadConfig(request.value.config);
  if (loaded.ok) return run(request.value, loaded.value);
  for (const diagnostic of loaded.error) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  return 1;
}

async function run({ action, confirmMs, json }: FirewallRequest, config: Config): Promise<number> {
  if (action === 'remove') return remove(config, json);
  const firewall = createFirewall(config.options, () => {});
  switch (action) {
    case 'apply':
      return applyFirewall(firewall, await planOf(firewall, config), { confirmMs, json });
    case 'confirm':
      return confirm(firewall, json);
    case 'show':
      return show(firewall, json);
    case 'plan':
      return describe(firewall, await planOf(firewall, config), json);
  }
}

async function describe(firewall: Firewall, plan: FirewallPlan, json: boolean): Promise<number> {
  const rules = unwrap(await firewall.describe(plan, momentNow()));
  if (json) printJson({ action: 'plan', firewall: firewall.kind, ...countsOf(plan), rules });
  else process.stdout.write(rules);
  return 0;
}

/** The doors of the configuration, and the grants that they have now: a daemon may have opened them. */
async function planOf(firewall: Firewall, { doors, files }: Config): Promise<FirewallPlan> {
  const guarded = guardedDoors(doors);
  if (guarded.length === 0) {
    const hint = "write 'Open = tcp/22' in a door's section, in the place of commands";
    const cause = new Error("no door has 'Open'");
    throw new OpError({ op: 'find anything to do in', target: files[0] ?? '', cause, hint });
  }
  const listed = await firewall.list(momentNow());
  const names = new Set(guarded.map(({ name }) => name));
  const grants = listed.ok ? listed.value.filter(({ door }) => names.has(door)) : [];
  return { doors: guarded, grants };
}

async function confirm({ kind, trial }: Firewall, json: boolean): Promise<number> {
  if (trial === undefined) {
    process.stderr.write(`error: '${kind}' has no guard that could be confirmed\n`);
    return 1;
  }
  const before = unwrap(await trial.confirm());
  switch (before.kind) {
    case 'on trial':
    case 'stands':
      if (json) printJson({ action: 'confirm', firewall: kind, was: stateWord(before) });
      else
        process.stdout.write(before.kind === 'stands' ? 'the guard stands already\n' : 'the guard stays\n');
      return 0;
    case 'none':
    case 'fallen': {
      const what = before.kind === 'none' ? 'there is no guard' : 'too late: the guard has fallen';
      process.stderr.write(`error: ${what}\nhint: 'postern firewall apply --confirm 60s' puts it up\n`);
      return 1;
    }
  }
}

async function show(firewall: Firewall, json: boolean): Promise<number> {
  const text = unwrap(await firewall.show());
  const state = firewall.trial === undefined ? undefined : unwrap(await firewall.trial.state());
  if (json) printJson(shown(firewall.kind, state, text));
  else if (text === '')
    process.stdout.write(`# nothing of Postern's is in the firewall (${firewall.kind})\n`);
  else process.stdout.write(`${state === undefined ? '' : stateLine(state)}${text}`);
  return 0;
}

function shown(firewall: FirewallKind, state: GuardState | undefined, rules: string): object {
  const leftMs = state?.kind === 'on trial' ? Math.ceil(state.leftMs) : null;
  return { action: 'show', firewall, guard: state === undefined ? null : stateWord(state), leftMs, rules };
}

function stateLine(state: GuardState): string {
  switch (state.kind) {
    case 'none':
      return '# the guard is missing\n';
    case 'stands':
      return '# the guard stands\n';
    case 'on trial':
      return `# the guard is on trial for ${Math.ceil(state.leftMs / 1000)} s more\n`;
    case 'fallen':
      return '# the guard has fallen, it drops nothing: it was not confirmed\n';
  }
}

const KINDS: readonly FirewallKind[] = ['nftables', 'nftables-mark', 'iptables', 'firewalld', 'ufw'];

/** Also what an earlier configuration has left. Other firewalls than the configured one may be missing on this machine. */
async function remove({ options }: Config, json: boolean): Promise<number> {
  const removed: string[] = [];
  for (const kind of KINDS) {
    const done = await removeFrom({ ...options, firewall: kind });
    if (!done.ok && kind === options.firewall) throw done.error;
    if (done.ok && done.value) removed.push(kind);
  }
  const what = removed.length === 0 ? 'there was nothing of Postern' : `removed from ${removed.join(', ')}`;
  if (json) printJson({ action: 'remove', removed });
  else process.stdout.write(`${what}\n`);
  return 0;
}

/** Whether there was something. */
async function removeFrom(options: Config['options']): Promise<Result<boolean, OpError>> {
  try {
    const firewall = createFirewall(options, () => {});
    const text = unwrap(await firewall.show());
    if (text !== '') unwrap(await firewall.remove());
    return ok(text !== '');
  } catch (error) {
    if (error instanceof OpError) return fail(error);
    throw error;
  }
}
