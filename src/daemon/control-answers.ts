/** What the daemon does for each request of the control socket. */

import { wallMs } from '../base/clock.ts';
import type { OpError } from '../base/op-error.ts';
import { type ControlAnswer, errorAnswer, MAX_DIAGNOSTICS } from '../control/answer.ts';
import type { ControlRequest } from '../control/request.ts';
import { decisionText } from '../grant/decision-text.ts';
import { formatIpAddress, type IpAddress } from '../net/ip-address.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import type { ControlHost } from './control-host.ts';
import { statusAnswer } from './status-answer.ts';
import { endText } from './time-texts.ts';
import { toldDecision } from './told-decision.ts';

export async function controlAnswer(request: ControlRequest, host: ControlHost): Promise<ControlAnswer> {
  switch (request.kind) {
    case 'status':
      return statusAnswer(host, wallMs(), request.showSecrets);
    case 'open':
      return open(host, request.door, request.source, request.forMs);
    case 'close':
      return close(host, request.door, request.source);
    case 'reload':
      return reload(host);
    case 'watch':
      return { kind: 'watching' };
    case 'explain':
      return explain(host, request.source, request.showSecrets);
    case 'ban':
      return ban(host, request.prefix, request.forMs);
    case 'unban':
      return unban(host, request.prefix);
  }
}

function explain(host: ControlHost, source: Prefix, showSecrets: boolean): ControlAnswer {
  return {
    kind: 'explanation',
    source: formatPrefix(source),
    explanation: host.explain(source, showSecrets),
  };
}

/** A ban that could not be written down is in force all the same: the error says that the next start will not know of it. */
async function ban(host: ControlHost, prefix: Prefix, forMs: number | undefined): Promise<ControlAnswer> {
  const end = await host.ban(prefix, forMs);
  if (!end.ok) return failure(end.error);
  return { kind: 'banned', prefix: formatPrefix(prefix), endsAt: endText(end.value) };
}

async function unban(host: ControlHost, prefix: Prefix): Promise<ControlAnswer> {
  const count = await host.unban(prefix);
  return count.ok
    ? { kind: 'unbanned', prefix: formatPrefix(prefix), count: count.value }
    : failure(count.error);
}

function failure({ message, hint }: OpError): ControlAnswer {
  return errorAnswer('internal', message, hint === undefined ? {} : { hint });
}

async function open(
  host: ControlHost,
  name: string,
  source: IpAddress,
  forMs: number | undefined,
): Promise<ControlAnswer> {
  const door = host.config.doors.find((each) => each.name === name);
  if (door === undefined) return noSuchDoor(host, name);
  const decision = await host.open(door, source, forMs);
  const text = decisionText(decision) ?? `${formatIpAddress(source)}: ${name}: ${decision.kind}`;
  return { kind: 'decided', decision: toldDecision(decision), text };
}

/** Grants outlive the door that a reload took away, so one that is unknown may still have some. */
function close(host: ControlHost, door: string, source: Prefix | undefined): ControlAnswer {
  const count = host.close(door, source === undefined ? undefined : formatPrefix(source));
  const isKnown = count > 0 || host.config.doors.some(({ name }) => name === door);
  return isKnown ? { kind: 'closing', door, count } : noSuchDoor(host, door);
}

async function reload(host: ControlHost): Promise<ControlAnswer> {
  const outcome = await host.reload();
  const { file } = host.configState;
  if (outcome.ok) {
    return { kind: 'reloaded', file, doorCount: host.config.doors.length, warnings: outcome.warnings };
  }
  const { diagnostics, message } = outcome;
  const shown = diagnostics.slice(0, MAX_DIAGNOSTICS);
  const why = message === undefined ? {} : { message };
  return { kind: 'not-reloaded', file, diagnostics: shown, diagnosticCount: diagnostics.length, ...why };
}

function noSuchDoor(host: ControlHost, name: string): ControlAnswer {
  const names = host.config.doors.slice(0, MAX_NAMED).map((door) => `'${door.name}'`);
  const more = host.config.doors.length > MAX_NAMED ? ', …' : '';
  const hint = names.length === 0 ? 'there are no doors' : `there are: ${names.join(', ')}${more}`;
  return errorAnswer('no-such-door', `there is no door '${name}'`, { field: 'door', hint });
}

/** Doors that a hint lists. */
const MAX_NAMED = 10;
