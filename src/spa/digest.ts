/**
 * The seven digests of fwknop's packets, for the digest inside and for the HMAC behind. Neither is named in the packet:
 * its length tells the inner one, the door knows the other.
 */

import { hash } from 'node:crypto';

/** Names as node:crypto has them. */
export const DIGEST_NAMES = ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-512'] as const;

export type DigestName = (typeof DIGEST_NAMES)[number];

interface DigestFacts {
  /** Characters of the digest in base64 without padding. */
  readonly textLength: number;
  /** Bytes that HMAC fills with the key: RFC 2104, and FIPS 202 section 7 for SHA-3. */
  readonly blockBytes: number;
}

const FACTS: Readonly<Record<DigestName, DigestFacts>> = {
  md5: { textLength: 22, blockBytes: 64 },
  sha1: { textLength: 27, blockBytes: 64 },
  sha256: { textLength: 43, blockBytes: 64 },
  sha384: { textLength: 64, blockBytes: 128 },
  sha512: { textLength: 86, blockBytes: 128 },
  'sha3-256': { textLength: 43, blockBytes: 136 },
  'sha3-512': { textLength: 86, blockBytes: 72 },
};

export const MAX_BLOCK_BYTES = 136;

export function digestTextLength(name: DigestName): number {
  return FACTS[name].textLength;
}

export function digestBlockBytes(name: DigestName): number {
  return FACTS[name].blockBytes;
}

/** `sha256`, `SHA3_256` and `sha3-256` alike; undefined for anything else. */
export function parseDigestName(text: string): DigestName | undefined {
  const name = text.toLowerCase().replace('_', '-');
  return DIGEST_NAMES.find((each) => each === name);
}

/** Collisions of these are cheap to make: a door must ask for them. */
export function isWeakDigest(name: DigestName): boolean {
  return name === 'md5' || name === 'sha1';
}

/** Base64 without padding. */
export function digestText(name: DigestName, data: string | Uint8Array): string {
  return hash(name, data, 'base64').slice(0, FACTS[name].textLength);
}

/** The digests whose text has this length, the usual one first. */
export function digestsOfLength(length: number): readonly DigestName[] {
  return DIGEST_NAMES.filter((name) => FACTS[name].textLength === length);
}
