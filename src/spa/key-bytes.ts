/** Keys by their bytes: how long they may be, and new ones. */

import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../base/result.ts';
import type { KeyFault } from './key-fault.ts';
import { SecretKey } from './secret-key.ts';

/** What fwknop takes as passphrase: its clients refuse more. */
export const MAX_KEY_BYTES = 32;

/** What fwknop takes as HMAC key: its clients use no more of it. */
const MAX_HMAC_KEY_BYTES = 128;

/** Whoever records a packet can try keys at leisure: what is shorter falls soon, even when it is random. */
const MIN_KEY_BYTES = 8;

/** As the key generator of fwknop makes them. */
const NEW_KEY_BYTES = 32;
const NEW_HMAC_KEY_BYTES = 64;

/** `cipher`: the passphrase (`Spa_Key`); `hmac`: `Spa_Hmac_Key`. */
export type KeyUse = 'cipher' | 'hmac';

export function keyOfBytes(bytes: Uint8Array, use: KeyUse): Result<SecretKey, KeyFault> {
  const most = use === 'cipher' ? MAX_KEY_BYTES : MAX_HMAC_KEY_BYTES;
  if (bytes.length >= MIN_KEY_BYTES && bytes.length <= most) return ok(new SecretKey(bytes));
  const name = use === 'cipher' ? 'key' : 'HMAC key';
  return fail({
    message: `the ${name} has ${bytes.length} bytes, expected ${MIN_KEY_BYTES} to ${most}`,
    hint: `use ${use === 'cipher' ? NEW_KEY_BYTES : NEW_HMAC_KEY_BYTES} random bytes in base64`,
  });
}

export function newKey(use: KeyUse): SecretKey {
  return new SecretKey(randomBytes(use === 'cipher' ? NEW_KEY_BYTES : NEW_HMAC_KEY_BYTES));
}

/** The key itself, as configurations write it: only for whom it is made for. */
export function formatKey(key: SecretKey): string {
  return `base64:${Buffer.from(key.reveal()).toString('base64')}`;
}
