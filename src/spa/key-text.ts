/**
 * Keys as configurations write them: `base64:...`, `plain:...`, or `file:/path`, whose only line is one of the other two.
 * No fault quotes the key.
 */

import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { isAbsolute } from 'node:path';
import { errnoName } from '../base/op-error.ts';
import { fail, type Result } from '../base/result.ts';
import { type KeyUse, keyOfBytes } from './key-bytes.ts';
import type { KeyFault } from './key-fault.ts';
import type { SecretKey } from './secret-key.ts';

/** Several times the longest key. */
const MAX_FILE_BYTES = 4096;
/** Standard base64 (RFC 4648 section 4), with its padding or without. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const FORMS = 'base64:..., plain:... or file:/path';

/** `file:` reads the file at once. */
export function parseKey(text: string, use: KeyUse): Result<SecretKey, KeyFault> {
  if (!text.startsWith('file:')) return parseInline(text, use);
  const path = text.slice('file:'.length);
  if (!isAbsolute(path)) {
    return fail({
      message: `'${path}' is no absolute path`,
      hint: 'file: wants the whole path, from the root on',
    });
  }
  const line = readKeyFile(path);
  if (!line.ok) return line;
  const key = parseInline(line.value, use);
  return key.ok ? key : fail({ ...key.error, message: `key file '${path}': ${key.error.message}` });
}

/** The text itself, or with `file:/path` the only line of that file. */
export function readSecretText(text: string): Result<string, KeyFault> {
  return text.startsWith('file:') ? readKeyFile(text.slice('file:'.length)) : { ok: true, value: text };
}

function parseInline(text: string, use: KeyUse): Result<SecretKey, KeyFault> {
  if (text.startsWith('plain:')) return keyOfBytes(Buffer.from(text.slice('plain:'.length)), use);
  if (!text.startsWith('base64:'))
    return fail({ message: 'the key does not say how it is written', hint: `write ${FORMS}` });
  const base64 = text.slice('base64:'.length);
  const bytes = Buffer.from(base64, 'base64');
  if (!BASE64.test(base64) || bytes.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '')) {
    return fail({
      message: 'the key is not base64',
      hint: 'base64 has letters, digits, + and /; a passphrase is written plain:...',
    });
  }
  return keyOfBytes(bytes, use);
}

function readKeyFile(path: string): Result<string, KeyFault> {
  let file: number | undefined;
  try {
    // Without waiting: a pipe would hold up the whole start.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const fault = faultOfFile(path, fstatSync(file));
    if (fault !== undefined) return fail(fault);
    const [line = '', ...rest] = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);
    if (rest.length === 0) return { ok: true, value: line };
    return fail({
      message: `key file '${path}' has more than one line`,
      hint: 'one key, one line, one file',
    });
  } catch (error) {
    const code = errnoName(error) ?? 'unknown error';
    return fail({
      message: `failed to read the key file '${path}': ${code}`,
      hint: 'it must exist and be readable for the daemon',
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function faultOfFile(path: string, stats: Stats): KeyFault | undefined {
  if (!stats.isFile()) return { message: `key file '${path}' is no regular file`, hint: 'name a file' };
  if (stats.size > MAX_FILE_BYTES) {
    return {
      message: `key file '${path}' has ${stats.size} bytes, at most ${MAX_FILE_BYTES} are read`,
      hint: 'it holds one line: base64:... or plain:...',
    };
  }
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.())
    return { message: `key file '${path}' belongs to user ${stats.uid}`, hint: `chown root '${path}'` };
  if ((stats.mode & 0o077) === 0) return undefined;
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  return { message: `key file '${path}' has mode ${mode}: others can use it`, hint: `chmod 0600 '${path}'` };
}
