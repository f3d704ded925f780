/** What the prober on the sender's host is told, and what it answers: a line of JSON each. Times in milliseconds. */

export interface Round {
  /** Whose address the knocks, and the connection, come from. */
  readonly from: string;
  readonly to: string;
  /** UDP datagrams; time counts from the last of them. */
  readonly knocks: readonly { readonly port: number; readonly text: string }[];
  /** TCP: connected to again and again until it answers. Without it nothing is waited for. */
  readonly opens?: number;
  readonly giveUpMs: number;
}

export interface Answer {
  /** `process.hrtime` just before the last knock was sent: the same clock for all processes. */
  readonly lastKnockNs: string;
  /** null: did not open in time, or nothing was waited for. */
  readonly openMs: number | null;
}
