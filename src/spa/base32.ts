/** Base32, RFC 4648 section 6: secrets as authenticator apps show them. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * In any case, with or without padding, spaces and hyphens between groups. Undefined for other characters, for lengths that
 * no bytes have, and where bits are set that say nothing.
 */
export function decodeBase32(text: string): Uint8Array | undefined {
  const digits = text
    .toUpperCase()
    .replace(/[ -]/g, '')
    .replace(/={0,6}$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 5) / 8));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const digit of digits) {
    const value = ALPHABET.indexOf(digit);
    if (value < 0) return undefined;
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = bits >>> count;
  }
  const isWhole = count < 5 && (bits & ((1 << count) - 1)) === 0;
  return isWhole ? bytes : undefined;
}

/** Without padding. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let count = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff;
    count += 8;
    for (; count >= 5; count -= 5) text += ALPHABET[(bits >>> (count - 5)) & 31];
  }
  return count === 0 ? text : text + ALPHABET[(bits << (5 - count)) & 31];
}
