/** For each cause that `explain` can state, what leads to it: a source that knocked at `ssh`, of three steps. */

import { FOREVER_MS } from '../../src/base/duration.ts';
import { explainedPacket } from '../../src/explain/explained-event.ts';
import type { Cause, DecisionEvent, ExplainedEvent, Verdict } from '../../src/explain/explanation.ts';
import type { SourceFacts } from '../../src/explain/source-facts.ts';
import { verdictOn } from '../../src/explain/verdict.ts';
import { parsePrefix } from '../../src/net/prefix.ts';
import type { SpaRefusal } from '../../src/spa/refusal.ts';
import { address, port } from './spa-yard.ts';

interface Case {
  readonly events?: readonly ExplainedEvent[];
  readonly facts?: Partial<SourceFacts>;
  readonly source?: string;
}

const SOURCE = '203.0.113.9';
const NOW_MS = 1_800_000_000_000;
const WHEN = { at: '2026-11-25T09:00:00.000Z', agoMs: 12_000, source: SOURCE };
const ABOUT = { ...WHEN, count: 1 };
const DOOR = { ...ABOUT, door: 'ssh', steps: 3 };
const FIRST: ExplainedEvent = { kind: 'step', stage: 1, ...DOOR };

/** Exhaustive: a new cause does not compile before it has a case. */
const CASES: Readonly<Record<Cause, Case>> = {
  'never-seen': {},
  'no-first-step': { events: [{ kind: 'later-step', ...ABOUT }] },
  'wrong-step': {
    events: [FIRST, { kind: 'wrong-step', expected: 3, came: 1, isLate: false, ...DOOR }],
  },
  'out-of-order': {
    events: [FIRST, { kind: 'wrong-step', expected: 2, came: 3, isLate: true, ...DOOR }],
  },
  strays: {
    events: [FIRST, { kind: 'stray', strays: 1, packet: { protocol: 'tcp', port: 8003 }, ...ABOUT }],
  },
  timeout: { events: [FIRST, { kind: 'timeout', stage: 1, limitMs: 10_000, ...DOOR }] },
  'wrong-flags': { events: [{ kind: 'other-flags', ...DOOR }] },
  'target-mismatch': { events: [{ kind: 'other-target', ...DOOR }] },
  scan: { events: [FIRST, { kind: 'scan', strays: 17, ...ABOUT }] },
  banned: { facts: { ban: { by: 'scan', endMs: NOW_MS + 540_000 } } },
  'other-family': { source: '2001:db8::9', facts: { ignoresIpv6: true } },
  'not-allowed': { events: [decision('refused', 'not-allowed')] },
  'refused-used-sequence': { events: [decision('refused', 'used-sequence')] },
  'refused-replay-failed': { events: [decision('refused', 'replay-failed')] },
  'refused-table-full': { events: [decision('refused', 'table-full')] },
  'refused-queue-full': { events: [decision('refused', 'queue-full')] },
  'refused-door-off': { events: [decision('refused', 'door-off')] },
  'refused-journal-failed': { events: [decision('refused', 'journal-failed')] },
  'refused-could-not-start': { events: [decision('refused', 'could-not-start')] },
  'refused-daemon-stop': { events: [decision('refused', 'daemon-stop')] },
  'command-failed': { events: [{ ...decision('command-ended', 'failed-status'), status: 2 }] },
  'firewall-failed': { events: [{ ...decision('failed', 'firewall-failed'), detail: 'EPERM' }] },
  'in-progress': { events: [FIRST] },
  opening: { events: [{ kind: 'complete', ...DOOR }] },
  open: { events: [decision('opened', 'grant')], facts: { grants: [{ door: 'ssh', endsMs: FOREVER_MS }] } },
  'command-ran': { events: [decision('opened', 'command')] },
  'opens-nothing': { events: [decision('opened', 'no-command')] },
  'opened-and-expired': { events: [decision('closed', 'timeout')] },
  closed: { events: [decision('closed', 'asked')] },
  'spa-shape': { events: [{ ...packet({ reason: 'shape', fault: 'length' }), ...strangerShape() }] },
  'spa-replay': { events: [packet({ reason: 'replay' }, false)] },
  'spa-bad-hmac': { events: [packet({ reason: 'bad-hmac' }, false)] },
  'spa-clock-unset': { events: [packet({ reason: 'clock-unset' })] },
  'spa-not-canonical': { events: [packet({ reason: 'not-canonical' })] },
  'spa-not-decrypted': { events: [packet({ reason: 'not-decrypted' })] },
  'spa-weak-digest': { events: [packet({ reason: 'weak-digest', digest: 'md5' })] },
  'spa-digest-mismatch': { events: [packet({ reason: 'digest-mismatch' })] },
  'spa-malformed': { events: [packet({ reason: 'malformed', field: 'message' })] },
  'spa-clock-skew': { events: [packet({ reason: 'clock-skew', skewS: -200, maxAgeS: 120 })] },
  'spa-maybe-replay': { events: [packet({ reason: 'maybe-replay' })] },
  'spa-rate-limit': { events: [packet({ reason: 'rate-limit' })] },
  'spa-replay-cache-full': { events: [packet({ reason: 'replay-cache-full' })] },
  'spa-user': { events: [packet({ reason: 'user', user: 'bob' })] },
  'spa-source-not-allowed': { events: [packet({ reason: 'source-not-allowed' })] },
  'spa-command': { events: [packet({ reason: 'command' })] },
  'spa-nat': { events: [packet({ reason: 'nat' })] },
  'spa-any-source': { events: [packet({ reason: 'any-source' })] },
  'spa-address-differs': { events: [packet({ reason: 'address-differs', address: address('10.0.0.7') })] },
  'spa-port-not-offered': { events: [packet({ reason: 'port-not-offered', port: port('tcp/80') })] },
  'spa-timeout-too-long': {
    events: [packet({ reason: 'timeout-too-long', timeoutS: 90, maxTimeoutS: 60 })],
  },
};

/** One verdict for each cause. */
export function exampleVerdicts(): readonly Verdict[] {
  return Object.values(CASES).map(verdictOfCase);
}

function verdictOfCase({ source = SOURCE, events = [], facts = {} }: Case): Verdict {
  const nothing: SourceFacts = {
    grants: [],
    ban: undefined,
    ignoresIpv6: false,
    otherFamilyDoors: [],
    hindrances: [],
    showsSecrets: false,
  };
  return verdictOn({
    source: parsePrefix(source)!,
    events,
    facts: { ...nothing, ...facts },
    remembersMs: 300_000,
    nowMs: NOW_MS,
  });
}

function decision(what: DecisionEvent['decision'], reason: DecisionEvent['reason']): DecisionEvent {
  return { kind: 'decision', decision: what, reason, door: 'ssh', ...ABOUT };
}

function packet(refusal: SpaRefusal, isKnown = true) {
  const { w0, w1, w2, w3 } = address(SOURCE);
  const source = { w0, w1, w2, w3 };
  return explainedPacket({ source, door: isKnown ? 'ssh' : undefined, refusal, timeMs: 0 }, WHEN);
}

/** Of a stranger's packet nobody remembers what was wrong with its shape. */
function strangerShape() {
  const { text, hint, spaDoor } = explainedPacket(
    { source: address(SOURCE), door: undefined, refusal: { reason: 'shape' }, timeMs: 0 },
    WHEN,
  );
  return { text, hint, spaDoor };
}
