/** A cipher text whose HMAC was good, to what it says. Any text gives a packet or a fault, never a throw. */

import { fail, ok, type Result } from '../base/result.ts';
import { decodeBase64 } from './base64-text.ts';
import { decryptSalted } from './cipher.ts';
import { type DigestName, digestsOfLength, digestText, isWeakDigest } from './digest.ts';
import { type PlainFault, parsePlain } from './plain-fields.ts';
import type { SecretKey } from './secret-key.ts';
import type { ReceivedPacket } from './spa-packet.ts';

export type OpenFault =
  /** Base64 with bits set that say nothing: no client writes it. */
  | { readonly reason: 'not-canonical' }
  /** Another key, most likely. */
  | { readonly reason: 'not-decrypted' }
  | { readonly reason: 'weak-digest'; readonly digest: DigestName }
  | { readonly reason: 'digest-mismatch' }
  | { readonly reason: 'malformed'; readonly field: PlainFault };

export interface OpenOptions {
  /** Whether MD5 and SHA-1 count as digests. */
  readonly allowWeakDigests: boolean;
}

/** `cipherText` is C with its prefix, without an HMAC. */
export function openPacket(
  cipherText: string,
  key: SecretKey,
  { allowWeakDigests }: OpenOptions,
): Result<ReceivedPacket, OpenFault> {
  const salted = decodeBase64(cipherText);
  if (salted === undefined) return fail({ reason: 'not-canonical' });
  const plain = decryptSalted(salted, key)?.toString('latin1');
  if (plain === undefined) return fail({ reason: 'not-decrypted' });
  const colon = plain.lastIndexOf(':');
  const [fields, given] = [plain.slice(0, Math.max(colon, 0)), plain.slice(colon + 1)];
  const names = digestsOfLength(given.length);
  const weak = names.find(isWeakDigest);
  if (weak !== undefined && !allowWeakDigests) return fail({ reason: 'weak-digest', digest: weak });
  const digest = names.find((name) => digestText(name, Buffer.from(fields, 'latin1')) === given);
  if (digest === undefined) return fail({ reason: 'digest-mismatch' });
  const packet = parsePlain(fields);
  if (!packet.ok) return fail({ reason: 'malformed', field: packet.error });
  return ok({ ...packet.value, digest });
}
