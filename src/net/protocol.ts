/** Transport protocols that a knock can use, and their numbers in the IP header (RFC 9293, RFC 768). */

export type Protocol = 'tcp' | 'udp';

export const TCP = 6;
export const UDP = 17;

export const MAX_PORT = 65_535;

/** `tcp` or `udp` in any case; undefined for anything else. */
export function parseProtocol(text: string): Protocol | undefined {
  const lower = text.toLowerCase();
  return lower === 'tcp' || lower === 'udp' ? lower : undefined;
}

/** A port from 1 to 65535 in decimal digits; undefined for anything else (0 included: nothing can be sent to it). */
export function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= MAX_PORT ? port : undefined;
}
