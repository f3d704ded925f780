/** Waits until the port behind the door answers, and says what was tried when it does not. */

import { isIP, type Socket } from 'node:net';
import { monotonicMs } from '../../base/clock.ts';
import { ownAddress } from '../../client/own-address.ts';
import { type Opened, waitUntilOpen } from '../../client/port-opening.ts';
import { formatIpAddress } from '../../net/ip-address.ts';
import type { Run } from './knock-run.ts';
import type { Knocked } from './knocked.ts';
import { type Patience, statusOfSignal } from './patience.ts';
import { complain, writeError } from './standard-error.ts';
import { showWaiting } from './wait-progress.ts';

/** The port did not open in time. */
export const NOT_OPEN = 4;

export interface Awaited {
  readonly port: number;
  /** As people know it. */
  readonly host: string;
  /** IP literals, where it is not the host of the knocks. */
  readonly addresses: readonly string[] | undefined;
}

/** Counted from the last knock, where no time is given for the whole. */
const USUAL_WAIT_MS = 10_000;
/** Longer than a door takes to open; a family that no packet gets through shall not cost all the time there is. */
const OTHER_FAMILY_MS = 2500;
/** Of a shorter time, at most this part. */
const OTHER_FAMILY_PART = 3;

/** @returns the connection that was answered, or the exit status */
export async function waitForPort(
  run: Run,
  knocked: Knocked,
  awaited: Awaited,
  patience: Patience,
): Promise<Socket | number> {
  const start = monotonicMs();
  const waitMs = run.timeoutMs ?? USUAL_WAIT_MS;
  patience.limit(waitMs);
  const hide = showWaiting(`tcp port ${awaited.port} of ${awaited.host}`);
  const other = setTimeout(
    () => void knocked.other(),
    Math.min(OTHER_FAMILY_MS, Math.round(waitMs / OTHER_FAMILY_PART)),
  );
  const opened = await waitUntilOpen({
    addresses: () => reachable(awaited.addresses, knocked.used),
    port: awaited.port,
    signal: patience.signal,
  });
  clearTimeout(other);
  hide();
  const tookMs = Math.round(monotonicMs() - start);
  if (opened.kind === 'open') {
    if (run.manner.verbose)
      writeError(`tcp port ${awaited.port} of ${opened.socket.remoteAddress} answered after ${tookMs} ms\n`);
    return opened.socket;
  }
  if (patience.end?.kind === 'signal') return statusOfSignal(patience.end.name);
  await tellShut(awaited, knocked, opened, tookMs);
  return NOT_OPEN;
}

/** A door opens for the address that knocked: of another host, addresses of the same family come first. */
function reachable(addresses: readonly string[] | undefined, used: readonly string[]): readonly string[] {
  if (addresses === undefined) return used;
  const families = new Set(used.map((address) => isIP(address)));
  const same = addresses.filter((address) => families.has(isIP(address)));
  return same.length > 0 ? same : addresses;
}

async function tellShut(
  { port, host, addresses }: Awaited,
  { used }: Knocked,
  { attempts, reason = 'nothing answered' }: Extract<Opened, { kind: 'shut' }>,
  tookMs: number,
): Promise<void> {
  const own = await ownAddress({ kind: 'local' }, used[0] ?? '').catch(() => undefined);
  const seen = own === undefined ? 'ADDRESS' : formatIpAddress(own);
  const where = reachable(addresses, used).filter((address) => address !== host);
  const at = where.length === 0 ? '' : ` (${where.join(', ')})`;
  const tries = attempts === 1 ? 'one attempt' : `${attempts} attempts`;
  complain(
    `tcp port ${port} of '${host}'${at} did not open: ${tries} in ${(tookMs / 1000).toFixed(1)} s, ${reason}`,
    `'postern explain ${seen}' on the server says why; behind NAT, name the address that the server sees`,
  );
}
