/** iptables(8): a command that inserts, appends or deletes a rule which accepts what `%IP%` sends to ports. */

import { fail, type Result } from '../../base/result.ts';
import { type FirewallCommand, portsOf } from './command-ports.ts';

/** What a rule asks for and a door with `Open` asks for as well, or does not need. */
const MODULES: ReadonlySet<string> = new Set(['tcp', 'udp', 'state', 'conntrack', 'comment', 'multiport']);

const NAMES: Readonly<Record<string, string>> = {
  '--append': '-A',
  '--insert': '-I',
  '--delete': '-D',
  '--source': '-s',
  '--src': '-s',
  '--protocol': '-p',
  '--proto': '-p',
  '--jump': '-j',
  '--match': '-m',
  '--table': '-t',
  '--wait': '-w',
  '--destination-port': '--dport',
  '--destination-ports': '--dports',
};

interface Rule {
  verb: FirewallCommand['verb'] | undefined;
  chain: string;
  source: string;
  protocol: string | undefined;
  ports: string | undefined;
  target: string;
}

export function iptablesCommand(args: readonly string[]): Result<FirewallCommand, string> {
  const rule: Rule = {
    verb: undefined,
    chain: '',
    source: '',
    protocol: undefined,
    ports: undefined,
    target: '',
  };
  const rest = [...args];
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    const fault = readOption(NAMES[word] ?? word, rest, rule);
    if (fault !== undefined) return fail(fault);
  }
  if (rule.verb === undefined) return fail('it neither adds nor deletes a rule');
  if (rule.target !== 'ACCEPT') return fail(`its target is '${rule.target}', and doors accept`);
  if (!/^%IP%(?:\/(?:32|128))?$/.test(rule.source)) return fail("its source is not '%IP%'");
  if (rule.chain === 'FORWARD') return fail('it is about what is forwarded, and doors are about this host');
  if (rule.ports === undefined) return fail('it names no port: write the ones that you mean with Open');
  const remark =
    rule.protocol === undefined ? '--dport needs -p, iptables refuses the command; tcp is taken' : undefined;
  const { verb, chain } = rule;
  return portsOf([rule.protocol ?? 'tcp'], rule.ports.split(','), {
    verb,
    firewall: 'iptables',
    chain,
    remark,
  });
}

/** Takes the option's values from `rest`. @returns why the rule is more than a door can say */
function readOption(option: string, rest: string[], rule: Rule): string | undefined {
  const value = () => rest.shift() ?? '';
  switch (option) {
    case '-A':
    case '-I':
    case '-D':
      rule.verb = option === '-D' ? 'close' : 'open';
      rule.chain = value();
      if (/^\d+$/.test(rest[0] ?? '')) rest.shift();
      return option === '-D' && rest.length === 0 ? 'it deletes a rule by its number' : undefined;
    case '-s':
      rule.source = value();
      return undefined;
    case '-p':
      rule.protocol = value();
      return undefined;
    case '--dport':
    case '--dports':
      rule.ports = value();
      return undefined;
    case '-j':
      rule.target = value();
      return undefined;
    case '-w':
      if (/^\d+$/.test(rest[0] ?? '')) rest.shift();
      return undefined;
    case '--syn':
      return undefined;
    case '--comment':
      rest.shift();
      return undefined;
    case '-m':
      return moduleFault(value());
    case '--state':
    case '--ctstate':
      return stateFault(value());
    case '-t':
      return tableFault(value());
    default:
      return `'${option}' asks for something that doors cannot`;
  }
}

function moduleFault(name: string): string | undefined {
  return MODULES.has(name) ? undefined : `the module '${name}' asks for something that doors cannot`;
}

/** Doors are about new connections; others are let through by rules of their own. */
function stateFault(states: string): string | undefined {
  return states.split(',').includes('NEW') ? undefined : `it is about connections in state '${states}'`;
}

function tableFault(name: string): string | undefined {
  return name === 'filter' ? undefined : `it is about the table '${name}'`;
}
