/** What `knock --spa` asks a server for, and the packet that says so. Pure but for its random parts. */

import { fail, ok, type Result } from '../base/result.ts';
import type { IpAddress } from '../net/ip-address.ts';
import { MAX_PORT } from '../net/protocol.ts';
import type { DigestName } from '../spa/digest.ts';
import { encodePacket, newPacket } from '../spa/encode-packet.ts';
import { PacketHmac } from '../spa/packet-hmac.ts';
import type { SecretKey } from '../spa/secret-key.ts';
import type { PortOf } from '../spa/spa-packet.ts';
import type { UsageError } from './plan.ts';

/** Where fwknopd and Postern listen. */
export const DEFAULT_SPA_PORT = 62_201;

export interface SpaRequest {
  /** UDP. */
  readonly port: number;
  readonly key: SecretKey;
  readonly hmac: { readonly key: SecretKey; readonly type: DigestName } | undefined;
  readonly user: string;
  /** What to open; one at least. */
  readonly access: readonly PortOf[];
  /** Seconds; undefined: as long as the server's door says. */
  readonly forS: number | undefined;
}

/**
 * The text of one datagram, for one use.
 * @param own what to open for; undefined: wherever the packet comes from
 * @param nowMs wall clock
 */
export function sealRequest(
  { key, hmac, user, access, forS }: SpaRequest,
  own: IpAddress | undefined,
  nowMs: number,
): Result<string, UsageError> {
  const message = { kind: 'access', address: own, ports: access, timeoutS: forS } as const;
  const seal = hmac === undefined ? undefined : new PacketHmac(hmac.key, hmac.type);
  const packet = newPacket(user, Math.floor(nowMs / 1000), message);
  const wire = encodePacket(packet, { key, hmac: seal, digest: 'sha256' });
  if (wire.ok) return ok(wire.value);
  return fail({
    message: `the request does not fit into a packet: ${wire.error}`,
    hint: 'ask for fewer ports, or use a shorter name or key',
  });
}

/** `tcp/22,udp/53`. */
export function parseAccess(text: string): Result<readonly PortOf[], UsageError> {
  const ports: PortOf[] = [];
  for (const word of text.split(',')) {
    const [, protocol, digits = ''] = /^(tcp|udp)\/(\d{1,5})$/i.exec(word.trim()) ?? [];
    const port = Number(digits);
    if (protocol === undefined || port < 1 || port > MAX_PORT) {
      const message = `access '${word.trim()}': expected tcp/PORT or udp/PORT`;
      return fail({ message, hint: "write '--access tcp/22', with commas between several" });
    }
    ports.push({ protocol: protocol.toLowerCase() === 'udp' ? 'udp' : 'tcp', port });
  }
  return ok(ports);
}
