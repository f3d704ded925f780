/** The options of `knock --spa` to what it sends. */

import { userInfo } from 'node:os';
import { parseDurationMs } from '../../base/duration.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import type { OwnAddress } from '../../client/own-address.ts';
import type { UsageError } from '../../client/plan.ts';
import { DEFAULT_SPA_PORT, parseAccess, type SpaRequest } from '../../client/spa-request.ts';
import { parseIpAddress } from '../../net/ip-address.ts';
import { parsePort } from '../../net/protocol.ts';
import { DIGEST_NAMES, parseDigestName } from '../../spa/digest.ts';
import { parseKey } from '../../spa/key-text.ts';
import type { SecretKey } from '../../spa/secret-key.ts';
import type { CommandLine } from '../getopt.ts';

/** A year; a server takes less. */
const MAX_FOR_S = 365 * 86_400;

export interface SpaSending {
  readonly host: string;
  readonly request: SpaRequest;
  readonly own: OwnAddress;
}

export function parseSpaArguments(line: CommandLine): Result<SpaSending, UsageError> {
  const option = (name: string) => line.options.findLast((given) => given.name === name)?.value;
  const [host, ...surplus] = line.operands;
  if (host === undefined || host === '') {
    return wrong('no host given', "the form is 'knock --spa --key KEY --hmac-key KEY --access tcp/22 HOST'");
  }
  if (surplus.length > 0) {
    return wrong(`'${surplus[0]}': an SPA packet has no knocks`, "name what to open with '--access tcp/22'");
  }
  const key = keyOf(option('key'), 'cipher');
  if (!key.ok) return key;
  const hmac = hmacOf(option('hmac-key'), option('hmac-type'), option('no-hmac') !== undefined);
  if (!hmac.ok) return hmac;
  const access = parseAccess(option('access') ?? 'tcp/22');
  if (!access.ok) return access;
  const port = parsePort(option('port') ?? `${DEFAULT_SPA_PORT}`);
  if (port === undefined)
    return wrong(`port '${option('port')}': expected a port from 1 to 65535`, "leave out '--port'");
  const forS = secondsOf(option('for'));
  if (!forS.ok) return forS;
  const own = ownOf(option('own-address'), option('resolve'), option('any-source') !== undefined);
  if (!own.ok) return own;
  const user = option('user') ?? userInfo().username;
  const request = { port, key: key.value, hmac: hmac.value, user, access: access.value, forS: forS.value };
  return ok({ host: withoutBrackets(host), request, own: own.value });
}

/** Of the options that mean a key: which one is missing, or what is wrong with it. */
function keyOf(text: string | undefined, use: 'cipher' | 'hmac'): Result<SecretKey, UsageError> {
  const name = use === 'cipher' ? '--key' : '--hmac-key';
  if (text === undefined)
    return wrong(
      `${name} is missing`,
      `write '${name} file:/path', so that nobody sees it in the list of processes`,
    );
  const key = parseKey(text, use);
  return key.ok ? key : wrong(`${name}: ${key.error.message}`, key.error.hint);
}

function hmacOf(
  keyText: string | undefined,
  typeText: string | undefined,
  isLeftOut: boolean,
): Result<SpaRequest['hmac'], UsageError> {
  if (isLeftOut && keyText === undefined) return ok(undefined);
  const type = parseDigestName(typeText ?? 'sha256');
  if (type === undefined)
    return wrong(`--hmac-type '${typeText}' is not known`, `known are ${DIGEST_NAMES.join(', ')}`);
  const key = keyOf(keyText, 'hmac');
  return key.ok ? ok({ key: key.value, type }) : key;
}

function secondsOf(text: string | undefined): Result<number | undefined, UsageError> {
  if (text === undefined) return ok(undefined);
  const seconds = Math.round((parseDurationMs(text, 's') ?? 0) / 1000);
  if (seconds >= 1 && seconds <= MAX_FOR_S) return ok(seconds);
  return wrong(
    `--for '${text}': expected a time from 1 s to a year`,
    "write '--for 30s', '--for 10m' or '--for 2h'",
  );
}

function ownOf(
  given: string | undefined,
  how: string | undefined,
  isAny: boolean,
): Result<OwnAddress, UsageError> {
  if ([given !== undefined, how !== undefined, isAny].filter(Boolean).length > 1) {
    return wrong(
      'the own address is given twice',
      "keep one of '--own-address', '--resolve' and '--any-source'",
    );
  }
  if (isAny) return ok({ kind: 'any' });
  if (how !== undefined) return ok({ kind: 'asked', how });
  if (given === undefined) return ok({ kind: 'local' });
  const address = parseIpAddress(given);
  if (address !== undefined) return ok({ kind: 'given', address });
  return wrong(`--own-address '${given}': expected an IP address`, "'--resolve COMMAND' asks for it");
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function wrong(message: string, hint: string) {
  return fail({ message, hint });
}
