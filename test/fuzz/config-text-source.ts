/** Random configuration texts for fuzzing: valid ones with what they mean, broken ones, and bytes that are no text. */

import { FOREVER_MS } from '../../src/base/duration.ts';
import { DOOR_KEYS, OPTION_KEYS } from '../../src/config/keys.ts';
import type { SeededRandom } from '../support/seeded-random.ts';

export interface WrittenDoor {
  readonly name: string;
  readonly steps: readonly { readonly port: number; readonly protocol: 'tcp' | 'udp' }[];
  readonly seqTimeoutMs: number;
  readonly start: string | undefined;
  readonly open: WrittenOpening | undefined;
  readonly closes: readonly string[];
  readonly allowFrom: readonly string[];
}

export interface WrittenOpening {
  readonly ports: readonly string[];
  readonly forMs: number;
  readonly ipv6PrefixLength: number;
}

export interface WrittenConfig {
  readonly text: string;
  readonly doors: readonly WrittenDoor[];
}

const MAX_DOORS = 12;
const NAME_LETTERS = 'abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_-';
/** What means something to the grammar, or might to a careless parser. */
const PIECES = [
  ...[
    '[',
    ']',
    '[]',
    '[x',
    '=',
    '==',
    '#',
    '#x',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\r',
    '\0',
    '\ufeff',
    '\u2028',
    ',',
    ':',
  ],
  ...[
    'tcp',
    'udp',
    ':udp',
    ':sctp',
    '%IP%',
    '0',
    '-1',
    '65535',
    '65536',
    '4294967296',
    '1e9',
    '0x10',
    ' 25s',
    '10m',
  ],
  ...[
    'syn',
    '!ack',
    'fin,rst',
    'any',
    'auto',
    'eth0',
    '*',
    '**',
    '../',
    '/etc/passwd',
    '\ud800',
    'é',
    '💥',
    '\x1b[31m',
  ],
  ...[
    'tcp/22',
    'udp/',
    '/64',
    '192.0.2.0/24',
    '2001:db8::/32',
    '::1/0',
    'forever',
    '0x1/0x1',
    'nftables-mark',
    '-',
  ],
  ...['[options]', '[OPTIONS]', 'include', 'Include = /conf.d/*.conf', 'Include = knockd.conf', 'UseSyslog'],
  ...Object.values(OPTION_KEYS),
  ...Object.values(DOOR_KEYS),
];
const LONG = 5000;
const MARKED = ['Firewall = nftables-mark', 'Mark = 0x2/0xff'];

/** A configuration without a fault. */
export function writtenConfig(random: SeededRandom): WrittenConfig {
  const apart = Array.from({ length: random.below(MAX_DOORS) }, (_, at) => randomDoor(random, at));
  const doors = apart.map((door) => ({ ...door, closes: closedBy(random, door, apart) }));
  const sections = [optionsText(random), ...doors.map((door) => doorText(random, door))];
  return { text: sections.join(random.pick(['', '\n', '\n\n# comment = [x]\n'])), doors };
}

/** Mostly near to a configuration, sometimes nothing like it. */
export function brokenText(random: SeededRandom): string {
  if (random.oneIn(20)) return new TextDecoder().decode(random.bytes(random.below(400)));
  if (random.oneIn(20)) return random.pick(PIECES).repeat(1 + random.below(LONG));
  let { text } = writtenConfig(random);
  for (let rounds = 1 + random.below(6); rounds > 0; rounds--) text = mutated(random, text);
  return text;
}

function mutated(random: SeededRandom, text: string): string {
  const at = random.below(text.length + 1);
  const end = at + random.below(30);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(end);
    case 2:
      return text.slice(0, at) + text.slice(at, end).repeat(2 + random.below(3)) + text.slice(end);
    case 3:
      return `${text.slice(0, at)}\n${random.pick(PIECES)}\n${text.slice(at)}`;
    default:
      return text.slice(0, at) + String.fromCharCode(random.below(0x300)) + text.slice(at + 1);
  }
}

function randomDoor(random: SeededRandom, at: number): WrittenDoor {
  const letters = Array.from(
    { length: random.below(20) },
    () => NAME_LETTERS[random.below(NAME_LETTERS.length)],
  );
  return {
    name: `d${at}x${letters.join('')}`,
    steps: Array.from({ length: 1 + random.below(random.oneIn(5) ? 32 : 5) }, () => ({
      port: 1 + random.below(65_535),
      protocol: random.oneIn(3) ? ('udp' as const) : ('tcp' as const),
    })),
    seqTimeoutMs: 1000 * (1 + random.below(600)),
    ...randomAction(random),
    closes: [],
    allowFrom: ['192.0.2.0/24', '2001:db8::/32', '203.0.113.9', '::/0'].filter(() => random.oneIn(4)),
  };
}

