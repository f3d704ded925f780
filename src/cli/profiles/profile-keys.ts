/** The keys of profiles.conf: which option of `knock` each stands for, and what its values may be. Pure. */

import { isAbsolute } from 'node:path';
import { fail, ok, type Result } from '../../base/result.ts';
import { parseDelayMs, type UsageError } from '../../client/plan.ts';
import { parseAccess } from '../../client/spa-request.ts';
import { parseIpAddress } from '../../net/ip-address.ts';
import { parseKey } from '../../spa/key-text.ts';
import { parseTotpSecret } from '../../spa/totp-secret.ts';
import {
  parseForS,
  parseHmacType,
  parseHost,
  parseSequence,
  parseTimeoutMs,
  parseTotpPorts,
  parseTotpSteps,
  parseUdpPort,
  parseWaitPort,
} from '../knock/knock-values.ts';

export interface ProfileKey {
  readonly name: string;
  /** The long option that says the same; undefined for what are operands. */
  readonly option: string | undefined;
  /** `yes` is the option, `no` is none. */
  readonly isFlag: boolean;
  /** Shown to those who ask for secrets, and quoted in no message. */
  readonly isSecret: boolean;
  /** Commas separate several values, each of which is looked at for itself. */
  readonly isList: boolean;
  /** What is wrong with a value. */
  readonly fault: (text: string) => UsageError | undefined;
}

/** What `Family` may say, and the option for it. */
export const FAMILIES: ReadonlyMap<string, string | undefined> = new Map([
  ['any', undefined],
  ['4', 'ipv4'],
  ['6', 'ipv6'],
  ['both', 'both'],
]);

export const PROFILE_KEYS: readonly ProfileKey[] = [
  key('Host', undefined, (text) => parseHost(text, 'Host')),
  { ...key('Sequence', undefined, (text) => parseSequence(text, false)), isList: true, isSecret: true },
  secret('Totp_Secret', 'totp', totpSecretForm),
  key('Totp_Steps', 'totp-steps', (text) => parseTotpSteps(text, 'Totp_Steps')),
  key('Totp_Ports', 'totp-ports', (text) => parseTotpPorts(text, 'Totp_Ports', 2)),
  key('One_Time_Sequences', 'one-time', pathForm),
  secret('Spa_Key', 'key', (text) => keyForm(text, 'cipher')),
  secret('Spa_Hmac_Key', 'hmac-key', (text) => keyForm(text, 'hmac')),
  key('Spa_Hmac_Type', 'hmac-type', (text) => parseHmacType(text, 'Spa_Hmac_Type')),
  flag('Spa_Unauthenticated', 'no-hmac'),
  key('Spa_Port', 'port', (text) => parseUdpPort(text, 'Spa_Port')),
  key('Spa_User', 'user', ok),
  { ...key('Access', 'access', parseAccess), isList: true },
  key('For', 'for', (text) => parseForS(text, 'For')),
  key('Own_Address', 'own-address', addressForm),
  key('Resolve', 'resolve', ok),
  flag('Spa_Any_Source', 'any-source'),
  key('Delay', 'delay', parseDelayMs),
  key('Family', undefined, familyForm),
  key('Wait_Port', 'wait', (text) => parseWaitPort(text, 'Wait_Port')),
  key('Timeout', 'timeout', (text) => parseTimeoutMs(text, 'Timeout')),
  {
    ...key('Close_Sequence', 'close-sequence', (text) => parseSequence(text, false)),
    isList: true,
    isSecret: true,
  },
  flag('Close_After', 'close-after'),
];

type Parse = (text: string) => Result<unknown, UsageError>;

function key(name: string, option: string | undefined, parse: Parse): ProfileKey {
  const fault = (text: string) => {
    const value = parse(text);
    return value.ok ? undefined : value.error;
  };
  return { name, option, isFlag: false, isSecret: false, isList: false, fault };
}

function secret(name: string, option: string, parse: Parse): ProfileKey {
  return { ...key(name, option, parse), isSecret: true };
}

function flag(name: string, option: string): ProfileKey {
  const parse: Parse = (text) =>
    /^(yes|no)$/i.test(text)
      ? ok(text)
      : fail({ message: `${name} '${text}': expected yes or no`, hint: 'leave it out for no' });
  return { ...key(name, option, parse), isFlag: true };
}

/** A file is looked at when it is used: another profile's may be on a disk that is not there. */
function keyForm(text: string, use: 'cipher' | 'hmac'): Result<unknown, UsageError> {
  return text.startsWith('file:') ? pathForm(text.slice('file:'.length)) : parseKey(text, use);
}

function totpSecretForm(text: string): Result<unknown, UsageError> {
  return text.startsWith('file:') ? pathForm(text.slice('file:'.length)) : parseTotpSecret(text);
}

function pathForm(path: string): Result<unknown, UsageError> {
  if (isAbsolute(path)) return ok(path);
  return fail({ message: `'${path}' is no absolute path`, hint: 'write the whole path, from the root on' });
}

function addressForm(text: string): Result<unknown, UsageError> {
  if (parseIpAddress(text) !== undefined) return ok(text);
  return fail({
    message: `Own_Address '${text}': expected an IP address`,
    hint: "'Resolve = COMMAND' asks for it",
  });
}

function familyForm(text: string): Result<unknown, UsageError> {
  if (FAMILIES.has(text.toLowerCase())) return ok(text);
  return fail({ message: `Family '${text}': expected 4, 6, both or any`, hint: 'leave it out for any' });
}
