/** Doors, packets and times for tests of single packet authorization. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type IpAddress, parseIpAddress } from '../../src/net/ip-address.ts';
import { encodeBase64 } from '../../src/spa/base64-text.ts';
import { encryptSalted, SALT_BYTES } from '../../src/spa/cipher.ts';
import { type DigestName, digestText } from '../../src/spa/digest.ts';
import { encodePacket, newPacket } from '../../src/spa/encode-packet.ts';
import { PacketHmac } from '../../src/spa/packet-hmac.ts';
import { SecretKey } from '../../src/spa/secret-key.ts';
import type { SpaDoor } from '../../src/spa/spa-door.ts';
import type { PortOf, SpaMessage, SpaPacket } from '../../src/spa/spa-packet.ts';
import { STRIPPED_PREFIX } from '../../src/spa/wire-text.ts';

/** 2026-11-25T08:00:00Z */
export const NOW_MS = 1_795_593_600_000;
export const NOW_S = NOW_MS / 1000;

export const HOME = '198.51.100.7';

export function secret(text: string): SecretKey {
  return new SecretKey(Buffer.from(text));
}

export function address(text: string): IpAddress {
  const parsed = parseIpAddress(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

/** What a packet's fields say of its sender. */
export function from(text: string) {
  const { w0, w1, w2, w3 } = address(text);
  return { src0: w0, src1: w1, src2: w2, src3: w3 };
}

/** A door `ssh` that offers tcp/22 for at most 60 s. */
export function door(changes: Partial<SpaDoor> = {}): SpaDoor {
  return {
    name: 'ssh',
    key: secret('the key of ssh'),
    hmac: { key: secret('the HMAC key of ssh'), type: 'sha256' },
    allowWeakDigests: false,
    maxAgeS: 120,
    users: undefined,
    allowFrom: [],
    anySource: false,
    otherAddress: false,
    ports: [{ protocol: 'tcp', first: 22, last: 22 }],
    maxTimeoutS: 60,
    ...changes,
  };
}

/** `tcp/22` and the like. */
export function port(text: string): PortOf {
  const [protocol, digits] = text.split('/');
  assert.ok(protocol === 'tcp' || protocol === 'udp', text);
  return { protocol, port: Number(digits) };
}

/** `0.0.0.0` as address leaves it open. */
export function access(ports = 'tcp/22', to = HOME, timeoutS?: number): SpaMessage {
  const asked = to === '0.0.0.0' ? undefined : address(to);
  return { kind: 'access', address: asked, ports: ports.split(',').map(port), timeoutS };
}

export function packet(changes: Partial<SpaPacket> = {}): SpaPacket {
  return { ...newPacket('alice', NOW_S, access()), ...changes };
}

/** The datagram with which a client asks this door. */
export function sealed(
  { key, hmac }: SpaDoor,
  what: SpaPacket = packet(),
  digest: DigestName = 'sha256',
): Buffer {
  const seal = hmac && new PacketHmac(hmac.key, hmac.type);
  const wire = encodePacket(what, { key, hmac: seal, digest });
  assert.ok(wire.ok, JSON.stringify(wire));
  return Buffer.from(wire.value);
}

/** A text of fields that need not be good, encrypted and signed as a packet's is. */
export function sealedText({ key, hmac }: SpaDoor, fields: string, digest?: string): Buffer {
  const inner = digest ?? digestText('sha256', fields);
  const cipherText = encodeBase64(encryptSalted(`${fields}:${inner}`, key, randomBytes(SALT_BYTES)));
  const tail = hmac === undefined ? '' : new PacketHmac(hmac.key, hmac.type).sign(cipherText);
  return Buffer.from(cipherText.slice(STRIPPED_PREFIX.length) + tail);
}
