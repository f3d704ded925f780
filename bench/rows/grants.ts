/** What it costs to open one more door by the number of open ones: Postern's table and journal, and the kernel's set. */

import { mkdirSync } from 'node:fs';
import { momentNow as now } from '../../src/daemon/moment-now.ts';
import { NftablesFirewall } from '../../src/firewall/nftables.ts';
import type { CommandBackend, PortBackend } from '../../src/grant/backend.ts';
import type { GrantDoor } from '../../src/grant/grant.ts';
import { Grants } from '../../src/grant/grants.ts';
import { Journal } from '../../src/grant/journal.ts';
import { formatIpAddress, type IpAddress, MAPPED_WORD } from '../../src/net/ip-address.ts';
import { inTurn } from '../in-turn.ts';
import type { Stage } from '../plan.ts';
import { atMost, curve, type Findings, figure } from '../row.ts';
import { median, medianRatio } from '../statistics.ts';
import type { Yard } from '../yard.ts';

const ROUNDS = 5;
const SIZES = [1, 1000, 50_000] as const;
/** Opened one after another on top; a round's figure is the median of these. */
const MORE = 300;
/** As many as the table lets be opened at once. */
const AT_ONCE = 1000;
const LIMIT = 1.5;
const LONG_MS = 3_600_000;

const PORTS = [{ protocol: 'tcp', first: 22, last: 22 }] as const;
const NO_COMMANDS = { start: undefined, stop: undefined };
const DOOR: GrantDoor = {
  ...{ name: 'ssh', ipv4: NO_COMMANDS, ipv6: NO_COMMANDS, cmdTimeoutMs: LONG_MS, closes: [], allowFrom: [] },
  opening: { ports: PORTS, forMs: LONG_MS, ipv6PrefixLength: 128 },
};

/** Done as soon as it is asked for: what is left is Postern's own work. */
const NO_FIREWALL: PortBackend = {
  open: async () => ({ kind: 'ok', at: now() }),
  close: async () => ({ kind: 'ok', at: now() }),
};
const NO_SHELL: CommandBackend = {
  open: async () => ({ kind: 'ok', at: now() }),
  close: async () => ({ kind: 'ok', at: now() }),
};

const SIDES = ['table and journal', 'nftables'] as const;
type Side = (typeof SIDES)[number];

export async function grants(yard: Yard, stage: Stage): Promise<Findings> {
  const cases = SIDES.flatMap((side) => SIZES.map((size) => `${side}: one more than ${size}` as const));
  const times = await inTurn(ROUNDS, cases, (each, round) => {
    stage.tell(`round ${round} of ${ROUNDS}: ${each}`);
    const size = Number(each.split(' ').at(-1));
    return each.startsWith('nftables')
      ? inKernel(size)
      : inTable(yard.path(`journal-${round}-${size}`), size);
  });
  const of = (side: Side, size: number) =>
    times.get(`${side}: one more than ${size}` as (typeof cases)[number]) ?? [];
  const growth = (side: Side) =>
    atMost(`${side}: one more than 50,000 / than 1`, medianRatio(of(side, 50_000), of(side, 1)), LIMIT);
  const points = (side: Side) => new Map(SIZES.map((size) => [size, median(of(side, size))]));
  return {
    method: `${ROUNDS} rounds, all in turn; the median of ${MORE} more, opened one after another; the journal in memory; sets of a private network namespace`,
    figures: cases.map((each) => figure(each, median(times.get(each) ?? []), 'µs')),
    bars: SIDES.map(growth),
    curves: SIDES.map((side) => curve(`opening one more, ${side}`, 'µs', 'grants', points(side))),
  };
}

/** Microseconds, as from here on. */
async function inTable(directory: string, held: number): Promise<number> {
  mkdirSync(directory);
  const journal = await Journal.open({ directory, log: { log: () => undefined } });
  const quiet = { report: () => undefined, dueChanged: () => undefined };
  const table = new Grants({ commands: NO_SHELL, ports: NO_FIREWALL, journal, ...quiet });
  for (let from = 0; from < held; from += AT_ONCE) {
    const group = numbers(from, Math.min(held, from + AT_ONCE));
    await Promise.all(group.map((n) => table.open(DOOR, address(n), now())));
  }
  const took = await timeEach(held, async (n) => {
    await table.open(DOOR, address(n), now());
  });
  if (table.size !== held + MORE) throw new Error(`${table.size} grants are open, not ${held + MORE}`);
  await table.stop('keep', now());
  await journal.close();
  return took;
}

/** This process lives in a network namespace of its own: the firewall of the machine is out of reach. */
async function inKernel(held: number): Promise<number> {
  const firewall = new NftablesFirewall({ policy: { kind: 'guard' }, repaired: () => undefined });
  const door = { name: DOOR.name, ports: PORTS, ipv6PrefixLength: 128 };
  const open = async (n: number) => {
    const opened = await firewall.open(portGrant(n), now());
    if (!opened.ok) throw opened.error;
  };
  try {
    const made = await firewall.reconcile({ doors: [door], grants: [] }, now());
    if (!made.ok) throw made.error;
    for (const n of numbers(0, held)) await open(n);
    const took = await timeEach(held, open);
    const listed = await firewall.list(now());
    if (listed.ok && listed.value.length !== held + MORE) {
      throw new Error(`the set has ${listed.value.length} elements, not ${held + MORE}`);
    }
    return took;
  } finally {
    await firewall.remove();
  }
}

async function timeEach(held: number, open: (n: number) => Promise<void>): Promise<number> {
  const took: number[] = [];
  for (const n of numbers(held, held + MORE)) {
    const begun = performance.now();
    await open(n);
    took.push((performance.now() - begun) * 1000);
  }
  return median(took);
}

function portGrant(n: number) {
  return { door: DOOR.name, source: formatIpAddress(address(n)), endMs: now().wallMs + LONG_MS };
}

function address(n: number): IpAddress {
  return { w0: 0, w1: 0, w2: MAPPED_WORD, w3: 0x0b000000 + n };
}

function numbers(from: number, upTo: number): readonly number[] {
  return Array.from({ length: upTo - from }, (_, i) => from + i);
}
