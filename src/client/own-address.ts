/**
 * The address that a server sees this client at, which an SPA packet has to name: as given, as a command or a web page
 * says (behind NAT), or that of the interface towards the server.
 */

import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { messageOf, OpError } from '../base/op-error.ts';
import { type IpAddress, parseIpAddress } from '../net/ip-address.ts';
import { isIpv4Address } from '../net/prefix.ts';

export type OwnAddress =
  /** That of the interface towards the server. */
  | { readonly kind: 'local' }
  /** Left open: whatever address the packet comes from. */
  | { readonly kind: 'any' }
  | { readonly kind: 'given'; readonly address: IpAddress }
  /** A shell command, or a URL that begins with `http://` or `https://`; the first address in what it says counts. */
  | { readonly kind: 'asked'; readonly how: string };

/** A person waits. */
const ASK_MS = 10_000;
/** Nobody says an address in more. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Any port will do: nothing is sent. */
const PORT = 9;

/** @param server an IP literal. @returns undefined where the packet leaves it open. @throws OpError */
export async function ownAddress(own: OwnAddress, server: string): Promise<IpAddress | undefined> {
  switch (own.kind) {
    case 'any':
      return undefined;
    case 'given':
      return own.address;
    case 'local':
      return localAddress(server);
    case 'asked':
      return addressIn(await answerOf(own.how), own.how, isIPv6(server));
  }
}

function localAddress(server: string): Promise<IpAddress> {
  const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4');
  return new Promise<IpAddress>((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(PORT, server, () => {
      // An address of one link has its interface behind it, which means nothing elsewhere.
      const [literal = ''] = socket.address().address.split('%');
      const address = parseIpAddress(literal);
      if (address === undefined) reject(new Error(`no address towards '${server}'`));
      else resolve(address);
    });
  })
    .catch((cause: unknown) => {
      const hint = 'give it with --own-address';
      throw new OpError({ op: 'find the own address towards', target: server, cause, hint });
    })
    .finally(() => socket.close());
}

async function answerOf(how: string): Promise<string> {
  try {
    return /^https?:\/\//.test(how) ? await pageText(how) : await commandOutput(how);
  } catch (cause) {
    const hint = 'try it by hand; it has to say the address that the server will see';
    throw new OpError({ op: 'ask for the own address', target: how, cause, hint });
  }
}

async function pageText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.text()).slice(0, MAX_ANSWER_BYTES);
}

function commandOutput(command: string): Promise<string> {
  const options = { timeout: ASK_MS, maxBuffer: MAX_ANSWER_BYTES };
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', command], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr.trim().split('\n')[0] || messageOf(error)));
    });
  });
}

function addressIn(text: string, how: string, wantsIpv6: boolean): IpAddress {
  const found = text.split(/[^0-9A-Fa-f:.]+/).map((word) => parseIpAddress(word));
  const address = found.find((each) => each !== undefined && isIpv4Address(each) !== wantsIpv6);
  if (address !== undefined) return address;
  const cause = new Error(`it says no ${wantsIpv6 ? 'IPv6' : 'IPv4'} address`);
  throw new OpError({ op: 'ask for the own address', target: how, cause });
}
