/** Mutated packets and mutated fields through the judge. POSTERN_FUZZ_SPA sets how many. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpaJudge } from '../../src/spa/judge.ts';
import { openPacket } from '../../src/spa/open-packet.ts';
import { formatPlain, parsePlain } from '../../src/spa/plain-fields.ts';
import { refusalText } from '../../src/spa/refusal-text.ts';
import { ReplayWindow } from '../../src/spa/replay-window.ts';
import type { SpaDoor } from '../../src/spa/spa-door.ts';
import type { SpaMessage } from '../../src/spa/spa-packet.ts';
import type { SpaVerdict } from '../../src/spa/verdict.ts';
import { type SeededRandom, seededRandom, seedFromEnvironment } from '../support/seeded-random.ts';
import {
  access,
  address,
  door,
  from,
  HOME,
  NOW_MS,
  NOW_S,
  packet,
  port,
  sealed,
  sealedText,
} from '../support/spa-yard.ts';

const { POSTERN_FUZZ_SPA } = process.env;
const PACKETS = Number(POSTERN_FUZZ_SPA ?? 40_000);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** What fields are made of, and what must not be among it. */
const FIELD_BYTES = [...'0123456789:+/=,.AZaz-_ \n\0\xff'];
/** Wires are mutated many times before new ones are made. */
const MUTANTS_OF_EACH = 50;
/** Packets that a judge takes without time passing. */
const FEWER_THAN_ITS_RATE = 200;

test(`${PACKETS} mutated packets: each has a reason, none with a changed byte is taken, none is decrypted unsigned`, (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed} POSTERN_FUZZ_SPA=${PACKETS}`);
  const tally = new Map<string, number>();
  let opened = 0;
  const doors = [door(), door({ name: 'long', hmac: { key: door().key, type: 'sha512' } })];
  const judge = new SpaJudge(doors, new ReplayWindow({ maxAgeS: 120 }), (...args) => {
    opened++;
    return openPacket(...args);
  });
  let whole = sealed(door());
  for (let i = 0; i < PACKETS; i++) {
    if (i % MUTANTS_OF_EACH === 0) whole = sealed(random.pick(doors), anyPacket(random));
    const mutant = mutated(whole, random);
    const verdict = judge.packet(mutant, 0, mutant.length, from(HOME), NOW_MS);
    count(tally, verdict);
    if (!mutant.equals(whole))
      assert.equal(opened, 0, `seed ${random.seed}, packet ${i}: ${mutant.toString('latin1')}`);
    opened = 0;
  }
  t.diagnostic(JSON.stringify(Object.fromEntries(tally)));
});

test(`${PACKETS} packets with mutated fields and good HMACs: each is taken as it reads, or has a reason`, (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed}`);
  const tally = new Map<string, number>();
  const open = door({
    anySource: true,
    otherAddress: true,
    ports: [{ protocol: 'tcp', first: 1, last: 65_535 }],
  });
  let judge = newJudge(open);
  for (let i = 0; i < PACKETS; i++) {
    if (i % FEWER_THAN_ITS_RATE === 0) judge = newJudge(open);
    const fields = mutatedFields(formatPlain(anyPacket(random)), random);
    const wire = sealedText(open, fields);
    const verdict = judge.packet(wire, 0, wire.length, from(HOME), NOW_MS);
    count(tally, verdict);
    if (verdict.kind === 'accepted')
      checkTaken(fields, `seed ${random.seed}, packet ${i}: ${JSON.stringify(fields)}`);
  }
  t.diagnostic(JSON.stringify(Object.fromEntries(tally)));
  assert.ok((tally.get('accepted') ?? 0) > 0 && (tally.get('malformed') ?? 0) > 0);
});

function newJudge(open: SpaDoor): SpaJudge {
  return new SpaJudge([open], new ReplayWindow({ maxAgeS: 120 }));
}

/** What was taken has no second reading: it is what the formatter would have written. */
function checkTaken(fields: string, where: string): void {
  const parsed = parsePlain(fields);
  assert.ok(parsed.ok, where);
  const again = formatPlain(parsed.value);
  if (again === fields) return;
  // IPv6 addresses have several texts; all else has one.
  assert.deepEqual(parsePlain(again), parsed, where);
  assert.deepEqual(again.split(':').toSpliced(5, 1), fields.split(':').toSpliced(5, 1), where);
}

function count(tally: Map<string, number>, verdict: SpaVerdict): void {
  if (verdict.kind === 'refused') assert.ok(refusalText(verdict.refusal).what.length > 0);
  const name = verdict.kind === 'accepted' ? verdict.kind : verdict.refusal.reason;
  tally.set(name, (tally.get(name) ?? 0) + 1);
}

function anyPacket(random: SeededRandom) {
  const timeoutS = random.oneIn(2) ? 1 + random.below(100) : undefined;
  const nat = { host: '10.0.0.1', port: 22 };
  const ports = [port('tcp/22'), ...(random.oneIn(2) ? [port('udp/53')] : [])];
  const message: SpaMessage = random.pick([
    access('tcp/22', HOME, timeoutS),
    access('tcp/22,tcp/443', '0.0.0.0', timeoutS),
    access('tcp/22', '2001:db8::7', timeoutS),
    { kind: 'nat', address: address(HOME), ports, timeoutS, nat },
    { kind: 'local-nat', address: address(HOME), ports, timeoutS, nat },
    { kind: 'command', address: address(HOME), command: 'id -u' },
  ]);
  const serverAuth = random.oneIn(3) ? 'crypt,secret' : undefined;
  return packet({ message, serverAuth, timeS: NOW_S + random.below(400) - 200 });
}

/** One to four changes; at times none that shows. */
function mutated(wire: Buffer, random: SeededRandom): Buffer {
  let bytes = Buffer.from(wire);
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = random.below(bytes.length + 1);
    const length = random.below(40);
    switch (random.below(7)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
      case 2:
        bytes[at] = ALPHABET.charCodeAt(random.below(64));
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), random.bytes(length), bytes.subarray(at)]);
        break;
      case 5:
        bytes.copyWithin(at, random.below(bytes.length + 1));
        break;
      default:
        bytes = Buffer.from(bytes.subarray(0, at));
    }
  }
  return bytes;
}

function mutatedFields(fields: string, random: SeededRandom): string {
  const parts = fields.split(':');
  const at = random.below(parts.length);
  const part = parts[at]!;
  const place = random.below(part.length + 1);
  switch (random.below(8)) {
    case 0:
      return fields;
    case 1:
      return parts.toSpliced(at, 1).join(':');
    case 2:
      return parts.toSpliced(at, 0, random.pick(parts)).join(':');
    case 3:
      return parts.toSpliced(at, 1, random.pick(parts)).join(':');
    case 4:
      return parts
        .toSpliced(at, 1, part.slice(0, place) + random.pick(FIELD_BYTES) + part.slice(place + 1))
        .join(':');
    case 5:
      return parts
        .toSpliced(at, 1, part.slice(0, place) + random.pick(FIELD_BYTES) + part.slice(place))
        .join(':');
    case 6:
      return parts.toSpliced(at, 1, part.slice(0, place)).join(':');
    default:
      return fields.slice(0, random.below(fields.length));
  }
}
