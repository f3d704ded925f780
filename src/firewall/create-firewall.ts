/** The backend that the configuration names. */

import { OpError } from '../base/op-error.ts';
import type { Options } from '../config/config.ts';
import type { Firewall, Reconciled } from './firewall.ts';
import { Iptables } from './iptables.ts';
import { NftablesFirewall } from './nftables.ts';

export type FirewallSettings = Pick<Options, 'firewall' | 'chain' | 'mark'>;

/**
 * @param repaired somebody else had taken Postern's part of the firewall away; it is back, with these grants
 * @throws OpError when there is no such backend on this machine
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
    case 'ufw':
      throw new OpError({ op: 'use the firewall', target: firewall, code: 'ENOSYS' });
  }
}
