/**
 * What one knocker does, at random, with what must come of it. Only what Postern and the original judge alike:
 * no knock twice, no neighbours swapped, nothing between two steps that another door or the start of the same door asks for
 * (there the original loses attempts: test/peers/faults-of-matching.test.ts).
 */

import { CLIENT4, SERVER4, SERVER6 } from '../netns/daemon-stage.ts';
import type { Packet } from '../netns/frame-sender.ts';
import type { SeededRandom } from '../support/seeded-random.ts';
import type { AgreedDoor, Step } from './agreed-doors.ts';

export type Pause = 'none' | 'inside' | 'outside';

export interface Scenario {
  readonly source: string;
  readonly door: AgreedDoor;
  readonly what: string;
  /** A pause comes between the two parts. */
  readonly parts: readonly [readonly Packet[], readonly Packet[]];
  readonly pause: Pause;
  readonly opens: boolean;
}

/** Steps as indices of the door's sequence. */
interface Plan {
  readonly what: string;
  readonly steps: readonly number[];
  readonly opens: boolean;
}

/** One in so many scenarios pauses: inside pauses are waited for one by one, outside ones all at once. */
const ONE_PAUSES_IN = 8;
const ONE_PAUSE_IS_SHORT_IN = 3;
const ONE_IS_IPV6_IN = 4;
const ONE_NOISE_IN = 4;

export function randomScenario(random: SeededRandom, doors: readonly AgreedDoor[], number: number): Scenario {
  const door = random.pick(doors);
  const isIpv6 = door.target === undefined && random.oneIn(ONE_IS_IPV6_IN);
  const host = number + 256;
  const source = isIpv6 ? `fd00:9::${host.toString(16)}` : `10.9.${host >> 8}.${host & 255}`;
  const packets = (steps: readonly number[]) => packetsOf(random, { door, source, isIpv6 }, steps);
  const canPause = door.steps.length > 1 && !door.repeats;
  if (canPause && random.oneIn(ONE_PAUSES_IN)) return paused(random, { source, door }, packets);
  const plan = random.pick(plansFor(door));
  return { source, door, ...plan, parts: [packets(plan.steps), []], pause: 'none' };
}

type Paused = Pick<Scenario, 'source' | 'door'>;

function paused(
  random: SeededRandom,
  who: Paused,
  packets: (steps: readonly number[]) => readonly Packet[],
): Scenario {
  const right = who.door.steps.map((_, at) => at);
  const cut = 1 + random.below(right.length - 1);
  const [head, tail] = [right.slice(0, cut), right.slice(cut)];
  const parts = (second: readonly number[]) => [packets(head), packets(second)] as const;
  if (random.oneIn(ONE_PAUSE_IS_SHORT_IN)) {
    return { ...who, what: 'a short pause', parts: parts(tail), pause: 'inside', opens: true };
  }
  const { what, steps, opens } = random.pick([
    { what: 'a pause too long', steps: tail, opens: false },
    { what: 'a pause too long, the rest, then all', steps: [...tail, ...right], opens: true },
    { what: 'a pause too long, then all', steps: right, opens: true },
  ]);
  return { ...who, what, parts: parts(steps), pause: 'outside', opens };
}

function plansFor({ steps, repeats }: AgreedDoor): readonly Plan[] {
  const right = steps.map((_, at) => at);
  const plans: Plan[] = [{ what: 'all steps', steps: right, opens: true }];
  for (const cut of right.slice(1)) {
    plans.push({ what: `only ${cut} steps`, steps: right.slice(0, cut), opens: false });
  }
  if (repeats) return plans;
  // A first step that ends the attempt starts no other with the original: hence the second one.
  for (const cut of right.slice(1)) {
    plans.push({ what: `${cut} steps, then all`, steps: [...right.slice(0, cut), 0, ...right], opens: true });
  }
  for (const without of right) {
    if (steps.length < 2) break;
    const gappy = right.filter((at) => at !== without);
    // Without the last, the next first step would be the wrong one.
    const again = without === steps.length - 1 ? [0] : [];
    plans.push({ what: `without step ${without}`, steps: gappy, opens: false });
    plans.push({
      what: `without step ${without}, then all`,
      steps: [...gappy, ...again, ...right],
      opens: true,
    });
  }
  if (steps.length >= 3) {
    const reversed = right.toReversed();
    plans.push({ what: 'backwards', steps: reversed, opens: false });
    plans.push({ what: 'backwards, then all', steps: [...reversed, 0, ...right], opens: true });
  }
  if (steps.length >= 4) {
    const wrong = [0, 3, ...right.slice(1)];
    plans.push({ what: 'the fourth step second', steps: wrong, opens: false });
    plans.push({ what: 'the fourth step second, then all', steps: [...wrong, ...right], opens: true });
  }
  return plans;
}

interface Sending {
  readonly door: AgreedDoor;
  readonly source: string;
  readonly isIpv6: boolean;
}

function packetsOf(random: SeededRandom, how: Sending, steps: readonly number[]): readonly Packet[] {
  const { door, source, isIpv6 } = how;
  const own = isIpv6 ? SERVER6 : SERVER4;
  const dst = door.target ?? own;
  const packet = (step: Step, flags: number, to = dst): Packet => ({
    ...{ src: source, dst: to, ...step, flags },
    ...{ srcPort: 1024 + random.below(60_000), seq: random.below(0x1_0000_0000) },
  });
  const noise = (step: Step): Packet => {
    const kinds = [
      () => packet({ ...step, port: step.port + 1 }, random.pick(door.flags.right)),
      () => packet({ ...step, udp: !step.udp }, random.pick(door.flags.right)),
      () => packet(step, random.pick(door.flags.right), door.target === undefined ? CLIENT4 : own),
      ...(door.flags.wrong.length > 0 && !step.udp
        ? [() => packet(step, random.pick(door.flags.wrong))]
        : []),
    ];
    return isIpv6 ? kinds[0]!() : random.pick(kinds)();
  };
  return steps.flatMap((at) => {
    const step = door.steps[at]!;
    const knock = packet(step, random.pick(door.flags.right));
    // A UDP datagram to a port that no door has ends the original's attempts over IPv6 where doors have TCPFlags.
    const isQuiet = (isIpv6 && step.udp) || !random.oneIn(ONE_NOISE_IN);
    return isQuiet ? [knock] : [noise(step), knock];
  });
}
