/** What the matcher needs to know of a door. A door whose `steps` are empty is switched off. */

import type { Step, TcpFlags } from '../config/config.ts';
import type { IpAddress } from '../net/ip-address.ts';

export interface KnockDoor {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly seqTimeoutMs: number;
  readonly tcpFlags: TcpFlags;
  /** The destination to match instead of this host's own addresses. */
  readonly target: IpAddress | undefined;
}
