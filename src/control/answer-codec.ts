/** Answers and events as lines. The daemon is trusted, but it may be another version than the program that reads. */

import { fail, ok, type Result } from '../base/result.ts';
import type { ControlAnswer } from './answer.ts';
import { shown } from './fields.ts';
import { PROTOCOL_VERSION, type RequestId } from './request.ts';

/** A status with every list full takes a tenth of it. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** With the line break. */
export function formatAnswer(answer: ControlAnswer, id?: RequestId): string {
  const head = id === undefined ? { v: PROTOCOL_VERSION } : { v: PROTOCOL_VERSION, id };
  return `${JSON.stringify({ ...head, ...answer })}\n`;
}

/** `v` and `id` are left out of it. @returns for people what is wrong with the line */
export function parseAnswer(line: string): Result<ControlAnswer, string> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return fail(`it says ${shown(line)}`);
  }
  if (typeof value !== 'object' || value === null) return fail(`it says ${shown(value)}`);
  const {
    v,
    id: _id,
    ...answer
  } = value as { readonly v?: unknown; readonly id?: unknown; readonly kind?: unknown };
  if (v !== PROTOCOL_VERSION) return fail(`it speaks version ${shown(v)}, expected ${PROTOCOL_VERSION}`);
  if (!isKind(answer.kind)) return fail(`it says ${shown(answer.kind)}`);
  return ok(answer as unknown as ControlAnswer);
}

const KINDS: Readonly<Record<ControlAnswer['kind'], true>> = {
  error: true,
  status: true,
  explanation: true,
  decided: true,
  closing: true,
  banned: true,
  unbanned: true,
  reloaded: true,
  'not-reloaded': true,
  watching: true,
  event: true,
};

function isKind(kind: unknown): kind is ControlAnswer['kind'] {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind);
}
