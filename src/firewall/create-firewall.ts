/** The backend that the configuration names. */

import type { Options } from '../config/config.ts';
import type { Firewall, Reconciled } from './firewall.ts';
import { Firewalld } from './firewalld.ts';
import { Iptables } from './iptables.ts';
import { NftablesFirewall } from './nftables.ts';
import { Ufw } from './ufw.ts';

export type FirewallSettings = Pick<Options, 'firewall' | 'chain' | 'mark'>;

/**
 * @param repaired somebody else had taken Postern's part of the firewall away; it is back, with these grants
 */
export function createFirewall(
  { firewall, chain, mark }: FirewallSettings,
  repaired: (what: Reconciled) => void,
): Firewall {
  switch (firewall) {
    case 'nftables':
      return new NftablesFirewall({ policy: { kind: 'guard' }, repaired });
    case 'nftables-mark':
      return new NftablesFirewall({ policy: { kind: 'mark', mark }, repaired });
    case 'iptables':
      return new Iptables({ chain, repaired });
    case 'firewalld':
      return new Firewalld({ repaired });
    case 'ufw':
      return new Ufw({ repaired });
  }
}
