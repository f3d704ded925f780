/** The backend that the configuration names. */

import { OpError } from '../base/op-error.ts';
import type { Options } from '../config/config.ts';
import type { Firewall } from './firewall.ts';

/** @throws OpError when there is no such backend on this machine */
export function createFirewall({ firewall }: Pick<Options, 'firewall' | 'chain' | 'mark'>): Firewall {
  throw new OpError({ op: 'use the firewall', target: firewall, code: 'ENOSYS' });
}
