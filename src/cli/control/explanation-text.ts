/** An explanation for people: what it comes to, what to do next, and what was seen. */

import { durationText, localClock, localTime } from '../../base/people-time.ts';
import type { DecisionEvent, ExplainedEvent, Explanation } from '../../explain/explanation.ts';
import { columns } from '../columns.ts';
import type { Palette } from '../paint.ts';

export function explanationText(explanation: Explanation, { strong, dim, good, bad }: Palette): string {
  const { source, verdict, events, omitted, remembersSince } = explanation;
  const paint = verdict.cause === 'open' ? good : bad;
  const isPrefix = source.includes('/');
  const rows = events.map((event) => [
    localClock(event.at),
    ...(isPrefix ? [event.source] : []),
    `${eventWords(event)}${event.count > 1 ? dim(` (${event.count} times)`) : ''}`,
  ]);
  const lines = [
    `${strong(source)}: ${paint(verdict.text)}`,
    `next: ${verdict.next}`,
    '',
    events.length === 0 ? 'nothing was seen' : 'what was seen:',
    ...(omitted === 0 ? [] : [dim(`  ${omitted} older events are not shown`)]),
    ...columns(rows).map((row) => `  ${row}`),
    dim(`first knocks are remembered since ${localTime(remembersSince)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function eventWords(event: ExplainedEvent): string {
  switch (event.kind) {
    case 'step':
      return `${event.door}: step ${event.stage} of ${event.steps}${packetWords(event)}`;
    case 'complete':
      return `${event.door}: the whole sequence${packetWords(event)}`;
    case 'duplicate':
      return `${event.door}: step ${event.stage} again, which does no harm`;
    case 'held':
      return `${event.door}: step ${event.stage + 2} came too early and is held for a moment${packetWords(event)}`;
    case 'wrong-step':
      return `${event.door}: ${wrongStepWords(event)}${packetWords(event)}`;
    case 'timeout':
      return `${event.door}: too slow, ${event.stage} of ${event.steps} steps came within ${durationText(event.limitMs)}`;
    case 'other-flags':
      return `${event.door}: a step with other TCP flags than the door wants${packetWords(event)}`;
    case 'other-target':
      return `${event.door}: a step to another destination than the door's${packetWords(event)}`;
    case 'later-step':
      return `a later step, and there was no first one${packetWords(event)}`;
    case 'stray':
      return `${event.packet.protocol} port ${event.packet.port} is no step: stray ${event.strays}`;
    case 'scan':
      return `a scan: ${event.strays} strays, its attempts are ended`;
    case 'banned':
      return `not looked at, banned ${event.by === 'hand' ? 'by hand' : 'as a scanner'}`;
    case 'spa-refused':
      return `${event.spaDoor === null ? '' : `${event.spaDoor}: `}SPA packet refused: ${event.text}`;
    case 'decision':
      return decisionWords(event);
  }
}

function packetWords(event: {
  readonly packet?: { readonly protocol: string; readonly port: number };
}): string {
  return event.packet === undefined ? '' : ` (${event.packet.protocol} ${event.packet.port})`;
}

function wrongStepWords(event: Extract<ExplainedEvent, { kind: 'wrong-step' }>): string {
  const { expected, came, isLate } = event;
  if (isLate) return `step ${expected} did not come in time, the attempt ends`;
  const what = came === null ? 'another step' : `step ${came}`;
  return `${what} came where step ${expected} was expected, the attempt ends`;
}

function decisionWords({ door, decision, reason, endsAt, status, detail }: DecisionEvent): string {
  const end = endsAt === undefined ? '' : endsAt === null ? ', without end' : `, until ${localClock(endsAt)}`;
  const more = [
    ...(status === undefined ? [] : [`status ${status}`]),
    ...(detail === undefined ? [] : [detail]),
  ];
  const tail = more.length === 0 ? '' : `: ${more.join(', ')}`;
  return `${door}: ${decision.replaceAll('-', ' ')} (${reason})${end}${tail}`;
}
