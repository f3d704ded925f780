/** The command line of `postern firewall`. */

import { parseDurationMs } from '../../base/duration.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { getopt } from '../getopt.ts';
import { DEFAULT_CONFIG } from '../knockd-arguments.ts';

export const FIREWALL_HELP = `usage: postern firewall apply [--confirm TIME]
       postern firewall confirm | show | plan | remove

apply      puts up what doors with 'Open' need, before or beside the daemon; who has a grant keeps it
confirm    lets a guard stay that was put up with --confirm
show       prints what of Postern's is in the firewall
plan       prints what apply would do, and does nothing
remove     takes everything of Postern's out of the firewall

options:
  -c, --config FILE    read this configuration (default ${DEFAULT_CONFIG})
      --confirm TIME   of apply: the guard falls after this time unless it is confirmed, by Enter here or by
                       'postern firewall confirm' elsewhere; the kernel sees to it, even if this command is killed
  -j, --json           one JSON object, with the outcome
  -h, --help           say this

exit status: 0 done, 1 not done or not confirmed, 2 wrong usage
`;

const ACTIONS = ['apply', 'confirm', 'show', 'plan', 'remove'] as const;

export interface FirewallRequest {
  readonly action: (typeof ACTIONS)[number];
  readonly config: string;
  /** Of `apply`. */
  readonly confirmMs: number | undefined;
  readonly json: boolean;
}

/** Less is no time to press a key in, more is no trial. */
const LEAST_MS = 1000;
const GREATEST_MS = 86_400_000;

/** @returns the reason in one line when it cannot be read */
export function firewallArguments(argv: readonly string[]): Result<FirewallRequest | 'help', string> {
  const line = getopt(argv, [
    { long: 'config', short: 'c', takesValue: true },
    { long: 'confirm', short: '', takesValue: true },
    { long: 'json', short: 'j' },
    { long: 'help', short: 'h', final: true },
  ]);
  if (!line.ok) return line;
  const { options, operands } = line.value;
  const last = (name: string) => options.findLast((each) => each.name === name)?.value;
  if (last('help') !== undefined) return ok('help');
  const [word, more] = operands;
  if (word === undefined) return fail('nothing to do is given');
  const action = ACTIONS.find((known) => known === word);
  if (action === undefined) return fail(`unknown action '${word}'`);
  if (more !== undefined) return fail(`unexpected argument '${more}'`);
  const config = last('config') ?? DEFAULT_CONFIG;
  const json = last('json') !== undefined;
  const time = last('confirm');
  if (time === undefined) return ok({ action, config, confirmMs: undefined, json });
  if (action !== 'apply') return fail(`'--confirm' does not go with '${action}'`);
  const confirmMs = parseDurationMs(time, 's');
  if (confirmMs === undefined || confirmMs < LEAST_MS || confirmMs > GREATEST_MS)
    return fail(`'${time}' is no time from 1s to 1d`);
  return ok({ action, config, confirmMs, json });
}
