/** Fields of an object that came from outside: each is read with its type, or the first fault is kept. */

import { FOREVER_MS } from '../base/duration.ts';
import { type IpAddress, parseIpAddress } from '../net/ip-address.ts';
import { type Prefix, parsePrefix } from '../net/prefix.ts';

export interface FieldFault {
  /** undefined where the object as a whole is meant. */
  readonly field: string | undefined;
  readonly message: string;
}

/** A section's title in a configuration has fewer. */
const MAX_TEXT = 1024;

/** Values in messages are cut to this. */
const MAX_SHOWN = 60;

/** Strict: a field that nobody has asked for when `finish` is called is a fault. */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #read = new Set<string>();
  #fault: FieldFault | undefined;

  constructor(object: object) {
    this.#values = new Map(Object.entries(object));
  }

  /** What was wrong first. */
  get fault(): FieldFault | undefined {
    return this.#fault;
  }

  text(field: string): string {
    const value = this.optional(field);
    const isText = typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT;
    return isText ? value : this.#wrong(field, value, `a text of 1 to ${MAX_TEXT} characters`, '');
  }

  flag(field: string): boolean {
    const value = this.optional(field);
    if (value === undefined) return false;
    return typeof value === 'boolean' ? value : this.#wrong(field, value, 'true or false', false);
  }

  address(field: string): IpAddress {
    const value = this.optional(field);
    const address = typeof value === 'string' ? parseIpAddress(value) : undefined;
    return address ?? this.#wrong(field, value, 'an IP address', NO_ADDRESS);
  }

  prefix(field: string): Prefix {
    const value = this.optional(field);
    const prefix = typeof value === 'string' ? parsePrefix(value) : undefined;
    return prefix ?? this.#wrong(field, value, 'an IP address or prefix without host bits', NO_PREFIX);
  }

  prefixIfGiven(field: string): Prefix | undefined {
    return this.#values.get(field) === undefined ? this.#skip(field) : this.prefix(field);
  }

  /** Milliseconds; `"forever"` is FOREVER_MS. */
  durationIfGiven(field: string): number | undefined {
    const value = this.optional(field);
    if (value === undefined) return undefined;
    if (value === 'forever') return FOREVER_MS;
    const isDuration = typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
    return isDuration
      ? value
      : this.#wrong(field, value, 'whole milliseconds above 0, or "forever"', undefined);
  }

  /** The value as it is, undefined when it is not there. */
  optional(field: string): unknown {
    this.#read.add(field);
    return this.#values.get(field);
  }

  /** Faults a field that is left over. */
  finish(): void {
    for (const field of this.#values.keys()) {
      if (!this.#read.has(field)) this.#fault ??= { field, message: `unknown field ${shown(field)}` };
    }
  }

  #skip(field: string): undefined {
    this.#read.add(field);
    return undefined;
  }

  #wrong<T>(field: string, value: unknown, expected: string, instead: T): T {
    const what = value === undefined ? 'is missing' : `is ${shown(value)}`;
    this.#fault ??= { field, message: `field '${field}' ${what}, expected ${expected}` };
    return instead;
  }
}

/** Stand for values of requests that are refused. */
const NO_ADDRESS: IpAddress = { w0: 0, w1: 0, w2: 0, w3: 0 };
const NO_PREFIX: Prefix = { address: NO_ADDRESS, length: 128 };

/** One line, of bounded length, whatever the value. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
