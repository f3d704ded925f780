/** `postern firewall`: what doors with `Open` have in the machine's firewall, without the daemon. */

import { OpError } from '../../base/op-error.ts';
import { fail, ok, type Result, unwrap } from '../../base/result.ts';
import type { Config, FirewallKind } from '../../config/config.ts';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import { loadConfig } from '../../config/load-config.ts';
import { guardedDoors } from '../../daemon/port-doors.ts';
import { createFirewall } from '../../firewall/create-firewall.ts';
import type { Firewall, FirewallPlan } from '../../firewall/firewall.ts';
import type { GuardState } from '../../firewall/guard-trial.ts';
import { momentNow } from '../moment-now.ts';
import { applyFirewall } from './firewall-apply.ts';
import { FIREWALL_HELP, type FirewallRequest, firewallArguments } from './firewall-arguments.ts';

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

async function run({ action, confirmMs }: FirewallRequest, config: Config): Promise<number> {
  if (action === 'remove') return remove(config);
  const firewall = createFirewall(config.options, () => {});
  switch (action) {
    case 'apply':
      return applyFirewall(firewall, await planOf(firewall, config), confirmMs);
    case 'confirm':
      return confirm(firewall);
    case 'show':
      return show(firewall);
    case 'plan':
      process.stdout.write(unwrap(await firewall.describe(await planOf(firewall, config), momentNow())));
      return 0;
  }
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

async function confirm({ kind, trial }: Firewall): Promise<number> {
  if (trial === undefined) {
    process.stderr.write(`error: '${kind}' has no guard that could be confirmed\n`);
    return 1;
  }
  const before = unwrap(await trial.confirm());
  switch (before.kind) {
    case 'on trial':
      process.stdout.write('the guard stays\n');
      return 0;
    case 'stands':
      process.stdout.write('the guard stands already\n');
      return 0;
    case 'none':
    case 'fallen': {
      const what = before.kind === 'none' ? 'there is no guard' : 'too late: the guard has fallen';
      process.stderr.write(`error: ${what}\nhint: 'postern firewall apply --confirm 60s' puts it up\n`);
      return 1;
    }
  }
}

async function show(firewall: Firewall): Promise<number> {
  const text = unwrap(await firewall.show());
  const state = firewall.trial === undefined ? undefined : unwrap(await firewall.trial.state());
  if (text === '') process.stdout.write(`# nothing of Postern's is in the firewall (${firewall.kind})\n`);
  else process.stdout.write(`${state === undefined ? '' : stateLine(state)}${text}`);
  return 0;
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
async function remove({ options }: Config): Promise<number> {
  const removed: string[] = [];
  for (const kind of KINDS) {
    const done = await removeFrom({ ...options, firewall: kind });
    if (!done.ok && kind === options.firewall) throw done.error;
    if (done.ok && done.value) removed.push(kind);
  }
  const what = removed.length === 0 ? 'there was nothing of Postern' : `removed from ${removed.join(', ')}`;
  process.stdout.write(`${what}\n`);
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
