/** Requests as lines: one JSON object each, with the version `v` and the `kind`. Pure; any line gives a request or a fault. */

import { FOREVER_MS } from '../base/duration.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { formatIpAddress } from '../net/ip-address.ts';
import { formatPrefix } from '../net/prefix.ts';
import type { RequestErrorCode } from './answer.ts';
import { Fields, shown } from './fields.ts';
import { type ControlRequest, PROTOCOL_VERSION, type RequestId } from './request.ts';

export interface ReceivedRequest {
  readonly id: RequestId | undefined;
  readonly request: ControlRequest;
}

export interface RequestFault {
  /** Where it could be read. */
  readonly id: RequestId | undefined;
  readonly code: RequestErrorCode;
  readonly field: string | undefined;
  readonly message: string;
}

const MAX_ID_LENGTH = 64;
const WRONG = Symbol('wrong');

/** Without the line break. */
export function formatRequest(request: ControlRequest, id?: RequestId): string {
  return JSON.stringify({ v: PROTOCOL_VERSION, ...(id === undefined ? {} : { id }), ...wireForm(request) });
}

export function parseRequest(line: string): Result<ReceivedRequest, RequestFault> {
  const object = parseObject(line);
  if (!object.ok) return fail(fault(undefined, 'malformed', undefined, object.error));
  const fields = new Fields(object.value);
  const id = readId(fields.optional('id'));
  if (id === WRONG) {
    const message = `field 'id' is no text of up to ${MAX_ID_LENGTH} characters and no whole number`;
    return fail(fault(undefined, 'bad-field', 'id', message));
  }
  const version = fields.optional('v');
  if (version !== PROTOCOL_VERSION) {
    const message = `field 'v' is ${shown(version)}, expected ${PROTOCOL_VERSION}`;
    return fail(fault(id, 'unsupported-version', 'v', message));
  }
  const kind = fields.optional('kind');
  const request = readRequest(kind, fields);
  if (request === undefined) {
    return fail(fault(id, 'unknown-kind', 'kind', `field 'kind' is ${shown(kind)}, expected ${KINDS}`));
  }
  fields.finish();
  if (fields.fault === undefined) return ok({ id, request });
  return fail(fault(id, 'bad-field', fields.fault.field, fields.fault.message));
}

const KINDS = 'status, explain, open, close, ban, unban, reload or watch';

function readRequest(kind: unknown, fields: Fields): ControlRequest | undefined {
  switch (kind) {
    case 'status':
      return { kind, showSecrets: fields.flag('showSecrets') };
    case 'explain':
      return { kind, source: fields.prefix('source'), showSecrets: fields.flag('showSecrets') };
    case 'open': {
      const door = fields.text('door');
      return { kind, door, source: fields.address('source'), forMs: fields.durationIfGiven('forMs') };
    }
    case 'close':
      return { kind, door: fields.text('door'), source: fields.prefixIfGiven('source') };
    case 'ban':
      return { kind, prefix: fields.prefix('prefix'), forMs: fields.durationIfGiven('forMs') };
    case 'unban':
      return { kind, prefix: fields.prefix('prefix') };
    case 'reload':
    case 'watch':
      return { kind };
    default:
      return undefined;
  }
}

function wireForm(request: ControlRequest): object {
  switch (request.kind) {
    case 'explain':
      return { ...request, source: formatPrefix(request.source) };
    case 'open': {
      const { kind, door, source, forMs } = request;
      return { kind, door, source: formatIpAddress(source), ...wireDuration(forMs) };
    }
    case 'close': {
      const { kind, door, source } = request;
      return { kind, door, ...(source === undefined ? {} : { source: formatPrefix(source) }) };
    }
    case 'ban':
      return { kind: request.kind, prefix: formatPrefix(request.prefix), ...wireDuration(request.forMs) };
    case 'unban':
      return { kind: request.kind, prefix: formatPrefix(request.prefix) };
    case 'status':
    case 'reload':
    case 'watch':
      return request;
  }
}

function wireDuration(forMs: number | undefined): object {
  if (forMs === undefined) return {};
  return { forMs: forMs >= FOREVER_MS ? 'forever' : forMs };
}

function parseObject(line: string): Result<object, string> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return fail('the line is no JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return ok(value);
  return fail(`the line is ${shown(value)}, expected a JSON object`);
}

function readId(id: unknown): RequestId | undefined | typeof WRONG {
  if (id === undefined || Number.isSafeInteger(id)) return id as number | undefined;
  return typeof id === 'string' && id.length <= MAX_ID_LENGTH ? id : WRONG;
}

function fault(
  id: RequestId | undefined,
  code: RequestErrorCode,
  field: string | undefined,
  message: string,
): RequestFault {
  return { id, code, field, message };
}
