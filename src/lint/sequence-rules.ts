/** What makes a sequence easy to guess, or to meet by a scan. */

import type { Door, Step } from '../config/config.ts';
import { type Advice, doorRule, type LintContext, type Rule } from './rule.ts';
import { isWellKnown } from './well-known-sequences.ts';

export const SEQUENCE_RULES: readonly Rule[] = [
  doorRule(
    'well-known-sequence',
    'The sequence stands, in this or the other direction, in a manual page or in articles about port knocking. Whoever tries to open doors tries these first: it protects from nobody.',
    (door) => {
      const text = textOf(stepsOf(door));
      if (!isWellKnown(text)) return undefined;
      return {
        key: 'Sequence',
        message: `'${text}' is a published example`,
        hint: "choose ports at random; 'postern init -o FILE' draws some",
      };
    },
  ),
  doorRule(
    'short-sequence',
    'Each step makes guessing some thousand times harder. With one step every port scan opens the door, with two a scan in random order opens it within some thousand rounds.',
    (door) => {
      const { length } = stepsOf(door);
      if (length === 0 || length >= 3) return undefined;
      return {
        key: 'Sequence',
        message: length === 1 ? 'one step: every port scan opens this door' : 'two steps are soon guessed',
        hint: 'use three steps at least',
      };
    },
  ),
  doorRule(
    'one-protocol',
    'Most scans use TCP only. A sequence that mixes TCP and UDP is met by none of them.',
    (door, { context }) => {
      const steps = stepsOf(door);
      const [first] = steps;
      if (
        first === undefined ||
        steps.length < 2 ||
        steps.some(({ protocol }) => protocol !== first.protocol)
      )
        return undefined;
      const mixed = mixedText(steps, context);
      return {
        key: 'Sequence',
        message: `every step is ${first.protocol}`,
        hint: `let one of them be ${otherProtocol(first)}${mixed === undefined ? '' : `, such as '${mixed}'`}`,
      };
    },
  ),
  doorRule(
    'ordered-ports',
    'A plain scan goes through the ports in order, and meets ports that ascend or descend in just the order of the sequence. Strays between them end the attempt, but only as long as more than Max_Strays ports lie between two steps.',
    (door) => {
      const ports = stepsOf(door).map(({ port }) => port);
      const rises = ports.slice(1).map((port, index) => Math.sign(port - ports[index]!));
      if (rises.length < 2 || rises[0] === 0 || rises.some((rise) => rise !== rises[0])) return undefined;
      const word = rises[0] === 1 ? 'ascending' : 'descending';
      return {
        key: 'Sequence',
        message: `the ports are in ${word} order, as a plain scan meets them`,
        hint: 'put them in no order',
      };
    },
  ),
  doorRule(
    'close-steps',
    'Max_Strays packets may go astray during an attempt. A scan through all ports in order makes fewer than that between two steps that lie so close together, so it does not end the attempt.',
    (door, { config }) => {
      const steps = stepsOf(door);
      const { maxStrays } = config.options;
      const at = steps.findIndex((step, index) => index > 0 && areClose(steps[index - 1]!, step, maxStrays));
      if (at < 1) return undefined;
      return {
        key: 'Sequence',
        message: `steps ${steps[at - 1]!.port} and ${steps[at]!.port} are at most ${maxStrays} ports apart: a scan meets both`,
        hint: 'choose ports that lie far from each other',
      };
    },
  ),
  {
    code: 'prefix-sequence',
    why: 'Whoever knocks the longer sequence opens the shorter door on the way, and whoever may use the shorter one knows the beginning of the longer one.',
    check: ({ config }) => prefixes(config.doors),
  },
  doorRule(
    'listening-step',
    'A packet to a port that listens is answered, and a web server or the like sees it. It is no stray either, so a scan that only tries usual services meets the step.',
    (door, { context }) => {
      const heard = stepsOf(door).find(({ protocol, port }) => context.isListening(protocol, port));
      if (heard === undefined) return undefined;
      return {
        key: 'Sequence',
        message: `something listens on ${heard.protocol} port ${heard.port}`,
        hint: 'use a port on which nothing listens',
      };
    },
  ),
  doorRule(
    'not-a-plain-syn',
    'Clients that knock open a connection: their packet has the flag SYN and no other. A door that asks for more, or for something else, never hears them; only programs that make packets by hand open it.',
    (door) => {
      const { mask, value } = door.tcpFlags;
      if (!stepsOf(door).some(({ protocol }) => protocol === 'tcp') && door.sequence.kind === 'fixed')
        return undefined;
      if ((SYN & mask) === value) return undefined;
      return {
        key: 'TCPFlags',
        message: "no TCP packet that 'knock' sends has these flags: the door does not hear it",
        hint: "write 'TCPFlags = syn'",
      };
    },
  ),
  doorRule(
    'no-syn',
    "Without 'TCPFlags = syn' every TCP packet to a step counts, also those in the middle of a connection and those that scanners forge with odd flags.",
    (door) => {
      if (!stepsOf(door).some(({ protocol }) => protocol === 'tcp') || door.tcpFlags.mask !== 0)
        return undefined;
      return { message: 'any TCP packet is a knock, whatever its flags', hint: "write 'TCPFlags = syn'" };
    },
  ),
];

