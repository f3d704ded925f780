/**
 * Names of doors as nftables takes them. A door's name is any printable text up to 128 bytes; an identifier has letters,
 * digits and `_`, a comment 128 bytes without quotation marks.
 */

import { createHash } from 'node:crypto';

/** Part of the name that is kept for readers. */
const READABLE_LENGTH = 24;
/** Digits that tell names apart that look alike: 64 bits. */
const DIGEST_LENGTH = 16;
/** NFTNL_UDATA_COMMENT_MAXLEN. */
const MAX_COMMENT_BYTES = 128;

/** Names are asked for at each opening, and a digest takes as long as all else that it needs. */
const identifiers = new Map<string, string>();
const MAX_IDENTIFIERS = 16_384;

/** The same for the same name, another one for another; begins with `door_`, which no other name of the table does. */
export function doorIdentifier(name: string): string {
  const known = identifiers.get(name);
  if (known !== undefined) return known;
  if (identifiers.size >= MAX_IDENTIFIERS) identifiers.clear();
  const identifier = newIdentifier(name);
  identifiers.set(name, identifier);
  return identifier;
}

function newIdentifier(name: string): string {
  const readable = name.replace(/[^a-zA-Z0-9]+/g, '_').slice(0, READABLE_LENGTH);
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH);
  return `door_${readable}_${digest}`;
}

/** The name, with `%22` for a quotation mark and the like; undefined when it is too long to stand in a comment. */
export function commentOf(name: string): string | undefined {
  const comment = name.replace(/["%\p{Cc}]/gu, encodeURIComponent);
  return Buffer.byteLength(comment) <= MAX_COMMENT_BYTES ? comment : undefined;
}

/** What `commentOf` was made from; the text itself where somebody else wrote it. */
export function nameFromComment(comment: string): string {
  try {
    return decodeURIComponent(comment);
  } catch {
    return comment;
  }
}
