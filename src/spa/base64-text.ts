/** Standard base64 (RFC 4648 section 4) without padding, as fwknop writes every field. */

/** Text is taken as UTF-8. */
export function encodeBase64(data: string | Uint8Array): string {
  const base64 = Buffer.from(data as Uint8Array).toString('base64');
  const padding = base64.indexOf('=');
  return padding < 0 ? base64 : base64.slice(0, padding);
}

/** Undefined unless this is the one text that `encodeBase64` gives: unused bits must be 0 (section 3.5). */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return encodeBase64(bytes) === text ? bytes : undefined;
}
