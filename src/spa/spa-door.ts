/** What a door asks of packets. Plain data, made once from the configuration. */

import type { PortRange } from '../net/port-range.ts';
import type { Prefix } from '../net/prefix.ts';
import type { DigestName } from './digest.ts';
import type { SecretKey } from './secret-key.ts';

export interface HmacSetting {
  readonly key: SecretKey;
  readonly type: DigestName;
}

export interface SpaDoor {
  readonly name: string;
  /** Passphrase of the cipher. */
  readonly key: SecretKey;
  /** Undefined only where `Spa_Unauthenticated = yes` says so. */
  readonly hmac: HmacSetting | undefined;
  readonly allowWeakDigests: boolean;
  readonly maxAgeS: number;
  /** Undefined: any user. */
  readonly users: readonly string[] | undefined;
  /** `Allow_From`: where packets may come from; empty: anywhere. */
  readonly allowFrom: readonly Prefix[];
  /** Packets may leave their address open: they open for wherever they, or copies of them, come from first. */
  readonly anySource: boolean;
  /** Packets may come from another address than the one that they open for. */
  readonly otherAddress: boolean;
  /** `Open`: what packets may ask for. */
  readonly ports: readonly PortRange[];
  /** The longest timeout that a packet may ask for. */
  readonly maxTimeoutS: number;
}