function randomAction(random: SeededRandom): Pick<WrittenDoor, 'start' | 'open'> {
  const start = `/bin/run --for=%IP% "a=b # c" ${random.below(1000)}`;
  if (random.oneIn(2)) return { start: random.oneIn(3) ? undefined : start, open: undefined };
  const forMs = random.oneIn(4) ? FOREVER_MS : 1 + random.below(1_000_000);
  const ipv6PrefixLength = random.oneIn(2) ? 128 : 48 + random.below(81);
  return { start: undefined, open: { ports: randomPorts(random), forMs, ipv6PrefixLength } };
}

/** One after the other, so that they never overlap. */
function randomPorts(random: SeededRandom): readonly string[] {
  const ports: string[] = [];
  let last = 0;
  for (let left = 1 + random.below(5); left > 0; left--) {
    const first = last + 1 + random.below(1000);
    last = first + (random.oneIn(2) ? 0 : random.below(1000));
    ports.push(`${random.pick(['tcp', 'udp'])}/${first === last ? first : `${first}-${last}`}`);
  }
  return ports;
}

function closedBy(random: SeededRandom, { name }: WrittenDoor, doors: readonly WrittenDoor[]) {
  const closable = doors.filter((door) => door.open !== undefined && door.name !== name);
  return closable.filter(() => random.oneIn(5)).map((door) => door.name);
}

function optionsText(random: SeededRandom): string {
  if (random.oneIn(3)) return '';
  const keys = [
    'UseSyslog',
    'LogFile',
    'PidFile',
    'Interface',
    'Max_Strays',
    'Ban_Time',
    'Ignore_Ports',
  ] as const;
  const lines = keys.filter(() => random.oneIn(2)).map((key) => OPTION_KEYS[key]);
  const firewall = random.pick([[], ['Firewall = ufw'], ['Chain = a', 'Firewall = iptables'], MARKED]);
  return `[${anyCase(random, 'options')}]\n${[...lines, ...firewall].join('\n')}\n`;
}

function doorText(random: SeededRandom, door: WrittenDoor): string {
  const { name, steps, seqTimeoutMs, start, closes, allowFrom } = door;
  const sequence = steps.map(({ port, protocol }) =>
    protocol === 'tcp' && random.oneIn(2) ? `${port}` : `${port}:${anyCase(random, protocol)}`,
  );
  const timeout = random.pick(['Seq_Timeout', 'Timeout']);
  const command = random.pick(['Start_Command', 'Command']);
  return [
    `${space(random)}[${name}]`,
    setting(random, 'Sequence', sequence.join(random.pick([',', ', ']))),
    setting(random, timeout, `${seqTimeoutMs / 1000}`),
    ...(start === undefined ? [] : [setting(random, command, start)]),
    ...openingLines(random, door),
    ...listLines(random, 'Close', closes),
    ...listLines(random, 'Allow_From', allowFrom),
    '',
  ].join(random.pick(['\n', '\r\n', '\n   \n']));
}

function openingLines(random: SeededRandom, { open }: WrittenDoor): readonly string[] {
  if (open === undefined) return [];
  const { ports, forMs, ipv6PrefixLength } = open;
  return [
    ...listLines(random, 'Open', ports),
    setting(random, 'Open_For', forMs === FOREVER_MS ? 'forever' : `${forMs}ms`),
    setting(random, 'Also_Prefix', `${random.pick(['/', ''])}${ipv6PrefixLength}`),
  ];
}

function listLines(random: SeededRandom, key: string, elements: readonly string[]): readonly string[] {
  return elements.length === 0 ? [] : [setting(random, key, elements.join(random.pick([',', ' , '])))];
}

function setting(random: SeededRandom, key: string, value: string): string {
  return `${space(random)}${anyCase(random, key)}${space(random)}=${space(random)}${value}${space(random)}`;
}

function space(random: SeededRandom): string {
  return random.pick(['', ' ', '\t', '  ']);
}

function anyCase(random: SeededRandom, text: string): string {
  return random.pick([text, text.toLowerCase(), text.toUpperCase()]);
}
