/** The command line of knockd 0.8, with `--log-format` besides. */

import { resolve } from 'node:path';
import { fail, ok, type Result } from '../base/result.ts';
import type { InterfaceChoice } from '../config/config.ts';
import { parseInterfaceChoice } from '../config/interface-value.ts';
import type { DaemonSettings } from '../daemon/settings.ts';
import type { LogFormat } from '../log/line-format.ts';
import { getopt, type OptionSpec } from './getopt.ts';

export const DEFAULT_CONFIG = '/etc/knockd.conf';

const OPTIONS: readonly OptionSpec[] = [
  { long: 'interface', short: 'i', takesValue: true },
  { long: 'daemon', short: 'd' },
  { long: 'config', short: 'c', takesValue: true },
  { long: 'debug', short: 'D' },
  { long: 'lookup', short: 'l' },
  { long: 'pidfile', short: 'p', takesValue: true },
  { long: 'logfile', short: 'g', takesValue: true },
  { long: 'verbose', short: 'v' },
  { long: 'only-ip-v4', short: '4' },
  // Not of knockd 0.8, where '--log' means '--logfile'.
  { long: 'log-format', short: '', takesValue: true, inFull: true },
  { long: 'version', short: 'V', final: true },
  { long: 'help', short: 'h', final: true },
];

export type KnockdRequest =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'run'; readonly settings: DaemonSettings };

export interface UsageFault {
  readonly message: string;
  readonly hint: string;
}

const HELP_HINT = "'knockd --help' lists the options";

export function parseKnockdArguments(argv: readonly string[]): Result<KnockdRequest, UsageFault> {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return fail({ message: line.error, hint: HELP_HINT });
  const given = new Map(line.value.options.map(({ name, value }) => [name, value]));
  if (given.has('help')) return ok({ kind: 'help' });
  if (given.has('version')) return ok({ kind: 'version' });
  const [operand] = line.value.operands;
  if (operand !== undefined) return fail({ message: `unexpected argument '${operand}'`, hint: HELP_HINT });
  const empty = [...given].find(([name, value]) => value === '' && takesValue(name));
  if (empty !== undefined)
    return fail({ message: `option '--${empty[0]}' has an empty value`, hint: HELP_HINT });
  const name = given.get('interface');
  const interfaces = name === undefined ? undefined : parseInterfaceChoice(name);
  if (interfaces?.ok === false) {
    const { message, hint } = interfaces.error;
    return fail({ message: `option '--interface': ${message}`, hint: hint ?? HELP_HINT });
  }
  const logFormat = given.get('log-format') ?? 'text';
  if (logFormat !== 'text' && logFormat !== 'json') {
    const message = `option '--log-format' is '${logFormat}', expected text or json`;
    return fail({ message, hint: HELP_HINT });
  }
  return ok({ kind: 'run', settings: settingsOf(given, interfaces?.value, logFormat) });
}

/**
 * The configuration that the daemon reads when it is started with these options, as KNOCKD_OPTS in `/etc/default/knockd` has
 * them: words between spaces.
 */
export function configPathIn(options: string): string {
  const request = parseKnockdArguments(options.split(/\s+/).filter(Boolean));
  return request.ok && request.value.kind === 'run' ? request.value.settings.configPath : DEFAULT_CONFIG;
}

function settingsOf(
  given: ReadonlyMap<string, string>,
  interfaces: InterfaceChoice | undefined,
  logFormat: LogFormat,
): DaemonSettings {
  const path = (name: string) => {
    const value = given.get(name);
    return value === undefined ? undefined : resolve(value);
  };
  return {
    configPath: path('config') ?? DEFAULT_CONFIG,
    directory: process.cwd(),
    commandLine: {
      interfaces,
      pidFile: path('pidfile'),
      logFile: path('logfile'),
    },
    verbose: given.has('verbose'),
    debug: given.has('debug'),
    lookup: given.has('lookup'),
    onlyIpv4: given.has('only-ip-v4'),
    inBackground: given.has('daemon'),
    logFormat,
  };
}

function takesValue(name: string): boolean {
  return OPTIONS.some(({ long, takesValue: takes }) => long === name && takes === true);
}
