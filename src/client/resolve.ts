/** A host to the addresses to try, asked for once a run. */

import { isIP } from 'node:net';
import { errnoName, OpError } from '../base/op-error.ts';

/** 0: whatever the resolver gives, in its order (RFC 6724). */
export type Family = 0 | 4 | 6;

/** Each is tried only when nothing could leave towards those before it; no sensible name has more. */
const MAX_ADDRESSES = 16;

/** Address literals, at least one. @throws OpError when the name or the family has none. */
export async function resolveHost(host: string, family: Family): Promise<readonly string[]> {
  const literal = isIP(host);
  if (literal === 0) return lookup(host, family);
  if (family === 0 || family === literal) return [host];
  throw new OpError({
    op: 'resolve',
    target: host,
    cause: new Error(`it is an IPv${literal} address, and IPv${family} is forced`),
    hint: `leave out -${family}`,
  });
}

async function lookup(host: string, family: Family): Promise<readonly string[]> {
  // Loaded here because an address literal, the usual case, needs none of it.
  const dns = await import('node:dns');
  return new Promise((resolve, reject) => {
    dns.lookup(host, { all: true, verbatim: true, family }, (error, found) => {
      if (error !== null) reject(resolveError(host, family, error));
      else resolve(found.slice(0, MAX_ADDRESSES).map(({ address }) => address));
    });
  });
}

function resolveError(host: string, family: Family, error: Error): OpError {
  const code = errnoName(error);
  const kind = family === 0 ? '' : `IPv${family} `;
  const retry = code === 'EAI_AGAIN';
  return new OpError({
    op: 'resolve',
    target: host,
    ...(code === undefined ? {} : { code }),
    cause: new Error(reasonText(code, kind) ?? error.message),
    hint: retry ? 'check the name server and the network' : `check the name, or give the ${kind}address`,
  });
}

function reasonText(code: string | undefined, kind: string): string | undefined {
  if (code === 'ENOTFOUND') return `no ${kind}address is known for this name`;
  if (code === 'EAI_AGAIN') return 'the name server did not answer';
  return undefined;
}
