/** A refusal in words for the log and `explain`, each with a next step where there is one. */

import { formatIpAddress } from '../net/ip-address.ts';
import { formatPortOf } from './message-text.ts';
import type { PlainFault } from './plain-fields.ts';
import type { SpaRefusal } from './refusal.ts';
import type { ShapeFault } from './wire-text.ts';

export interface RefusalText {
  /** What is wrong, lower case, values quoted. */
  readonly what: string;
  readonly hint?: string;
}

export function refusalText(refusal: SpaRefusal): RefusalText {
  switch (refusal.reason) {
    case 'shape':
      return { what: SHAPES[refusal.fault] };
    case 'replay':
      return { what: 'the same packet came before', hint: 'send a new one; a copy opens nothing' };
    case 'bad-hmac':
      return {
        what: 'no key of this port made it',
        hint: 'compare Spa_Hmac_Key and its digest type with the client',
      };
    case 'clock-unset':
      return {
        what: 'the clock of this host is not set',
        hint: 'wait until it is, or set it: date, chronyc, timedatectl',
      };
    case 'not-canonical':
      return { what: 'its base64 has bits set that no client sets' };
    case 'not-decrypted':
      return { what: 'it could not be decrypted', hint: 'compare Spa_Key with the client' };
    case 'weak-digest':
      return {
        what: `its digest is '${refusal.digest}', which is weak`,
        hint: 'let the client use SHA-256: fwknop --digest-type sha256',
      };
    case 'digest-mismatch':
      return { what: 'its digest does not match', hint: 'compare Spa_Key with the client' };
    case 'malformed':
      return { what: `${FIELDS[refusal.field]} is not as it must be` };
    case 'clock-skew':
      return skewText(refusal.skewS, refusal.maxAgeS);
    case 'maybe-replay':
      return {
        what: 'packets of its time may have been used before',
        hint: 'compare the clocks of client and server, then send a new one',
      };
    case 'rate-limit':
      return { what: 'too many packets for this door', hint: 'wait some seconds' };
    case 'replay-cache-full':
      return { what: 'the replay cache is full', hint: 'somebody with a key floods: look at the log' };
    case 'user':
      return { what: `user '${refusal.user}' is not allowed`, hint: 'Spa_User names who is' };
    case 'source-not-allowed':
      return { what: 'its source is not allowed', hint: 'Allow_From names what is' };
    case 'command':
      return { what: 'it asks for a command', hint: 'doors open ports; they run no commands of clients' };
    case 'nat':
      return {
        what: 'it asks for forwarding',
        hint: 'ask for the port itself: no --nat-access, no --nat-local',
      };
    case 'any-source':
      return {
        what: 'it names no address to open for',
        hint: 'let the client name its own (fwknop -a or -R, not -s), or set Spa_Any_Source = yes',
      };
    case 'address-differs':
      return {
        what: `it was made for '${formatIpAddress(refusal.address)}', and came from elsewhere`,
        hint: 'let the client name the address that this host sees: fwknop -a or -R',
      };
    case 'port-not-offered':
      return { what: `'${formatPortOf(refusal.port)}' is not offered`, hint: 'Open names what is' };
    case 'timeout-too-long':
      return {
        what: `it asks for ${refusal.timeoutS} s, at most ${refusal.maxTimeoutS} s are given`,
        hint: 'ask for less, or raise Open_For_Max',
      };
  }
}

function skewText(skewS: number, maxAgeS: number): RefusalText {
  const way = skewS < 0 ? 'old' : 'in the future';
  return {
    what: `its time is ${Math.abs(skewS)} s ${way}, at most ${maxAgeS} s are allowed`,
    hint: 'set the clocks of client and server, or raise Spa_Max_Age',
  };
}

const SHAPES: Readonly<Record<ShapeFault, string>> = {
  length: 'its length is none that a packet has',
  prefix: 'it begins with a prefix that clients leave out',
  start: 'it does not begin like a packet',
  alphabet: 'it has characters that are not base64',
};

const FIELDS: Readonly<Record<PlainFault, string>> = {
  text: 'a byte of its text',
  fields: 'the number of its fields',
  random: 'its random number',
  user: 'its user',
  time: 'its time',
  version: 'its version',
  type: 'its type',
  message: 'its message',
  nat: 'its NAT field',
  'server-auth': 'its server_auth field',
  timeout: 'its timeout',
};
