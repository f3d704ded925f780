/**
 * The fields before the digest, joined by colons:
 *
 *     rand16 ":" B(user) ":" unixtime ":" version ":" type ":" B(message) [":" B(nat)] [":" B(server_auth)] [":" timeout]
 *
 * The parser takes exactly what the formatter and fwknop's clients write. Whatever it takes has one meaning: the type
 * says which of the last three are there, and only server_auth may be missing.
 */

import { fail, ok, type Result } from '../base/result.ts';
import { decodeBase64, encodeBase64 } from './base64-text.ts';
import {
  formatAddressPart,
  formatNat,
  formatPorts,
  parseAddressPart,
  parseNat,
  parsePorts,
} from './message-text.ts';
import {
  MAX_MESSAGE_BYTES,
  MAX_NAT_BYTES,
  MAX_SERVER_AUTH_BYTES,
  MAX_USER_BYTES,
  type SpaMessage,
  type SpaPacket,
} from './spa-packet.ts';

/** The field that is not as it must be; `fields`: their number; `text`: bytes that no field has. */
export type PlainFault =
  | 'text'
  | 'fields'
  | 'random'
  | 'user'
  | 'time'
  | 'version'
  | 'type'
  | 'message'
  | 'nat'
  | 'server-auth'
  | 'timeout';

const RANDOM = /^\d{16}$/;
/** Until the year 2286. */
const TIME = /^[1-9]\d{0,9}$/;
const VERSION = /^[23]\.\d{1,2}\.\d{1,2}$/;
const TYPE = /^[0-6]$/;
/** Clients stop at 131072 seconds. */
const TIMEOUT = /^[1-9]\d{0,5}$/;
const ASCII = /^[\x20-\x7e]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;

/** Fields up to the message. */
const FIXED_FIELDS = 6;

/** Which of the last fields a type has; `kind` is the message's. */
const TYPES = [
  { kind: 'command', hasNat: false, hasTimeout: false },
  { kind: 'access', hasNat: false, hasTimeout: false },
  { kind: 'nat', hasNat: true, hasTimeout: false },
  { kind: 'access', hasNat: false, hasTimeout: true },
  { kind: 'nat', hasNat: true, hasTimeout: true },
  { kind: 'local-nat', hasNat: true, hasTimeout: false },
  { kind: 'local-nat', hasNat: true, hasTimeout: true },
] as const;

type TypeFacts = (typeof TYPES)[number];

/** Does not check: what is out of bounds, the parser refuses. */
export function formatPlain(packet: SpaPacket): string {
  const { random, user, timeS, version, message, serverAuth } = packet;
  const fields = [random, encodeBase64(user), String(timeS), version, String(typeOf(message))];
  fields.push(encodeBase64(messageText(message)));
  if (message.kind === 'nat' || message.kind === 'local-nat')
    fields.push(encodeBase64(formatNat(message.nat)));
  if (serverAuth !== undefined) fields.push(encodeBase64(serverAuth));
  if (message.kind !== 'command' && message.timeoutS !== undefined) fields.push(String(message.timeoutS));
  return fields.join(':');
}

export function parsePlain(text: string): Result<SpaPacket, PlainFault> {
  if (!ASCII.test(text)) return fail('text');
  const fields = text.split(':');
  if (fields.length < FIXED_FIELDS) return fail('fields');
  const [random = '', userText = '', time = '', version = '', type = '', messageText = ''] = fields;
  if (!RANDOM.test(random)) return fail('random');
  const user = decodeText(userText, MAX_USER_BYTES);
  if (user === undefined) return fail('user');
  if (!TIME.test(time)) return fail('time');
  if (!VERSION.test(version)) return fail('version');
  const facts = TYPE.test(type) ? TYPES[Number(type)] : undefined;
  if (facts === undefined) return fail('type');
  const rest = parseRest(facts, messageText, fields.slice(FIXED_FIELDS));
  return rest.ok ? ok({ random, user, timeS: Number(time), version, ...rest.value }) : rest;
}

type Rest = Pick<SpaPacket, 'message' | 'serverAuth'>;

function parseRest(facts: TypeFacts, messageField: string, last: string[]): Result<Rest, PlainFault> {
  const natField = facts.hasNat ? last.shift() : undefined;
  const timeoutField = facts.hasTimeout ? last.pop() : undefined;
  const [authField, ...surplus] = last;
  if (surplus.length > 0) return fail('fields');
  if ((facts.hasNat && natField === undefined) || (facts.hasTimeout && timeoutField === undefined))
    return fail('fields');
  const serverAuth = authField === undefined ? undefined : decodeText(authField, MAX_SERVER_AUTH_BYTES);
  if (authField !== undefined && serverAuth === undefined) return fail('server-auth');
  if (timeoutField !== undefined && !TIMEOUT.test(timeoutField)) return fail('timeout');
  const timeoutS = timeoutField === undefined ? undefined : Number(timeoutField);
  const message = parseMessage(facts, messageField, natField, timeoutS);
  return message.ok ? ok({ message: message.value, serverAuth }) : message;
}

function parseMessage(
  { kind }: TypeFacts,
  field: string,
  natField: string | undefined,
  timeoutS: number | undefined,
): Result<SpaMessage, PlainFault> {
  const text = decodeText(field, MAX_MESSAGE_BYTES);
  const part = text === undefined ? undefined : parseAddressPart(text);
  if (part === undefined) return fail('message');
  const { address, rest } = part;
  if (kind === 'command') return ok({ kind, address, command: rest });
  const ports = parsePorts(rest);
  if (ports === undefined) return fail('message');
  if (kind === 'access') return ok({ kind, address, ports, timeoutS });
  const natText = natField === undefined ? undefined : decodeText(natField, MAX_NAT_BYTES);
  const nat = natText === undefined ? undefined : parseNat(natText);
  return nat === undefined ? fail('nat') : ok({ kind, address, ports, timeoutS, nat });
}

/** UTF-8 without control characters, from 1 byte to `maxBytes`. */
function decodeText(field: string, maxBytes: number): string | undefined {
  const bytes = decodeBase64(field);
  if (bytes === undefined || bytes.length === 0 || bytes.length > maxBytes) return undefined;
  const text = bytes.toString('utf8');
  if (CONTROL.test(text) || !Buffer.from(text).equals(bytes)) return undefined;
  return text;
}

function typeOf(message: SpaMessage): number {
  switch (message.kind) {
    case 'command':
      return 0;
    case 'access':
      return message.timeoutS === undefined ? 1 : 3;
    case 'nat':
      return message.timeoutS === undefined ? 2 : 4;
    case 'local-nat':
      return message.timeoutS === undefined ? 5 : 6;
  }
}

function messageText(message: SpaMessage): string {
  const rest = message.kind === 'command' ? message.command : formatPorts(message.ports);
  return formatAddressPart(message.address, rest);
}
