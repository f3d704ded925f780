/** A checked configuration as data: what the parser gives and every later stage reads. Times are in milliseconds. */

import type { IpAddress } from '../net/ip-address.ts';
import type { PortRange } from '../net/port-range.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Protocol } from '../net/protocol.ts';
import type { SecretKey } from '../spa/secret-key.ts';
import type { HmacSetting } from '../spa/spa-door.ts';
import type { SequenceShape } from '../spa/totp-sequence.ts';

export interface Step {
  /** 1 to 65535 */
  readonly port: number;
  readonly protocol: Protocol;
}

/** A TCP packet fits when `(flags & mask) === value`; mask 0 fits every packet. Bits as in RFC 9293: FIN 1 … URG 32. */
export interface TcpFlags {
  readonly mask: number;
  readonly value: number;
}

export type Sequence =
  | { readonly kind: 'fixed'; readonly steps: readonly Step[] }
  | { readonly kind: 'one-time'; readonly path: string }
  /** Another one every 30 seconds (docs/totp.md). */
  | { readonly kind: 'totp'; readonly secret: SecretKey; readonly shape: SequenceShape }
  /** No knocks at all: one packet that says who sent it (docs/spa.md). */
  | ({ readonly kind: 'spa' } & SpaSettings);

/** What a door asks of the one packet that opens it. */
export interface SpaSettings {
  /** UDP. */
  readonly port: number;
  /** Passphrase of the cipher. */
  readonly key: SecretKey;
  /** Undefined: `Spa_Unauthenticated = yes`. */
  readonly hmac: HmacSetting | undefined;
  readonly maxAgeMs: number;
  /** Empty: any user. */
  readonly users: readonly string[];
  /** Packets may leave their address open. */
  readonly anySource: boolean;
  /** Packets may carry an MD5 or SHA-1 digest. */
  readonly weakDigests: boolean;
  /** The longest time that a packet may ask for. */
  readonly openForMaxMs: number;
}

/** Shell commands for one address family, `%IP%` not yet replaced; undefined: nothing runs. */
export interface DoorCommands {
  readonly start: string | undefined;
  readonly stop: string | undefined;
}

/** `Open`, `Open_For`: ports that the firewall lets a knocker reach. */
export interface DoorOpening {
  /** At least one. */
  readonly ports: readonly PortRange[];
  /** `forever` is FOREVER_MS. */
  readonly forMs: number;
  /** `Also_Prefix`: an IPv6 knocker's whole prefix of this length is let in; 128: the address alone. */
  readonly ipv6PrefixLength: number;
}

export interface Door {
  readonly name: string;
  readonly sequence: Sequence;
  readonly seqTimeoutMs: number;
  readonly tcpFlags: TcpFlags;
  /** The destination to match instead of this host's own addresses. */
  readonly target: IpAddress | undefined;
  readonly ipv4: DoorCommands;
  /** The `_6` forms with their fall-backs already resolved. */
  readonly ipv6: DoorCommands;
  readonly cmdTimeoutMs: number;
  /** Never beside commands. */
  readonly opening: DoorOpening | undefined;
  /** `Close`: names of doors that this one closes for its knocker. */
  readonly closes: readonly string[];
  /** `Allow_From`: who may use the door; empty: everybody. */
  readonly allowFrom: readonly Prefix[];
}

export type InterfaceChoice =
  /** Nothing was named: `eth0` when it exists, else as `auto`. */
  | { readonly kind: 'default' }
  | { readonly kind: 'any' }
  /** Those that carry a default route. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'named'; readonly names: readonly string[] };

/** One entry of `Ignore_Ports`; `protocol` undefined means both. */
export interface IgnoredPorts {
  readonly first: number;
  readonly last: number;
  readonly protocol: Protocol | undefined;
}

export type FirewallKind = 'nftables' | 'nftables-mark' | 'iptables' | 'firewalld' | 'ufw';

/** `(mark & mask)` becomes `value` for packets that are let in. */
export interface PacketMark {
  readonly value: number;
  readonly mask: number;
}

export interface Options {
  readonly useSyslog: boolean;
  readonly logFile: string | undefined;
  readonly pidFile: string;
  readonly interfaces: InterfaceChoice;
  readonly reorderWindowMs: number;
  readonly maxStrays: number;
  /** 0: scanners are not banned. */
  readonly banTimeMs: number;
  readonly ignorePorts: readonly IgnoredPorts[];
  /** First steps that the attempt table holds. */
  readonly maxAttempts: number;
  readonly onStop: 'close' | 'keep';
  readonly commandTimeoutMs: number;
  readonly stateDir: string;
  /** What doors with `Open` use. */
  readonly firewall: FirewallKind;
  /** Of iptables: where rules are inserted. */
  readonly chain: string;
  /** Of nftables-mark. */
  readonly mark: PacketMark;
  readonly controlSocket: string;
}

export interface Config {
  readonly options: Options;
  /** In the order of the files. Names are unique. */
  readonly doors: readonly Door[];
  /** Every file that was read, the main one first. */
  readonly files: readonly string[];
}

export interface Diagnostic {
  readonly file: string;
  /** From 1. 0 when the file as a whole is meant. */
  readonly line: number;
  /** From 1, in UTF-16 code units. 0 when the line as a whole is meant. */
  readonly column: number;
  readonly message: string;
  readonly hint: string | undefined;
}
