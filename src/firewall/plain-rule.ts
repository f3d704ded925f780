/** Rules of iptables that look at nothing but protocol and ports, so that what they do to everybody is plain. */

import type { PortRange } from '../net/port-range.ts';
import type { Protocol } from '../net/protocol.ts';
import type { SavedRule } from './iptables-save.ts';

export interface PlainRule {
  readonly chain: string;
  /** As printed. */
  readonly text: string;
  /** Undefined: any. */
  readonly protocol: Protocol | undefined;
  /** First and last; undefined: any. */
  readonly ports: readonly (readonly [number, number])[] | undefined;
  readonly target: string;
}

/** Undefined for a rule with any other condition, for packets of established connections, and without a target. */
export function plainRuleOf({ text, words }: SavedRule): PlainRule | undefined {
  const [chain = '', ...rest] = words;
  const options = optionsOf(rest);
  if (options === undefined) return undefined;
  const target = options.get('-j') ?? options.get('-g');
  const protocol = options.get('-p');
  const state = options.get('--ctstate') ?? options.get('--state') ?? 'NEW';
  const ports = options.get('--dports') ?? options.get('--dport');
  if (target === undefined || !state.split(',').includes('NEW')) return undefined;
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'udp') return undefined;
  return { chain, text, protocol, ports: ports === undefined ? undefined : portsOf(ports), target };
}

/** Whether some ports of the range meet the rule. */
export function touches(rule: PlainRule, { protocol, first, last }: PortRange): boolean {
  if (rule.protocol !== undefined && rule.protocol !== protocol) return false;
  return rule.ports === undefined || rule.ports.some(([low, high]) => low <= last && high >= first);
}

/** Whether one entry of the rule has all ports of the range. */
export function covers(rule: PlainRule, { protocol, first, last }: PortRange): boolean {
  if (rule.protocol !== undefined && rule.protocol !== protocol) return false;
  return rule.ports === undefined || rule.ports.some(([low, high]) => low <= first && high >= last);
}

/** Options of which each has one value, and that say nothing of the packet's source or way. */
const PLAIN = new Set([
  '-p',
  '-j',
  '-g',
  '--dport',
  '--dports',
  '--ctstate',
  '--state',
  '--comment',
  '--reject-with',
]);
const PLAIN_MATCHES = new Set(['tcp', 'udp', 'multiport', 'conntrack', 'state', 'comment']);

function optionsOf(words: readonly string[]): ReadonlyMap<string, string> | undefined {
  const options = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const [name = '', value = ''] = words.slice(at, at + 2);
    if (name === '-m' ? !PLAIN_MATCHES.has(value) : !PLAIN.has(name)) return undefined;
    options.set(name, value);
  }
  return options;
}

function portsOf(text: string): readonly (readonly [number, number])[] {
  return text.split(',').map((entry) => {
    const [low = '', high = low] = entry.split(':');
    return [Number(low), Number(high)];
  });
}
