/** What a client sends: a packet as the text of one UDP datagram. */

import { randomBytes, randomInt } from 'node:crypto';
import { fail, ok, type Result } from '../base/result.ts';
import { encodeBase64 } from './base64-text.ts';
import { encryptSalted, SALT_BYTES } from './cipher.ts';
import { type DigestName, digestText } from './digest.ts';
import { MAX_KEY_BYTES } from './key-bytes.ts';
import type { PacketHmac } from './packet-hmac.ts';
import { formatPlain, type PlainFault, parsePlain } from './plain-fields.ts';
import type { SecretKey } from './secret-key.ts';
import { MAX_WIRE_LENGTH, PROTOCOL_VERSION, type SpaMessage, type SpaPacket } from './spa-packet.ts';
import { STRIPPED_PREFIX } from './wire-text.ts';

export interface Sealing {
  /** The passphrase of the cipher, up to 32 bytes. */
  readonly key: SecretKey;
  /** Undefined: without an HMAC, which few daemons take. */
  readonly hmac: PacketHmac | undefined;
  readonly digest: DigestName;
}

/** A field that no daemon would take, `key`: longer than 32 bytes, `length`: longer than a datagram may be. */
export type EncodeFault = PlainFault | 'key' | 'length';

/** `salt` is for tests with known texts only: every packet needs one of its own. */
export function encodePacket(
  packet: SpaPacket,
  { key, hmac, digest }: Sealing,
  salt: Uint8Array = randomBytes(SALT_BYTES),
): Result<string, EncodeFault> {
  if (key.lengthBytes === 0 || key.lengthBytes > MAX_KEY_BYTES) return fail('key');
  const plain = formatPlain(packet);
  const parsed = parsePlain(plain);
  if (!parsed.ok) return parsed;
  const cipherText = encodeBase64(encryptSalted(`${plain}:${digestText(digest, plain)}`, key, salt));
  const tail = hmac === undefined ? '' : hmac.sign(cipherText);
  const wire = cipherText.slice(STRIPPED_PREFIX.length) + tail;
  return wire.length > MAX_WIRE_LENGTH ? fail('length') : ok(wire);
}

/** A packet that is ready to be encoded: with random digits, this version and no server_auth. */
export function newPacket(user: string, timeS: number, message: SpaMessage): SpaPacket {
  const random = Array.from({ length: 16 }, () => randomInt(10)).join('');
  return { random, user, timeS, version: PROTOCOL_VERSION, message, serverAuth: undefined };
}
