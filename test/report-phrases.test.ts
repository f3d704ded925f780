/** Every line that the daemon writes about packets and grants is read alike from the JSON log and from the text log. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFields, Logger, LogLevel } from '../src/base/logger.ts';
import { Teller } from '../src/daemon/teller.ts';
import type { CloseReason, Decision, RefusalReason } from '../src/grant/decision.ts';
import { OPENED, SCAN, STAGE, TIMEOUT, WRONG_STEP } from '../src/knock/match-event.ts';
import { jsonLine } from '../src/log/line-format.ts';
import { minuteStamp } from '../src/log/time-stamp.ts';
import { parseIpAddress } from '../src/net/ip-address.ts';
import type { LogEvent } from '../src/report/read/log-event.ts';
import { readLine } from '../src/report/read/read-line.ts';
import type { SpaRefusal } from '../src/spa/refusal.ts';

const SOURCE = parseIpAddress('192.0.2.7')!;
const MINUTE = new Date(2026, 10, 20, 10, 0);
const ABOUT = { door: 'ssh', source: '192.0.2.7', atMs: MINUTE.getTime() };

const CLOSINGS: readonly CloseReason[] = [
  ...(['timeout', 'daemon-stop', 'overdue', 'start-failed', 'asked'] as const),
  ...(['closing-door', 'door-gone', 'replaced'] as const),
];

const REFUSALS: readonly RefusalReason[] = [
  ...(['used-sequence', 'replay-failed', 'not-allowed', 'table-full', 'queue-full'] as const),
  ...(['door-off', 'journal-failed', 'could-not-start', 'daemon-stop'] as const),
];

const SPA: readonly SpaRefusal[] = [
  ...(['length', 'prefix', 'start', 'alphabet'] as const).map(
    (fault) => ({ reason: 'shape', fault }) as const,
  ),
  ...(['replay', 'bad-hmac', 'clock-unset', 'not-canonical', 'not-decrypted'] as const).map((reason) => ({
    reason,
  })),
  ...(['digest-mismatch', 'maybe-replay', 'rate-limit', 'replay-cache-full'] as const).map((reason) => ({
    reason,
  })),
  ...(['source-not-allowed', 'command', 'nat', 'any-source'] as const).map((reason) => ({ reason })),
  { reason: 'weak-digest', digest: 'md5' },
  { reason: 'malformed', field: 'user' },
  { reason: 'malformed', field: 'time' },
  { reason: 'clock-skew', skewS: -400, maxAgeS: 120 },
  { reason: 'user', user: "eve' is not offered" },
  { reason: 'address-differs', address: SOURCE },
  { reason: 'port-not-offered', port: { protocol: 'tcp', port: 22 } },
  { reason: 'timeout-too-long', timeoutS: 900, maxTimeoutS: 60 },
];

const DECISIONS: readonly Decision[] = [
  { kind: 'opened', reason: 'grant', means: 'ports', endsMs: ABOUT.atMs + 30_000, ...ABOUT },
  { kind: 'refreshed', reason: 'open', endsMs: ABOUT.atMs + 30_000, ...ABOUT },
  { kind: 'refreshed', reason: 'opening', ...ABOUT },
  ...REFUSALS.map((reason) => ({ kind: 'refused', reason, detail: 'EROFS: x', ...ABOUT }) as const),
  { kind: 'failed', reason: 'firewall-failed', detail: 'nft: no', ...ABOUT },
  { kind: 'command-started', action: 'start', command: 'iptables -I: x', ...ABOUT },
  { kind: 'command-ended', action: 'start', reason: 'failed-status', status: 1, ...ABOUT },
  { kind: 'command-ended', action: 'stop', reason: 'time-limit', limitMs: 5000, ...ABOUT },
  { kind: 'command-ended', action: 'start', reason: 'could-not-start', detail: 'EAGAIN', ...ABOUT },
  ...CLOSINGS.flatMap((reason) =>
    (['ports', 'commands'] as const).map((means) => ({ kind: 'closing', reason, means, ...ABOUT }) as const),
  ),
  { kind: 'close-delayed', reason: 'timeout', retryMs: 0, ...ABOUT },
  { kind: 'restored', reason: 'journal', endsMs: ABOUT.atMs + 30_000, ...ABOUT },
  { kind: 'kept', reason: 'forever', endsMs: Number.MAX_SAFE_INTEGER, ...ABOUT },
];

interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

function tellAll(): readonly Line[] {
  const lines: Line[] = [];
  const log: Logger = { log: (level, message, fields) => void lines.push({ level, message, fields }) };
  const teller = new Teller(log, undefined, true);
  teller.setBanTimeMs(60_000);
  for (const kind of [STAGE, OPENED, TIMEOUT, SCAN, WRONG_STEP] as const) {
    teller.event(kind, kind === SCAN ? undefined : 'ssh', 2, SOURCE, 0, 6, 22);
  }
  for (const decision of DECISIONS) teller.decision(decision);
  for (const [at, refusal] of SPA.entries()) {
    const door = at % 2 === 0 ? 'ssh' : undefined;
    teller.spa({ kind: 'refused', refusal, door, user: undefined }, SOURCE, 0);
  }
  teller.output('ssh', '192.0.2.7', '192.0.2.8: ssh: OPEN SESAME');
  return lines;
}

function read(line: string): LogEvent {
  const result = readLine(line, MINUTE.getTime());
  assert.equal(result.kind, 'event', line);
  return (result as { readonly event: LogEvent }).event;
}

/** What the text log does not have: sources and actions of commands, ends of grants. */
function comparable({ kind, door, reason, source }: LogEvent) {
  return { kind, door, reason, ...(kind.startsWith('command-') ? {} : { source }) };
}

test('the text log tells the same as the JSON log', () => {
  const lines = tellAll();
  assert.ok(lines.length > 60, `${lines.length}`);
  for (const { level, message, fields } of lines) {
    const fromText = read(`[${minuteStamp(MINUTE)}] ${message}`);
    const fromJson = read(jsonLine(level, message, fields, MINUTE));
    const isVague =
      fromJson.kind === 'close-delayed' || fromJson.kind === 'kept' || fromJson.kind === 'restored';
    const simple = (event: LogEvent) => (isVague ? { ...comparable(event), reason: '' } : comparable(event));
    if (fromJson.kind === 'command-output' || fromJson.kind === 'command-started') {
      assert.equal(fromText.kind, fromJson.kind, message);
    } else assert.deepEqual(simple(fromText), simple(fromJson), message);
    assert.notEqual(fromJson.reason, 'unknown', message);
  }
});
