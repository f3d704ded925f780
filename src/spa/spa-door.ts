/** What a door asks of packets. Plain data, made once from the configuration. */

import type { IpAddress } from '../net/ip-address.ts';
import type { Protocol } from '../net/protocol.ts';
import type { DigestName } from './digest.ts';
import type { SecretKey } from './secret-key.ts';

/** Ports from `first` to `last`, both included. */
export interface OfferedPorts {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
}

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
  /** Whether packets may come from there (`Allow_From`); undefined: from anywhere. */
  readonly allowsSource: ((source: IpAddress) => boolean) | undefined;
  /** Packets may leave their address open: they open for wherever they, or copies of them, come from first. */
  readonly anySource: boolean;
  /** Packets may come from another address than the one that they open for. */
  readonly otherAddress: boolean;
  readonly offers: readonly OfferedPorts[];
  /** The longest timeout that a packet may ask for. */
  readonly maxTimeoutS: number;
}
