/**
 * Doors as an nftables table: sets for the grants, a chain for each group of doors that share ports, and the chains that
 * the kernel asks for each packet to this host, and for each that it forwards to where this host has translated it: a
 * container with published ports. Pure text; elements are not part of it.
 */

import type { PacketMark } from '../config/config.ts';
import { maskText } from './address-bytes.ts';
import type { GuardedDoor } from './firewall.ts';
import { commentOf } from './nftables-name.ts';
import { type GrantSet, hostLengthOf, setsOf } from './nftables-set.ts';
import { type PortSegment, portSegments } from './port-segments.ts';

export type NftablesPolicy =
  /** What is not granted is dropped. */
  | { readonly kind: 'guard' }
  /** What is granted is marked. */
  | { readonly kind: 'mark'; readonly mark: PacketMark };

export interface Structure {
  /** What stands between the braces of the table. */
  readonly body: string;
  readonly sets: ReadonlyMap<string, GrantSet>;
}

/** While it has the packet's family, the guard drops; its elements have a time-out while the guard is on trial. */
export const ARMED_SET = 'armed';

/** Connections from before connection tracking, as peer, peer's port and local port. */
export const LIVING_SETS = { 4: 'living_4', 6: 'living_6' } as const;

/** Before the filters of iptables (0), firewalld (10) and most scripts; after connection tracking and translation. */
const PRIORITY = 'filter - 10';

/** @param sources of grants: of prefixes whose length no door has by itself, the door gets a set for that length */
export function structureOf(
  doors: readonly GuardedDoor[],
  grants: readonly { readonly door: string; readonly source: string }[],
  policy: NftablesPolicy,
): Structure {
  const byDoor = setsOf(doors, grants);
  const chains = new DoorChains(byDoor, policy);
  const segments = { tcp: portSegments(doors, 'tcp'), udp: portSegments(doors, 'udp') };
  const lines = [...hostChain(policy, segments, chains), ...publishedChain(policy, segments, chains)];
  const sets = byDoor.flat();
  const body = [
    ...(policy.kind === 'guard' ? GUARD_SETS : []),
    ...sets.flatMap(setLines),
    ...chains.lines,
    ...lines,
  ];
  return {
    body: `${body.map((line) => `\t${line}`).join('\n')}\n`,
    sets: new Map(sets.map((set) => [set.name, set])),
  };
}

const GUARD_SETS = [
  ...block(`set ${ARMED_SET}`, ['type nf_proto', 'flags timeout']),
  ...block(`set ${LIVING_SETS[4]}`, ['type ipv4_addr . inet_service . inet_service']),
  ...block(`set ${LIVING_SETS[6]}`, ['type ipv6_addr . inet_service . inet_service']),
];

/** The rules before the look-up of the port. SYN alone never passes as part of a living connection. */
const GUARD_RULES = [
  'iifname "lo" accept',
  `meta nfproto != @${ARMED_SET} accept`,
  'ct state established,related accept',
  `tcp flags & (syn | ack) == ack ip saddr . tcp sport . tcp dport @${LIVING_SETS[4]} accept`,
  `tcp flags & (syn | ack) == ack ip6 saddr . tcp sport . tcp dport @${LIVING_SETS[6]} accept`,
];

/** `mark` is a word of the language. */
const CHAINS = { guard: 'guard', mark: 'marking' } as const;

const MARK_RULES = ['ct state established,related accept'];

type Segments = Readonly<Record<'tcp' | 'udp', readonly PortSegment[]>>;

function hostChain({ kind }: NftablesPolicy, segments: Segments, chains: DoorChains): readonly string[] {
  return block(`chain ${CHAINS[kind]}`, [
    hookLine('input'),
    ...(kind === 'guard' ? GUARD_RULES : MARK_RULES),
    ...dispatch('tcp dport', segments.tcp, chains),
    ...dispatch('udp dport', segments.udp, chains),
  ]);
}

/**
 * Ports count as they were before this host translated the packet (`DNAT`), which is how Docker publishes them. What is
 * forwarded untranslated is none of its business. Connection tracking knows all that was translated, so there is nothing
 * else that lives.
 */
const PUBLISHED_CHAIN = 'published';

function publishedChain({ kind }: NftablesPolicy, segments: Segments, chains: DoorChains): readonly string[] {
  const armed = kind === 'guard' ? [`meta nfproto != @${ARMED_SET} accept`] : [];
  const field = (protocol: string) => `ct status dnat meta l4proto ${protocol} ct original proto-dst`;
  return block(`chain ${PUBLISHED_CHAIN}`, [
    hookLine('forward'),
    ...armed,
    'ct state established,related accept',
    ...dispatch(field('tcp'), segments.tcp, chains),
    ...dispatch(field('udp'), segments.udp, chains),
  ]);
}

function hookLine(hook: 'input' | 'forward'): string {
  return `type filter hook ${hook} priority ${PRIORITY}; policy accept;`;
}

/** @param field what holds the port */
function dispatch(field: string, segments: readonly PortSegment[], chains: DoorChains): readonly string[] {
  if (segments.length === 0) return [];
  const verdicts = segments.map(({ first, last, doors }) => {
    const ports = first === last ? `${first}` : `${first}-${last}`;
    return `${ports} : goto ${chains.nameFor(doors)}`;
  });
  return [`${field} vmap { ${verdicts.join(', ')} }`];
}

/** One chain for each group of doors that some port has in common. */
class DoorChains {
  readonly lines: string[] = [];
  readonly #sets: readonly (readonly GrantSet[])[];
  readonly #policy: NftablesPolicy;
  readonly #names = new Map<string, string>();

  constructor(sets: readonly (readonly GrantSet[])[], policy: NftablesPolicy) {
    this.#sets = sets;
    this.#policy = policy;
  }

  nameFor(doors: readonly number[]): string {
    const key = doors.join();
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `ports_${this.#names.size + 1}`;
    this.#names.set(key, name);
    const sets = doors.flatMap((door) => this.#sets[door] ?? []);
    const rules = sets.map((set) => `${sourceIn(set)} ${grantedVerdict(this.#policy)}`);
    this.lines.push(...block(`chain ${name}`, this.#policy.kind === 'guard' ? [...rules, 'drop'] : rules));
    return name;
  }
}

/** Prefixes are plain elements, looked for with the address cut to their length: intervals would be slow to change. */
function sourceIn({ name, family, prefixLength }: GrantSet): string {
  const field = family === 4 ? 'ip saddr' : 'ip6 saddr';
  return prefixLength === hostLengthOf(family)
    ? `${field} @${name}`
    : `${field} & ${maskText(family, prefixLength)} @${name}`;
}

function grantedVerdict(policy: NftablesPolicy): string {
  if (policy.kind === 'guard') return 'accept';
  const { value, mask } = policy.mark;
  const keep = ~mask >>> 0;
  const word = (bits: number) => `0x${(bits >>> 0).toString(16).padStart(8, '0')}`;
  return keep === 0
    ? `meta mark set ${word(value)} accept`
    : `meta mark set meta mark & ${word(keep)} | ${word(value & mask)} accept`;
}

function setLines({ name, door, family }: GrantSet): readonly string[] {
  const comment = commentOf(door);
  const lines = [`type ipv${family}_addr`, 'flags timeout'];
  return block(`set ${name}`, comment === undefined ? lines : [...lines, `comment "${comment}"`]);
}

function block(title: string, lines: readonly string[]): readonly string[] {
  return [`${title} {`, ...lines.map((line) => `\t${line}`), '}'];
}
