/** Events in words, with their colour. */

import { localClock } from '../../base/people-time.ts';
import type { ToldDecision } from '../../control/told-decision.ts';
import type { WatchEvent } from '../../control/watch-event.ts';
import type { Tone } from './line.ts';

export interface EventWords {
  readonly text: string;
  readonly tone: Tone;
}

export function eventWords(event: WatchEvent): EventWords {
  switch (event.event) {
    case 'attempt': {
      const about = event.door === undefined ? '' : `${event.door}: `;
      const text = `${event.source}: ${about}${attemptWords(event.what, event.stage)}`;
      return { text, tone: ATTEMPT_TONES[event.what] ?? 'plain' };
    }
    case 'spa':
      return { text: `${event.source}: ${event.text}`, tone: 'plain' };
    case 'decision':
      return { text: event.text, tone: 'plain' };
    case 'banned': {
      const until = event.endsAt === null ? '' : ` until ${localClock(event.endsAt)}`;
      return { text: `${event.prefix}: banned${until}`, tone: 'bad' };
    }
    case 'unbanned':
      return { text: `${event.prefix}: no longer banned`, tone: 'plain' };
    case 'dropped':
      return { text: `the kernel dropped ${event.count} packets`, tone: 'bad' };
    case 'reloaded':
      return event.ok
        ? { text: 'the configuration was read anew', tone: 'plain' }
        : { text: 'the configuration has errors and stays as it was', tone: 'bad' };
    case 'skipped':
      return { text: `${event.count} more not shown`, tone: 'dim' };
  }
}

/** The same for the view, where each stands for itself: undefined for what is worth no line. */
export function viewWords(event: WatchEvent): EventWords | undefined {
  return event.event === 'decision' ? decisionWords(event.decision, event.text) : eventWords(event);
}

function decisionWords(decision: ToldDecision, text: string): EventWords | undefined {
  const { kind, reason } = decision;
  // The lines before it have said what was done.
  if (kind === 'command-ended' && reason === 'ok') return undefined;
  return { text, tone: DECISION_TONES[kind] ?? 'plain' };
}

const DECISION_TONES: Readonly<Partial<Record<ToldDecision['kind'], Tone>>> = {
  opened: 'good',
  refused: 'bad',
  failed: 'bad',
  'command-ended': 'bad',
  'close-delayed': 'bad',
};

const ATTEMPT_TONES: Readonly<Record<string, Tone>> = { opened: 'good', scan: 'bad' };

function attemptWords(what: string, stage: number): string {
  switch (what) {
    case 'stage':
      return `stage ${stage}`;
    case 'opened':
      return 'the whole sequence';
    case 'timeout':
      return `too slow, the attempt ends at stage ${stage}`;
    case 'scan':
      return 'a scan, its attempts are ended';
    default:
      return what;
  }
}
