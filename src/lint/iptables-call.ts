/** What a command says to iptables or ip6tables, where it is one plain call (iptables(8)). Commands of a shell are not understood. */

export interface IptablesCall {
  readonly action: 'append' | 'insert' | 'delete';
  readonly chain: string;
  /** The rule itself, words in alphabetical order: options may stand in any. */
  readonly rule: string;
  readonly hasProtocol: boolean;
  readonly hasPort: boolean;
}

const ACTIONS: Readonly<Record<string, IptablesCall['action']>> = {
  '-A': 'append',
  '--append': 'append',
  '-I': 'insert',
  '--insert': 'insert',
  '-D': 'delete',
  '--delete': 'delete',
};

/** Names of the services of articles, so that `ssh` and `22` are one. */
const SERVICES: Readonly<Record<string, string>> = { ssh: '22', smtp: '25', http: '80', https: '443' };

const SHELL_SIGNS = /[;&|<>$`'"\\(){}]/;
const PROTOCOLS: readonly string[] = ['-p', '--protocol', '--proto'];
const PORTS: readonly string[] = ['--dport', '--destination-port', '--sport', '--source-port', '--dports'];
/** How to wait for the lock is no part of a rule. */
const WAITS: readonly string[] = ['-w', '--wait'];
const NUMBER = /^\d+$/;

/** Undefined where the command is anything else. */
export function iptablesCall(command: string): IptablesCall | undefined {
  if (SHELL_SIGNS.test(command)) return undefined;
  const [program = '', ...words] = command.trim().split(/\s+/);
  if (!/(^|\/)ip6?tables$/.test(program)) return undefined;
  const at = words.findIndex((word) => ACTIONS[word] !== undefined);
  const action = ACTIONS[words[at] ?? ''];
  const chain = words[at + 1];
  if (action === undefined || chain === undefined) return undefined;
  const isNumbered = NUMBER.test(words[at + 2] ?? '');
  const rest = withoutWait([...words.slice(0, at), ...words.slice(at + (isNumbered ? 3 : 2))]);
  return {
    action,
    chain,
    rule: isNumbered && action === 'delete' ? `number ${words[at + 2]}` : ruleText(rest),
    hasProtocol: rest.some((word) => PROTOCOLS.includes(word)),
    hasPort: rest.some((word) => PORTS.includes(word)),
  };
}

/** The chain and rule that both calls speak of. */
export function isUndone(start: IptablesCall, stop: IptablesCall): boolean {
  return stop.action === 'delete' && stop.chain === start.chain && stop.rule === start.rule;
}

function withoutWait(words: readonly string[]): readonly string[] {
  return words.filter((word, at) => {
    const isItsTime = NUMBER.test(word) && WAITS.includes(words[at - 1] ?? '');
    return !WAITS.includes(word) && !isItsTime;
  });
}

function ruleText(words: readonly string[]): string {
  return words
    .map((word) => SERVICES[word] ?? word)
    .toSorted()
    .join(' ');
}
