/**
 * AES-256-CBC with a salted key, as `openssl enc -aes-256-cbc -md md5` does it: key and IV are EVP_BytesToKey with MD5
 * and one round. That derivation is no protection for a weak passphrase; the HMAC in front of it is what keeps strangers out.
 */

import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { SecretKey } from './secret-key.ts';

/** `Salted__`; its base64 begins every cipher text, and is what the wire leaves out. */
export const SALT_MARK = Buffer.from('Salted__');
export const SALT_BYTES = 8;
export const BLOCK_BYTES = 16;

const ALGORITHM = 'aes-256-cbc';
const KEY_BYTES = 32;
const IV_BYTES = 16;

/** Mark, salt and cipher text. */
export function encryptSalted(plain: string, key: SecretKey, salt: Uint8Array): Buffer {
  const material = deriveKey(key.reveal(), salt);
  const cipher = createCipheriv(ALGORITHM, material.key, material.iv);
  return Buffer.concat([SALT_MARK, salt, cipher.update(plain, 'utf8'), cipher.final()]);
}

/** Undefined when the padding says that it was another key. `salted` begins with the mark and the salt. */
export function decryptSalted(salted: Uint8Array, key: SecretKey): Buffer | undefined {
  const at = SALT_MARK.length + SALT_BYTES;
  const material = deriveKey(key.reveal(), salted.subarray(SALT_MARK.length, at));
  const decipher = createDecipheriv(ALGORITHM, material.key, material.iv);
  try {
    return Buffer.concat([decipher.update(salted.subarray(at)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** D1 = MD5(pass|salt), Dn = MD5(Dn-1|pass|salt): EVP_BytesToKey(3) with a count of 1. */
function deriveKey(passphrase: Uint8Array, salt: Uint8Array): { readonly key: Buffer; readonly iv: Buffer } {
  let last = Buffer.alloc(0);
  let all = Buffer.alloc(0);
  while (all.length < KEY_BYTES + IV_BYTES) {
    last = createHash('md5').update(last).update(passphrase).update(salt).digest();
    all = Buffer.concat([all, last]);
  }
  return { key: all.subarray(0, KEY_BYTES), iv: all.subarray(KEY_BYTES, KEY_BYTES + IV_BYTES) };
}
