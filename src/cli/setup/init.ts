/** `postern init`: a first configuration, checked, with what the client needs and what is to be done next. */

import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fail } from '../../base/result.ts';
import { readDefaultRouteIndexes, readInterfaces } from '../../capture/interfaces.ts';
import type { FirewallKind } from '../../config/config.ts';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { runProgram } from '../../firewall/run-program.ts';
import { getopt, type OptionSpec } from '../getopt.ts';
import { checkAndTell } from '../inspect/check.ts';
import { thisMachine } from '../inspect/lint-context.ts';
import { DEFAULT_CONFIG } from '../knockd-arguments.ts';
import { writeSecretFile } from '../secret-file.ts';
import { type ClientSide, clientSide, clientSideText } from './client-side.ts';
import { detectFirewall } from './detect-firewall.ts';
import { FIREWALLS, type Field, fields } from './init-fields.ts';
import { type InitPlan, initText, METHODS, nextSteps } from './init-plan.ts';
import { askAll } from './init-questions.ts';

const HELP = `usage: postern init [options]

Writes a first configuration with one door, and secrets drawn at random. Asks at the terminal for what the options leave open.
Checks what it wrote, and says the client's side and what is to be done next.

options:
  -y, --yes              ask nothing: the options, and the usual for what they leave open
  -d, --door NAME        name of the door (default ssh)
  -m, --method WAY       sequence (default), totp (another sequence every 30 seconds) or spa (one encrypted packet)
  -p, --open PORTS       what the door opens (default tcp/22)
  -f, --for TIME         for how long (default 30s)
  -w, --firewall KIND    nftables, nftables-mark, iptables, firewalld or ufw (default: what fits this machine)
  -i, --interface IF     where to listen (default: the interface with the default route, else auto)
  -S, --server HOST      how clients name this machine (default: its host name)
  -o, --output FILE      what to write (default ${DEFAULT_CONFIG})
  -F, --force            write over a file that has more than comments
  -j, --json             one JSON object instead of text, with --yes
  -h, --help             say this

exit status: 0 written and checked, 1 not written, 2 wrong usage
`;

const OPTIONS: readonly OptionSpec[] = [
  { long: 'yes', short: 'y' },
  { long: 'door', short: 'd', takesValue: true },
  { long: 'method', short: 'm', takesValue: true },
  { long: 'open', short: 'p', takesValue: true },
  { long: 'for', short: 'f', takesValue: true },
  { long: 'firewall', short: 'w', takesValue: true },
  { long: 'interface', short: 'i', takesValue: true },
  { long: 'server', short: 'S', takesValue: true },
  { long: 'output', short: 'o', takesValue: true },
  { long: 'force', short: 'F' },
  { long: 'json', short: 'j' },
  { long: 'help', short: 'h', final: true },
];

