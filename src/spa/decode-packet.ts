/** A datagram's text to what it says, for one pair of keys: for tools and tests. The daemon's way is judge.ts. */

import { fail, type Result } from '../base/result.ts';
import { type OpenFault, type OpenOptions, openPacket } from './open-packet.ts';
import type { PacketHmac } from './packet-hmac.ts';
import type { SecretKey } from './secret-key.ts';
import type { ReceivedPacket } from './spa-packet.ts';
import { isWireLength, type ShapeFault, WireText } from './wire-text.ts';

export type DecodeFault =
  | OpenFault
  | { readonly reason: 'shape'; readonly fault: ShapeFault }
  | { readonly reason: 'bad-hmac' };

export interface Opening extends OpenOptions {
  readonly key: SecretKey;
  readonly hmac: PacketHmac | undefined;
}

export function decodePacket(wire: Uint8Array, opening: Opening): Result<ReceivedPacket, DecodeFault> {
  const text = new WireText();
  const fault = text.load(wire, 0, wire.length);
  if (fault !== undefined) return fail({ reason: 'shape', fault });
  const tailLength = opening.hmac?.tailLength ?? 0;
  if (!isWireLength(text.length, tailLength)) return fail({ reason: 'shape', fault: 'length' });
  if (opening.hmac !== undefined && !opening.hmac.matches(text)) return fail({ reason: 'bad-hmac' });
  return openPacket(text.cipherText(tailLength), opening.key, opening);
}
