/** The `Spa_` keys: a door that one authenticated packet opens. */

import { MAX_PORT } from '../net/protocol.ts';
import { DIGEST_NAMES, type DigestName, parseDigestName } from '../spa/digest.ts';
import { parseKey } from '../spa/key-text.ts';
import type { SecretKey } from '../spa/secret-key.ts';
import type { Sequence } from './config.ts';
import { countValue } from './count-value.ts';
import { durationText, durationValue } from './duration-value.ts';
import type { Entries } from './entries.ts';
import type { Faults } from './faults.ts';
import { DOOR_KEYS, type DoorKey } from './keys.ts';
import { listValue } from './list-value.ts';
import type { Piece } from './piece.ts';
import { isPlainValue } from './plain-text.ts';
import { quote } from './quote.ts';
import { secretValue } from './secret-value.ts';
import { wordValue } from './word-value.ts';

/** Beside `Spa_Key`. */
export const SPA_KEYS: readonly DoorKey[] = [
  'Spa_Port',
  'Spa_Hmac_Key',
  'Spa_Hmac_Type',
  'Spa_User',
  'Spa_Max_Age',
  'Spa_Any_Source',
  'Spa_Weak_Digests',
  'Spa_Unauthenticated',
  'Open_For_Max',
];

/** Where fwknop's clients send to. */
const DEFAULT_PORT = 62_201;
/** What fwknopd allows. */
const DEFAULT_MAX_AGE_MS = 120_000;
/** What a packet has room for. */
const MAX_USER_BYTES = 64;
const MAX_USERS = 1024;

const spaPort = countValue(1, MAX_PORT);
const maxAge = durationValue({ unit: 's', leastMs: 1000, greatestMs: 86_400_000 });
const openForMax = durationValue({ unit: 's', leastMs: 1000, greatestMs: 365 * 86_400_000 });
const yesNo = wordValue(['yes', 'no'] as const);
const cipherKey = secretValue((text) => parseKey(text, 'cipher'));
const hmacKey = secretValue((text) => parseKey(text, 'hmac'));

const userList = listValue<string>({
  most: MAX_USERS,
  tooMany: 'there are too many users',
  hint: `there may be ${MAX_USERS}; without 'Spa_User' any user may come in`,
  element: user,
  keyOf: (name) => name,
  what: 'user',
});

/** @param openForMs of `Open_For`; undefined: the door runs commands */
export function spaOf(
  entries: Entries<DoorKey>,
  openForMs: number | undefined,
  faults: Faults,
): Sequence | undefined {
  const key = entries.read('Spa_Key', cipherKey, undefined, faults);
  const hmac = hmacOf(entries, faults);
  const settings = {
    port: entries.read('Spa_Port', spaPort, DEFAULT_PORT, faults),
    maxAgeMs: entries.read('Spa_Max_Age', maxAge, DEFAULT_MAX_AGE_MS, faults),
    users: entries.read('Spa_User', userList, [], faults),
    anySource: isYes('Spa_Any_Source', entries, faults),
    weakDigests: isYes('Spa_Weak_Digests', entries, faults),
    openForMaxMs: openForMaxOf(entries, openForMs, faults),
  };
  return key === undefined ? undefined : { kind: 'spa', key, hmac, ...settings };
}

/** Without one, whoever guesses at the cipher text makes the daemon decrypt: that must be asked for by name. */
function hmacOf(
  entries: Entries<DoorKey>,
  faults: Faults,
): { readonly key: SecretKey; readonly type: DigestName } | undefined {
  const key = entries.read('Spa_Hmac_Key', hmacKey, undefined, faults);
  const type = entries.read('Spa_Hmac_Type', hmacType, 'sha256', faults);
  const isUnauthenticated = isYes('Spa_Unauthenticated', entries, faults);
  const written = entries.get('Spa_Key')?.key;
  if (!entries.has('Spa_Hmac_Key') && !isUnauthenticated && written !== undefined) {
    const hint = `write '${DOOR_KEYS.Spa_Hmac_Key}', or 'Spa_Unauthenticated = yes' where packets have none`;
    faults.report(written, 'a door with an SPA key needs an HMAC key', hint);
  }
  const contradiction = entries.get('Spa_Unauthenticated')?.key;
  if (entries.has('Spa_Hmac_Key') && isUnauthenticated && contradiction !== undefined) {
    faults.report(
      contradiction,
      "'Spa_Unauthenticated' contradicts 'Spa_Hmac_Key'",
      'leave one of the two out',
    );
  }
  return key === undefined ? undefined : { key, type };
}

function hmacType(value: Piece, faults: Faults): DigestName | undefined {
  const name = parseDigestName(value.text);
  if (name !== undefined) return name;
  faults.report(
    value,
    `${quote(value.text)} is no digest that is known here`,
    `known are ${DIGEST_NAMES.join(', ')}`,
  );
  return undefined;
}

function openForMaxOf(entries: Entries<DoorKey>, openForMs: number | undefined, faults: Faults): number {
  const most = entries.read('Open_For_Max', openForMax, openForMs ?? 0, faults);
  const written = entries.get('Open_For_Max')?.key;
  if (written === undefined) return most;
  if (openForMs === undefined) {
    faults.report(written, "'Open_For_Max' means nothing without 'Open'", `write '${DOOR_KEYS.Open}'`);
  } else if (most < openForMs) {
    const hint = `make it ${durationText(openForMs)} at least, or 'Open_For' shorter`;
    faults.report(written, "'Open_For_Max' is shorter than 'Open_For'", hint);
  }
  return most;
}

function isYes(
  key: 'Spa_Any_Source' | 'Spa_Weak_Digests' | 'Spa_Unauthenticated',
  entries: Entries<DoorKey>,
  faults: Faults,
): boolean {
  return entries.read(key, yesNo, 'no', faults) === 'yes';
}

function user(piece: Piece, _before: readonly string[], faults: Faults): string | undefined {
  if (piece.text === '') faults.report(piece, 'a user is missing', "write 'Spa_User = alice, bob'");
  else if (Buffer.byteLength(piece.text) > MAX_USER_BYTES)
    faults.report(
      piece,
      `${quote(piece.text)} is too long`,
      `a user's name has at most ${MAX_USER_BYTES} bytes`,
    );
  else if (isPlainValue(piece, faults)) return piece.text;
  return undefined;
}
