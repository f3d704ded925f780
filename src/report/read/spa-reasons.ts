/** Reasons for which an SPA packet opens nothing: the codes of the JSON log, in words, and by the words of the text log. */

import type { SpaRefusal } from '../../spa/refusal.ts';

export type SpaReason = SpaRefusal['reason'];

interface Words {
  /** As the report says it. */
  readonly words: string;
  /** What the line's words match. */
  readonly line: RegExp;
}

const REASONS: Readonly<Record<SpaReason, Words>> = {
  shape: {
    words: 'not the shape of a packet',
    line: /^it(?:s length is none| begins with| does not begin| has characters)/,
  },
  replay: { words: 'a packet that came before', line: /^the same packet/ },
  'bad-hmac': { words: 'made with no key of this port', line: /^no key of this port/ },
  'clock-unset': { words: "this host's clock was not set", line: /^the clock of this host/ },
  'not-canonical': { words: 'base64 that no client writes', line: /^its base64/ },
  'not-decrypted': { words: 'could not be decrypted', line: /^it could not be decrypted/ },
  'weak-digest': { words: 'a weak digest', line: /^its digest is '/ },
  'digest-mismatch': { words: 'a digest that does not match', line: /^its digest does not/ },
  malformed: { words: 'a field that is not as it must be', line: / is not as it must be$/ },
  'clock-skew': { words: "a time too far from this host's", line: /^its time is / },
  'maybe-replay': { words: 'older than what is remembered', line: /^packets of its time/ },
  'rate-limit': { words: 'too many packets for the door', line: /^too many packets/ },
  'replay-cache-full': { words: 'the replay cache was full', line: /^the replay cache/ },
  user: { words: 'a user who is not allowed', line: /^user '/ },
  'source-not-allowed': { words: 'a source that is not allowed', line: /^its source is not/ },
  command: { words: 'asked for a command', line: /^it asks for a command/ },
  nat: { words: 'asked for forwarding', line: /^it asks for forwarding/ },
  'any-source': { words: 'named no address to open for', line: /^it names no address/ },
  'address-differs': { words: 'made for another address', line: /^it was made for '/ },
  'port-not-offered': { words: 'asked for a port that is not offered', line: / is not offered$/ },
  'timeout-too-long': { words: 'asked for too long a time', line: /^it asks for \d+ s/ },
};

/** The code itself for one that is not known. */
export function spaReasonWords(code: string): string {
  return Object.hasOwn(REASONS, code) ? REASONS[code as SpaReason].words : code;
}

export function spaReasonOf(line: string): SpaReason | 'unknown' {
  return CODES.find((code) => REASONS[code].line.test(line)) ?? 'unknown';
}

const CODES = Object.keys(REASONS) as readonly SpaReason[];
