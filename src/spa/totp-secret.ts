/** `Totp_Secret`: base32, long enough that nobody finds it by trying. */

import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../base/result.ts';
import { decodeBase32, encodeBase32 } from './base32.ts';
import type { KeyFault } from './key-fault.ts';
import { SecretKey } from './secret-key.ts';

/** RFC 4226 section 4, R6: at least 128 bits. */
const MIN_BYTES = 16;
/** The block of SHA-256: longer keys are hashed first and gain nothing. */
const MAX_BYTES = 64;
/** RFC 4226 section 4, R6: 160 bits are recommended; 32 characters. */
const NEW_BYTES = 20;

export function parseTotpSecret(text: string): Result<SecretKey, KeyFault> {
  const bytes = decodeBase32(text.trim());
  if (bytes === undefined) {
    return fail({
      message: 'the secret is not base32',
      hint: 'base32 has the letters A to Z and the digits 2 to 7',
    });
  }
  if (bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES) return ok(new SecretKey(bytes));
  return fail({
    message: `the secret has ${bytes.length} bytes, expected ${MIN_BYTES} to ${MAX_BYTES}`,
    hint: `use ${NEW_BYTES} random bytes: 32 characters of base32`,
  });
}

export function newTotpSecret(): SecretKey {
  return new SecretKey(randomBytes(NEW_BYTES));
}

/** The secret itself: only for whom it is made for. */
export function formatTotpSecret(secret: SecretKey): string {
  return encodeBase32(secret.reveal());
}
