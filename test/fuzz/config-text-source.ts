/** Random configuration texts for fuzzing: valid ones with what they mean, broken ones, and bytes that are no text. */

import { DOOR_KEYS, OPTION_KEYS } from '../../src/config/keys.ts';
import type { SeededRandom } from '../support/seeded-random.ts';

export interface WrittenDoor {
  readonly name: string;
  readonly steps: readonly { readonly port: number; readonly protocol: 'tcp' | 'udp' }[];
  readonly seqTimeoutMs: number;
  readonly start: string | undefined;
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
  ...['[options]', '[OPTIONS]', 'include', 'Include = /conf.d/*.conf', 'Include = knockd.conf', 'UseSyslog'],
  ...Object.values(OPTION_KEYS),
  ...Object.values(DOOR_KEYS),
];
const LONG = 5000;

/** A configuration without a fault. */
export function writtenConfig(random: SeededRandom): WrittenConfig {
  const doors = Array.from({ length: random.below(MAX_DOORS) }, (_, at) => randomDoor(random, at));
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
    name: `d${at}${letters.join('')}`,
    steps: Array.from({ length: 1 + random.below(random.oneIn(5) ? 32 : 5) }, () => ({
      port: 1 + random.below(65_535),
      protocol: random.oneIn(3) ? ('udp' as const) : ('tcp' as const),
    })),
    seqTimeoutMs: 1000 * (1 + random.below(600)),
    start: random.oneIn(3) ? undefined : `/bin/run --for=%IP% "a=b # c" ${random.below(1000)}`,
  };
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
  return `[${anyCase(random, 'options')}]\n${lines.join('\n')}\n`;
}

function doorText(random: SeededRandom, { name, steps, seqTimeoutMs, start }: WrittenDoor): string {
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
    '',
  ].join(random.pick(['\n', '\r\n', '\n   \n']));
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
