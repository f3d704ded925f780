/** What became of the last attempt at one door. */

import { decisionVerdict } from './decision-verdict.ts';
import type { Cause, ExplainedEvent, Verdict } from './explanation.ts';
import type { SourceFacts } from './source-facts.ts';
import { scanVerdict } from './source-verdict.ts';
import { agoText, spanText } from './span-text.ts';

type Of<Kind extends ExplainedEvent['kind']> = Extract<ExplainedEvent, { readonly kind: Kind }>;
type Waiting = Of<'step'> | Of<'duplicate'> | Of<'held'>;

const COMPARE = "compare the client's sequence with the door's, tcp and udp, too";

/** @param events all of the source, oldest first */
export function doorVerdict(door: string, events: readonly ExplainedEvent[], facts: SourceFacts): Verdict {
  const last = events.findLast((event) => 'door' in event && event.door === door && !isMisfit(event));
  switch (last?.kind) {
    case 'decision':
      return decisionVerdict(last, events, facts);
    case 'complete':
      return {
        cause: 'opening',
        door,
        text: `${door}: the sequence was complete ${agoText(last.agoMs)}, and the door is being opened`,
        next: 'ask again in a moment',
      };
    case 'wrong-step':
      return disturbed(door, events, last) ?? wrongStep(last);
    case 'timeout':
      return disturbed(door, events, last) ?? timeout(last);
    case 'step':
    case 'duplicate':
    case 'held':
      return ended(door, events, last) ?? disturbed(door, events, last) ?? inProgress(last);
    default:
      return misfit(door, events.findLast(isMisfit));
  }
}

function isMisfit(event: ExplainedEvent): event is Of<'other-flags'> | Of<'other-target'> {
  return event.kind === 'other-flags' || event.kind === 'other-target';
}

/** The source's scan ends attempts at all doors. */
function ended(door: string, events: readonly ExplainedEvent[], last: Waiting): Verdict | undefined {
  const scan = events.slice(events.indexOf(last)).find((event) => event.kind === 'scan');
  return scan === undefined ? undefined : scanVerdict(door, scan.strays, scan.agoMs);
}

/** What came in the place of the step that was expected, where that tells more than the end of the attempt. */
function disturbed(
  door: string,
  events: readonly ExplainedEvent[],
  last: ExplainedEvent,
): Verdict | undefined {
  const step = events.findLast((event) => event.kind === 'step' && event.door === door) as
    | Of<'step'>
    | undefined;
  const since = events.slice(step === undefined ? 0 : events.indexOf(step));
  const until = since.slice(0, since.indexOf(last) + (isOver(last) ? 0 : since.length));
  const unfit = until.findLast((event) => isMisfit(event) && event.door === door);
  if (unfit !== undefined) return misfit(door, unfit);
  const stray = until.find((event) => event.kind === 'stray');
  return stray === undefined ? undefined : strayVerdict(door, stray, (step?.stage ?? 0) + 1);
}

function isOver({ kind }: ExplainedEvent): boolean {
  return kind === 'timeout' || kind === 'wrong-step';
}

function strayVerdict(door: string, { packet, agoMs }: Of<'stray'>, expected: number): Verdict {
  const came = `${packet.protocol}/${packet.port}`;
  const text = `${door}: where step ${expected} was expected came ${came} ${agoText(agoMs)}, which is no step that a door expects`;
  return { cause: 'strays', door, text, next: COMPARE };
}

function wrongStep({ door, expected, came, isLate, steps, agoMs }: Of<'wrong-step'>): Verdict {
  const cause: Cause = isLate ? 'out-of-order' : 'wrong-step';
  const what = came === null ? 'another step' : `step ${came}`;
  const end = isLate ? `, and step ${expected} did not follow in time` : '';
  const text = `${door}: ${what} came where step ${expected} of ${steps} was expected ${agoText(agoMs)}${end}`;
  const isAhead = came !== null && came > expected;
  const next = isAhead
    ? "a packet was lost or overtaken: let the client pause between knocks ('knock -d 200')"
    : COMPARE;
  return { cause, door, text, next };
}

function timeout({ door, stage, steps, limitMs, agoMs }: Of<'timeout'>): Verdict {
  return {
    cause: 'timeout',
    door,
    text: `${door}: ${stage} of ${steps} steps came within ${spanText(limitMs)}, which is all the time there is; that ended ${agoText(agoMs)}`,
    next: `see whether all knocks arrive; if they do, send them faster or raise 'Seq_Timeout' of [${door}]`,
  };
}

function inProgress({ door, stage, steps, agoMs }: Waiting): Verdict {
  return {
    cause: 'in-progress',
    door,
    text: `${door}: ${stage} of ${steps} steps have come, the last one ${agoText(agoMs)}`,
    next: `send step ${stage + 1}`,
  };
}

function misfit(door: string, event: ExplainedEvent | undefined): Verdict {
  const when = agoText(event?.agoMs ?? 0);
  if (event?.kind === 'other-target') {
    const text = `${door}: a knock came ${when} to an address that is not the door's`;
    return { cause: 'target-mismatch', door, text, next: `knock at the 'Target' of [${door}]` };
  }
  const text = `${door}: a knock came ${when} without the TCP flags that the door asks for`;
  return {
    cause: 'wrong-flags',
    door,
    text,
    next: `knock with the 'TCPFlags' of [${door}]; 'knock' sends a SYN`,
  };
}