export async function init(argv: readonly string[]): Promise<number> {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return wrongUsage(line.error);
  const given = new Map(line.value.options.map(({ name, value }) => [name, value]));
  if (given.has('help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const [surplus] = line.value.operands;
  if (surplus !== undefined) return wrongUsage(`unexpected argument '${surplus}'`);
  if (given.has('json') && !given.has('yes')) return wrongUsage("'--json' needs '--yes'");
  if (!given.has('yes') && process.stdin.isTTY !== true)
    return wrongUsage(
      'there is no terminal to ask at',
      "'--yes' takes the options, and the usual for the rest",
    );
  const fault = faultOf(given);
  if (fault !== undefined) return wrongUsage(fault);
  const output = given.get('output') ?? DEFAULT_CONFIG;
  if (existsSync(output) && !given.has('force') && !saysNothing(output))
    return failed(
      `'${output}' is there already`,
      "name another file with '--output', or write over it with '--force'",
    );
  return answered(given, output);
}

/** What is wrong with the value of an option. */
function faultOf(given: ReadonlyMap<string, string>): string | undefined {
  for (const [name, { fault }] of Object.entries(fields({ firewall: '', interface: '', server: '' }))) {
    const what = given.has(name) ? fault(given.get(name) ?? '') : undefined;
    if (what !== undefined) return `--${name} ${what}`;
  }
  return undefined;
}

async function answered(given: ReadonlyMap<string, string>, output: string): Promise<number> {
  const firewall = await detectFirewall(runProgram);
  const all = fields({
    firewall: firewall.kind,
    interface: usualInterface(),
    server: hostname() || 'server.example',
  });
  const open = Object.entries(all).filter(([name]) => !given.has(name));
  if (!given.has('yes')) process.stdout.write(`${firewall.kind} fits: ${firewall.reason}\n`);
  const answers = given.has('yes')
    ? Object.fromEntries(open.map(([name, { usual }]) => [name, usual]))
    : await askAll(Object.fromEntries(open));
  if (answers === undefined)
    return failed('interrupted: nothing is written', "'postern init --yes' asks nothing");
  const value = (name: Field) => given.get(name) ?? answers[name] ?? '';
  const plan: InitPlan = {
    door: value('door'),
    open: value('open'),
    openFor: value('for'),
    method: METHODS.find((method) => method === value('method')) ?? 'sequence',
    firewall: FIREWALLS.find((kind) => kind === value('firewall')) ?? firewall.kind,
    interfaceName: value('interface'),
  };
  return write(plan, value('server'), output, given);
}

async function write(
  plan: InitPlan,
  server: string,
  output: string,
  given: ReadonlyMap<string, string>,
): Promise<number> {
  const { isListening } = await thisMachine();
  const text = initText(plan, ({ port, protocol }) => isListening(protocol, port));
  const nothing = { read: () => fail('no'), list: () => fail('no'), isSame: () => false };
  const parsed = parseConfig(text, output, nothing);
  if (!parsed.ok) {
    for (const diagnostic of parsed.error) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
    return 1;
  }
  const side = clientSide(parsed.value.doors[0]!, server);
  writeSecretFile(output, text, given.has('force') || saysNothing(output));
  const steps = nextSteps(plan, output);
  if (given.has('json')) {
    process.stdout.write(
      `${JSON.stringify({ file: output, firewall: plan.firewall, client: side, next: steps })}\n`,
    );
    return 0;
  }
  const isGood = await checkAndTell(output);
  tell(side, plan, steps, output);
  return isGood ? 0 : 1;
}

function tell(
  side: ClientSide,
  { firewall, door }: Pick<InitPlan, 'firewall' | 'door'>,
  steps: readonly string[],
  output: string,
): void {
  const again = `postern share ${door}${output === DEFAULT_CONFIG ? '' : ` -c ${output}`}`;
  const client = `\nthe client's side ('${again}' says it again):\n\n${clientSideText(side)}`;
  const next = ['', 'next, as root, with a session kept open until a knock has let you in:', '']
    .concat(
      steps.map((step) => `    ${step}`),
      noteOf(firewall),
    )
    .join('\n');
  process.stdout.write(`${client}${next}\n`);
}

function noteOf(firewall: FirewallKind): readonly string[] {
  switch (firewall) {
    case 'nftables':
      return [];
    case 'nftables-mark':
      return ['', 'and save the rules as this machine saves them'];
    case 'iptables':
    case 'firewalld':
    case 'ufw':
      return [
        '',
        `what ${firewall} does not let in it has to refuse: take out what opens the ports for everybody`,
      ];
  }
}

/** Comments and nothing else, as a package puts there: nobody loses anything. */
function saysNothing(file: string): boolean {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .every((line) => /^\s*(#|$)/.test(line));
  } catch {
    return false;
  }
}

/** The one that carries a default route; `auto` where there are several, or none. */
function usualInterface(): string {
  const routed = readDefaultRouteIndexes();
  const [name, ...more] = readInterfaces().filter(
    ({ index, isLoopback }) => routed.has(index) && !isLoopback,
  );
  return name !== undefined && more.length === 0 ? name.name : 'auto';
}

function failed(what: string, hint: string): number {
  process.stderr.write(`error: ${what}\nhint: ${hint}\n`);
  return 1;
}

function wrongUsage(what: string, hint = "'postern init --help' says more"): number {
  process.stderr.write(`error: ${what}\nhint: ${hint}\n`);
  return 2;
}
