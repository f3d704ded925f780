/**
 * Elements of nftables sets, spoken of with the kernel itself: a change costs the same however many sets and elements
 * there are, this program's and the administrator's.
 */

import { attributesIn, type MessageWriter } from './netlink-message.ts';
import { dump, NLM_F_CREATE, NLM_F_EXCL, type TransactionStep, transact } from './nftables-socket.ts';

export interface ElementChange {
  /**
   * `put`: it is there afterwards, with this time-out whatever it had. `add`: the same for one that is not there; refused
   * with EEXIST where it is. `take`: it is not there afterwards.
   */
  readonly kind: 'put' | 'add' | 'take';
  readonly set: string;
  readonly key: Uint8Array;
  /** Of `put` and `add`: from 1; undefined: it stays. The kernel counts in ticks of its clock, 1 to 10 ms. */
  readonly timeoutMs?: number | undefined;
}

export interface SetElement {
  readonly key: Buffer;
  /** What is left; undefined: it stays. */
  readonly leftMs: number | undefined;
}

export interface ChangeOutcome {
  /** The errno name: ENOENT when the table or a set is not there, EPERM without CAP_NET_ADMIN. */
  readonly refused: string | undefined;
  /** That were made. */
  readonly transactions: number;
}

const NEW_ELEMENT = 12;
const GET_ELEMENTS = 13;
const DELETE_ELEMENT = 14;

const LIST_TABLE = 1;
const LIST_SET = 2;
const LIST_ELEMENTS = 3;
const LIST_ITEM = 1;
const ELEMENT_KEY = 1;
const ELEMENT_TIMEOUT = 4;
const ELEMENT_EXPIRATION = 5;
const DATA_VALUE = 1;

/** Three messages of up to 400 bytes for each; a socket's usual send buffer is 208 KB. */
const CHANGES_A_TRANSACTION = 128;

/**
 * Makes the changes, up to 128 of them in one transaction. After an error none of its transaction was made.
 * @throws OpError when the kernel has no netfilter at all
 */
export function changeElements(table: string, changes: readonly ElementChange[]): ChangeOutcome {
  let transactions = 0;
  for (let at = 0; at < changes.length; at += CHANGES_A_TRANSACTION) {
    const some = changes.slice(at, at + CHANGES_A_TRANSACTION);
    const refused = transact(some.flatMap((change) => stepsOf(table, change)));
    if (refused !== undefined) return { refused, transactions };
    transactions++;
  }
  return { refused: undefined, transactions };
}

/** @returns the elements, or the errno name. @throws OpError when the kernel has no netfilter at all */
export function elementsOf(table: string, set: string): readonly SetElement[] | string {
  const found: SetElement[] = [];
  const refused = dump(
    GET_ELEMENTS,
    (into) => writeNames(into, table, set),
    (attributes) => found.push(...elementsIn(attributes)),
    () => found.splice(0),
  );
  return refused ?? found;
}

/**
 * To add an element that is there does nothing, before Linux 6.12 not even to its time-out, and to delete one that is
 * not there is an error: so it is added, deleted, and added again as it shall be. Nobody sees the steps.
 */
function stepsOf(table: string, { kind, set, key, timeoutMs }: ElementChange): TransactionStep[] {
  const bare = (into: MessageWriter) => writeElement(into, table, set, key, undefined);
  const whole = (into: MessageWriter) => writeElement(into, table, set, key, timeoutMs);
  if (kind === 'add') return [{ message: NEW_ELEMENT, flags: NLM_F_CREATE | NLM_F_EXCL, attributes: whole }];
  const steps = [
    { message: NEW_ELEMENT, flags: NLM_F_CREATE, attributes: bare },
    { message: DELETE_ELEMENT, flags: 0, attributes: bare },
  ];
  if (kind === 'take') return steps;
  return [...steps, { message: NEW_ELEMENT, flags: NLM_F_CREATE, attributes: whole }];
}

function writeElement(
  into: MessageWriter,
  table: string,
  set: string,
  key: Uint8Array,
  timeoutMs: number | undefined,
): void {
  writeNames(into, table, set);
  into.nested(LIST_ELEMENTS, () =>
    into.nested(LIST_ITEM, () => {
      into.nested(ELEMENT_KEY, () => into.attribute(DATA_VALUE, key));
      if (timeoutMs !== undefined) into.number64(ELEMENT_TIMEOUT, timeoutMs);
    }),
  );
}

function writeNames(into: MessageWriter, table: string, set: string): void {
  into.text(LIST_TABLE, table);
  into.text(LIST_SET, set);
}

function* elementsIn(attributes: Buffer): Generator<SetElement> {
  for (const [type, list] of attributesIn(attributes)) {
    if (type !== LIST_ELEMENTS) continue;
    for (const [, item] of attributesIn(list)) yield elementOf(item);
  }
}

function elementOf(item: Buffer): SetElement {
  let key: Buffer = Buffer.alloc(0);
  let leftMs: number | undefined;
  for (const [type, value] of attributesIn(item)) {
    if (type === ELEMENT_KEY) for (const [, bytes] of attributesIn(value)) key = Buffer.from(bytes);
    if (type === ELEMENT_EXPIRATION) leftMs = Number(value.readBigUInt64BE(0));
  }
  return { key, leftMs };
}
