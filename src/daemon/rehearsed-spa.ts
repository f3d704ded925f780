/**
 * The rehearsal's packets to a door with single packet authorization: a flood of forged ones, and among them some with the
 * right keys, copies of these, and what is none at all.
 */

import { randomBytes } from 'node:crypto';
import { wallMs } from '../base/clock.ts';
import { MAPPED_WORD } from '../net/ip-address.ts';
import { encodePacket, newPacket, type Sealing } from '../spa/encode-packet.ts';
import { PacketHmac } from '../spa/packet-hmac.ts';
import { ReplayStore } from '../spa/replay-store.ts';
import { SecretKey } from '../spa/secret-key.ts';
import type { Counters } from './counters.ts';
import { momentNow as now } from './moment-now.ts';
import type { Act } from './rehearsal.ts';
import { RehearsalFrames } from './rehearsal-frames.ts';
import { RehearsalParts } from './rehearsal-parts.ts';
import { SpaDesk } from './spa-desk.ts';
import { SpaWatch } from './spa-watch.ts';

/** Enough that V8 has compiled all of it. */
const BATCHES = 120;
const BATCH_PACKETS = 64;
const FORGED = 16;
/** A judge does something more at a length that it meets for the first time. */
const USER_LENGTHS = 60;
/** Longer than any of the packets. */
const PAYLOAD_BYTES = 400;

const PORT = 62_201;
const OWN = { w0: 0, w1: 0, w2: MAPPED_WORD, w3: 0x0a000001 };
const FIRST_SOURCE = 0x0b000000;
const MAX_AGE_S = 120;

const ASKED = [{ protocol: 'tcp', port: 22 }] as const;
const NOT_A_PACKET = Buffer.from('what is sent to any port by those who look for one');

export class RehearsedSpa implements Act {
  readonly #frames = new RehearsalFrames(BATCH_PACKETS, PAYLOAD_BYTES);
  readonly #parts: RehearsalParts;
  readonly #watch: SpaWatch;
  readonly #keys = newKeys();
  readonly #forged: readonly Buffer[];
  #batch = 0;

  constructor(counters: Counters) {
    const { cipher, hmac, sealing } = this.#keys;
    const keys = `Spa_Port = ${PORT}\nSpa_Key = plain:${cipher}\nSpa_Hmac_Key = plain:${hmac}\n`;
    const parts = new RehearsalParts(`[rehearsal]\n${keys}Open = tcp/22\nOpen_For = 1s\n`, counters);
    this.#parts = parts;
    this.#watch = watchOf(parts);
    const others = { ...sealing, hmac: newKeys().sealing.hmac };
    this.#forged = Array.from({ length: FORGED }, () => packetOf(others, FIRST_SOURCE, 0));
  }

  play(): boolean {
    const first = FIRST_SOURCE + this.#batch * BATCH_PACKETS;
    const good = packetOf(this.#keys.sealing, first, this.#batch % USER_LENGTHS);
    const packets = Array.from({ length: BATCH_PACKETS }, (_, at) => ({
      source: { ...OWN, w3: at % 32 === 0 ? first : first + at },
      destination: OWN,
      protocol: 'udp' as const,
      port: PORT,
      payload: at % 32 === 0 ? good : at % 32 === 16 ? NOT_A_PACKET : this.#forged[at % FORGED]!,
    }));
    this.#frames.fill(packets, wallMs());
    this.#watch.take(this.#frames.batch);
    this.#parts.grants.expire(now());
    return ++this.#batch < BATCHES;
  }

  end(): void {
    this.#watch.stop();
  }
}

function watchOf({ config, audience, opener }: RehearsalParts): SpaWatch {
  const desk = new SpaDesk({
    audience,
    open: (door, address, forMs) => opener.open(door, address, forMs),
    failed: () => undefined,
    gone: () => undefined,
  });
  desk.setDoors(config.doors, ReplayStore.inMemory({ maxAgeS: MAX_AGE_S }));
  const watch = new SpaWatch({ desk, onlyIpv4: false });
  watch.setOwnAddresses([OWN]);
  return watch;
}

function newKeys(): { readonly cipher: string; readonly hmac: string; readonly sealing: Sealing } {
  const [cipher, hmac] = [randomText(), randomText()];
  const sealing = {
    key: new SecretKey(Buffer.from(cipher)),
    hmac: new PacketHmac(new SecretKey(Buffer.from(hmac)), 'sha256'),
    digest: 'sha256',
  } as const;
  return { cipher, hmac, sealing };
}

function randomText(): string {
  return randomBytes(16).toString('hex');
}

function packetOf(sealing: Sealing, source: number, userLength: number): Buffer {
  const address = { ...OWN, w3: source };
  const user = 'u'.padEnd(userLength, 's');
  const message = { kind: 'access', address, ports: ASKED, timeoutS: undefined } as const;
  const wire = encodePacket(newPacket(user, Math.floor(wallMs() / 1000), message), sealing);
  if (!wire.ok) throw new Error(`the rehearsal's packet: ${wire.error}`);
  return Buffer.from(wire.value);
}