/** The bit of a TCP header, RFC 9293 section 3.1. */
const SYN = 0x02;

/** Those of a fixed sequence; others change with each use. */
export function stepsOf({ sequence }: Pick<Door, 'sequence'>): readonly Step[] {
  return sequence.kind === 'fixed' ? sequence.steps : [];
}

function textOf(steps: readonly Step[]): string {
  return steps.map(({ port, protocol }) => (protocol === 'tcp' ? `${port}` : `${port}:udp`)).join(',');
}

/** The same ports, one of them with the other protocol; undefined where that would be no good advice, or something listens on each. */
function mixedText(steps: readonly Step[], { isListening }: LintContext): string | undefined {
  if (isWellKnown(textOf(steps))) return undefined;
  const middleFirst = steps.map((_, at) => (at + Math.floor(steps.length / 2)) % steps.length);
  const at = middleFirst.find((each) => !isListening(otherProtocol(steps[each]!), steps[each]!.port));
  return at === undefined
    ? undefined
    : textOf(steps.map((step, each) => (each === at ? { ...step, protocol: otherProtocol(step) } : step)));
}

function otherProtocol({ protocol }: Step): Step['protocol'] {
  return protocol === 'tcp' ? 'udp' : 'tcp';
}

function areClose(a: Step, b: Step, maxStrays: number): boolean {
  const apart = Math.abs(a.port - b.port);
  return a.protocol === b.protocol && apart > 0 && apart <= maxStrays;
}

/** Sorted by their text, what a sequence begins with stands before it, with only others of the kind in between. */
function prefixes(doors: readonly Door[]): readonly Advice[] {
  const texts = doors
    .map((door) => ({ door, text: `${textOf(stepsOf(door))},` }))
    .filter(({ text }) => text !== ',')
    .sort((a, b) => (a.text < b.text ? -1 : 1));
  const open: typeof texts = [];
  const found: Advice[] = [];
  for (const each of texts) {
    while (open.length > 0 && !each.text.startsWith(open.at(-1)!.text)) open.pop();
    const shorter = open.at(-1);
    if (shorter !== undefined && shorter.text !== each.text)
      found.push(prefixAdvice(shorter.door, each.door));
    open.push(each);
  }
  return found;
}

function prefixAdvice(shorter: Door, longer: Door): Advice {
  return {
    at: { door: shorter.name, key: 'Sequence' },
    message: `the sequence of '${longer.name}' begins with this one and opens this door, too`,
    hint: 'let no sequence begin with another',
  };
}
