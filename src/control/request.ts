/** What a program may ask the daemon for. docs/control.md describes each as it travels. */

import type { IpAddress } from '../net/ip-address.ts';
import type { Prefix } from '../net/prefix.ts';

/** Raised when an old program could misread a message; new fields and kinds alone do not raise it. */
export const PROTOCOL_VERSION = 1;

export type ControlRequest =
  | { readonly kind: 'status'; readonly showSecrets: boolean }
  /** `source`: one address, or all of a prefix. */
  | { readonly kind: 'explain'; readonly source: Prefix; readonly showSecrets: boolean }
  /** `forMs` undefined: as long as the door says. FOREVER_MS: no end. */
  | {
      readonly kind: 'open';
      readonly door: string;
      readonly source: IpAddress;
      readonly forMs: number | undefined;
    }
  /** `source` undefined: everybody's. */
  | { readonly kind: 'close'; readonly door: string; readonly source: Prefix | undefined }
  /** `forMs` undefined: as long as scanners are banned, or an hour where they are not. */
  | { readonly kind: 'ban'; readonly prefix: Prefix; readonly forMs: number | undefined }
  | { readonly kind: 'unban'; readonly prefix: Prefix }
  | { readonly kind: 'reload' }
  /** Events follow the answer for as long as the connection stands. */
  | { readonly kind: 'watch' };

/** Chosen by whoever asks; the answer carries it again. */
export type RequestId = string | number;
