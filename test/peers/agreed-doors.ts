/** Doors for a run beside the original: random sequences that share no step, so that no packet is of two doors. */

import { ACK, FIN, PSH, SYN, URG } from '../../src/net/tcp-flags.ts';
import type { SeededRandom } from '../support/seeded-random.ts';

export interface Step {
  readonly port: number;
  readonly udp: boolean;
}

export interface AgreedDoor {
  readonly name: string;
  readonly steps: readonly Step[];
  /** As TCPFlags has them, with flag bytes that have them and flag bytes that do not. */
  readonly flags: FlagRule;
  readonly target: string | undefined;
  /** Two neighbouring steps are the same. */
  readonly repeats: boolean;
}

export interface FlagRule {
  readonly text: string | undefined;
  readonly right: readonly number[];
  readonly wrong: readonly number[];
}

export const TARGET = '10.9.0.77';

/** knockd counts whole seconds: a knocker who takes less than one is inside, one who takes five is outside. */
export const SEQ_TIMEOUT_S = 3;

const RST = 4;
const ANY_FLAGS = [SYN, SYN | ACK, ACK, FIN, 0, FIN | PSH | URG, RST];

const FLAG_RULES: readonly FlagRule[] = [
  { text: undefined, right: ANY_FLAGS, wrong: [] },
  { text: 'syn', right: [SYN, SYN | ACK], wrong: [ACK, FIN, 0, PSH | ACK] },
  { text: 'syn,!ack', right: [SYN, SYN | PSH], wrong: [SYN | ACK, ACK, 0] },
  { text: 'fin,urg,!syn', right: [FIN | URG, FIN | URG | ACK], wrong: [FIN, URG, SYN | FIN | URG, SYN] },
  { text: 'psh,!rst', right: [PSH, PSH | ACK], wrong: [PSH | RST, ACK, SYN] },
];

/** One for every combination that can go wrong, and as many again. */
export function agreedDoors(random: SeededRandom, count = 24): readonly AgreedDoor[] {
  const unused = new PortPool(random);
  return Array.from({ length: count }, (_, at) => {
    const repeats = at % 6 === 5;
    const length = repeats ? 3 : 1 + (at % 6);
    const steps = Array.from({ length }, () => ({ port: unused.take(), udp: random.oneIn(3) }));
    if (repeats) steps[1] = steps[0]!;
    const flags = FLAG_RULES[at % FLAG_RULES.length]!;
    return { name: `door${at}`, steps, flags, target: at % 4 === 3 ? TARGET : undefined, repeats };
  });
}

export function configurationOf(doors: readonly AgreedDoor[]): string {
  return doors.map(sectionOf).join('\n');
}

function sectionOf({ name, steps, flags, target }: AgreedDoor): string {
  const sequence = steps.map(({ port, udp }) => `${port}:${udp ? 'udp' : 'tcp'}`).join(',');
  return [
    `[${name}]`,
    `Sequence = ${sequence}`,
    `Seq_Timeout = ${SEQ_TIMEOUT_S}`,
    ...(flags.text === undefined ? [] : [`TCPFlags = ${flags.text}`]),
    ...(target === undefined ? [] : [`Target = ${target}`]),
    `Command = echo ${name} %IP% @DONE`,
    '',
  ].join('\n');
}

/** Ports of doors; odd ones stay free, as ports that no door has. */
class PortPool {
  readonly #random: SeededRandom;
  readonly #taken = new Set<number>();

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  take(): number {
    for (;;) {
      const port = 2 * (1 + this.#random.below(32_767));
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
  }
}
