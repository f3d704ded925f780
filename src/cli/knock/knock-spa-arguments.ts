/** The options of `knock --spa` to what it sends. */

import { userInfo } from 'node:os';
import { ok, type Result } from '../../base/result.ts';
import type { OwnAddress } from '../../client/own-address.ts';
import { DEFAULT_SPA_PORT, parseAccess, type SpaRequest } from '../../client/spa-request.ts';
import { parseIpAddress } from '../../net/ip-address.ts';
import { parseKey } from '../../spa/key-text.ts';
import type { SecretKey } from '../../spa/secret-key.ts';
import type { CommandLine } from '../getopt.ts';
import { lastOf, lineHas } from './knock-arguments.ts';
import { parseForS, parseHmacType, parseUdpPort } from './knock-values.ts';
import { badKey, misused, misuseOf, type Refusal } from './refusal.ts';

export interface SpaSending {
  readonly host: string;
  readonly request: SpaRequest;
  readonly own: OwnAddress;
}

/** @param host of the line, without brackets. What is about a key itself is no misuse. */
export function parseSpaArguments(line: CommandLine, host: string): Result<SpaSending, Refusal> {
  const option = (name: string) => lastOf(line, name);
  const key = keyOf(option('key'), 'cipher');
  if (!key.ok) return key;
  const hmac = hmacOf(option('hmac-key'), option('hmac-type'), lineHas(line, 'no-hmac'));
  if (!hmac.ok) return hmac;
  const access = misuseOf(parseAccess(option('access') ?? 'tcp/22'));
  if (!access.ok) return access;
  const port = misuseOf(parseUdpPort(option('port') ?? `${DEFAULT_SPA_PORT}`, '--port'));
  if (!port.ok) return port;
  const forS =
    option('for') === undefined ? ok(undefined) : misuseOf(parseForS(option('for') ?? '', '--for'));
  if (!forS.ok) return forS;
  const own = ownOf(option('own-address'), option('resolve'), lineHas(line, 'any-source'));
  if (!own.ok) return own;
  const user = option('user') ?? userInfo().username;
  const request = { key: key.value, hmac: hmac.value, user, access: access.value, forS: forS.value };
  return ok({ host, request: { ...request, port: port.value }, own: own.value });
}

/** Of the options that mean a key: which one is missing, or what is wrong with it. */
function keyOf(text: string | undefined, use: 'cipher' | 'hmac'): Result<SecretKey, Refusal> {
  const name = use === 'cipher' ? '--key' : '--hmac-key';
  if (text === undefined) {
    const noKey = use === 'hmac' ? ", or '--no-hmac' where the server's door has none" : '';
    return misused(
      `${name} is missing`,
      `write '${name} file:/path', so that nobody sees it in the list of processes${noKey}`,
    );
  }
  const key = parseKey(text, use);
  return key.ok ? key : badKey(`${name}: ${key.error.message}`, key.error.hint);
}

function hmacOf(
  keyText: string | undefined,
  typeText: string | undefined,
  isLeftOut: boolean,
): Result<SpaRequest['hmac'], Refusal> {
  if (isLeftOut && keyText === undefined) return ok(undefined);
  const type = misuseOf(parseHmacType(typeText ?? 'sha256', '--hmac-type'));
  if (!type.ok) return type;
  const key = keyOf(keyText, 'hmac');
  return key.ok ? ok({ key: key.value, type: type.value }) : key;
}

function ownOf(
  given: string | undefined,
  how: string | undefined,
  isAny: boolean,
): Result<OwnAddress, Refusal> {
  if ([given !== undefined, how !== undefined, isAny].filter(Boolean).length > 1) {
    return misused(
      'the own address is given twice',
      "keep one of '--own-address', '--resolve' and '--any-source'",
    );
  }
  if (isAny) return ok({ kind: 'any' });
  if (how !== undefined) return ok({ kind: 'asked', how });
  if (given === undefined) return ok({ kind: 'local' });
  const address = parseIpAddress(given);
  if (address !== undefined) return ok({ kind: 'given', address });
  return misused(`--own-address '${given}': expected an IP address`, "'--resolve COMMAND' asks for it");
}
