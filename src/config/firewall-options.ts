/** `Firewall`, and the options that only one kind of firewall has a use for. */

import { chainValue } from './chain-value.ts';
import type { FirewallKind, Options } from './config.ts';
import type { Entries } from './entries.ts';
import type { Faults } from './faults.ts';
import type { OptionKey } from './keys.ts';
import { markValue } from './mark-value.ts';
import { quote } from './quote.ts';
import { wordValue } from './word-value.ts';

type FirewallOptions = Pick<Options, 'firewall' | 'chain' | 'mark'>;

const KINDS = ['nftables', 'nftables-mark', 'iptables', 'firewalld', 'ufw'] as const;

const firewallValue = wordValue<FirewallKind>(KINDS);

const NEEDS: readonly (readonly [key: OptionKey, kind: FirewallKind])[] = [
  ['Chain', 'iptables'],
  ['Mark', 'nftables-mark'],
];

export function firewallOptions(
  entries: Entries<OptionKey>,
  preset: FirewallOptions,
  faults: Faults,
): FirewallOptions {
  const written = entries.read('Firewall', firewallValue, undefined, faults);
  const isFaulty = entries.has('Firewall') && written === undefined;
  const firewall = written ?? preset.firewall;
  if (!isFaulty) refuseUnused(entries, firewall, faults);
  return {
    firewall,
    chain: entries.read('Chain', chainValue, preset.chain, faults),
    mark: entries.read('Mark', markValue, preset.mark, faults),
  };
}

function refuseUnused(entries: Entries<OptionKey>, firewall: FirewallKind, faults: Faults): void {
  for (const [key, kind] of NEEDS) {
    const written = entries.get(key)?.key;
    if (written === undefined || firewall === kind) continue;
    const hint = `write 'Firewall = ${kind}', or leave the line out`;
    faults.report(written, `${quote(written.text)} means nothing to ${firewall}`, hint);
  }
}
