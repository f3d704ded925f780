/** What the generator on the sender's host is told, and what it says in the end: a line of JSON each. */

/** SYNs, made as they are sent. */
export interface SynFlood {
  /** Of the receiver; six bytes. */
  readonly mac: readonly number[];
  /** Of the receiver; four bytes, or sixteen. */
  readonly address: readonly number[];
  /** Different source addresses, in turn. */
  readonly sources: number;
  /** Default 0. */
  readonly firstSource?: number;
  /** Destination ports, in turn. */
  readonly ports: readonly number[];
}

/** The frames of a capture file, in turn, whatever their times. */
export interface FileFlood {
  readonly file: string;
}

export interface GeneratorWish {
  readonly interfaceIndex: number;
  readonly flood: SynFlood | FileFlood;
  /** Without it until SIGINT. */
  readonly packets?: number;
  /** Without it as fast as it goes. */
  readonly perSecond?: number;
}

export interface Played {
  readonly packets: number;
  readonly perSecond: number;
}
