/**
 * Questions and transactions for nftables in the kernel (linux/netfilter/nfnetlink.h, nf_tables.h); table family inet.
 *
 * One socket serves the whole process and is never closed: to close it after a change waits until every processor has
 * forgotten what was deleted, some 15 ms. Each question reads its own answer to the end.
 */

import { getSystemErrorName } from 'node:util';
import { OpError } from '../base/op-error.ts';
import { attributesIn, MessageWriter, messagesIn, type NetlinkMessage, statusOf } from './netlink-message.ts';
import { once } from './once.ts';
import { AF_NETLINK, NETLINK_NETFILTER, SOCK_RAW, Socket } from './socket.ts';

export interface TransactionStep {
  /** NFT_MSG_… */
  readonly message: number;
  readonly flags: number;
  readonly attributes: WriteAttributes;
}

export type WriteAttributes = (into: MessageWriter) => void;

export const NLM_F_CREATE = 0x400;
/** With the former: an error where it is there already. */
export const NLM_F_EXCL = 0x200;

const NFPROTO_INET = 1;
const SUBSYSTEM = 10;
const BATCH_BEGIN = 0x10;
const BATCH_END = 0x11;
const GET_RULES = 7;
const RULE_TABLE = 1;
const NEW_GENERATION = 15;
const GET_GENERATION = 16;
const GENERATION_ID = 1;

const ERROR = 2;
const DONE = 3;
const REQUEST = 0x1;
const ACKNOWLEDGE = 0x4;
const DUMP = 0x300;
/** Of a dump: what is listed changed meanwhile, and some may be missing. */
const INTERRUPTED = 0x10;

/** The kernel makes no answer longer than what is read at once, to 32 KB. */
const RECEIVE_BYTES = 32_768;
/** Only so that loops have an end: 8 GB of answers. */
const MAX_ANSWERS = 262_144;
const MAX_DUMPS = 5;

/** struct nfgenmsg: family, version, resource. */
const INET_HEADER = Uint8Array.of(NFPROTO_INET, 0, 0, 0);
const FENCE_HEADER = Uint8Array.of(0, 0, 0, SUBSYSTEM);

const writer = new MessageWriter();

/** @throws OpError when the kernel has no netfilter at all */
const kernel = once(() => {
  try {
    return new Socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  } catch (error) {
    if (!(error instanceof OpError)) throw error;
    throw new OpError({ op: 'speak to', target: 'netfilter', ...(error.code && { code: error.code }) });
  }
});

/** All steps or none. @returns the errno name of the first error. @throws OpError */
export function transact(steps: readonly TransactionStep[]): string | undefined {
  writer.clear();
  writer.message(BATCH_BEGIN, REQUEST, 0, () => writer.raw(FENCE_HEADER));
  steps.forEach(({ message, flags, attributes }, at) => {
    const acknowledge = at === steps.length - 1 ? ACKNOWLEDGE : 0;
    writer.message(messageType(message), flags | REQUEST | acknowledge, at + 1, () => {
      writer.raw(INET_HEADER);
      attributes(writer);
    });
  });
  writer.message(BATCH_END, REQUEST, 0, () => writer.raw(FENCE_HEADER));
  return kernel().send(writer.bytes) ?? verdict(kernel());
}

/**
 * A list, an item of it at a time.
 * @param visit attributes of one answer, to be read at once; after an interruption all come again
 * @param restart what was visited does not count
 * @returns the errno name when it went wrong. @throws OpError
 */
export function dump(
  message: number,
  attributes: WriteAttributes,
  visit: (attributes: Buffer) => void,
  restart: () => void,
): string | undefined {
  let refused: string | undefined = 'EINTR';
  for (let left = MAX_DUMPS; left > 0 && refused === 'EINTR'; left--) {
    restart();
    refused = dumpOnce(message, attributes, visit);
  }
  return refused;
}

/**
 * The number of the ruleset: every transaction of anybody counts it up by one.
 * @returns the errno name when it went wrong: EPERM without CAP_NET_ADMIN, EINVAL without nf_tables in the kernel
 * @throws OpError when the kernel has no netfilter at all
 */
export function nftablesGeneration(): number | string {
  const answer = ask(GET_GENERATION, 0, () => undefined) ?? receive(kernel());
  if (typeof answer === 'string') return answer;
  for (const message of messagesIn(answer)) {
    if (message.type === ERROR) return getSystemErrorName(statusOf(message));
    if (message.type !== messageType(NEW_GENERATION)) continue;
    for (const [type, value] of attributesIn(attributesOf(message))) {
      if (type === GENERATION_ID) return value.readUInt32BE(0);
    }
  }
  return 'EPROTO';
}

/** Whether a table has any; or the errno name. @throws OpError when the kernel has no netfilter at all */
export function hasRules(table: string): boolean | string {
  let found = false;
  const refused = dump(
    GET_RULES,
    (into) => into.text(RULE_TABLE, table),
    () => {
      found = true;
    },
    () => {
      found = false;
    },
  );
  return refused ?? found;
}

function dumpOnce(
  message: number,
  attributes: WriteAttributes,
  visit: (attributes: Buffer) => void,
): string | undefined {
  const refused = ask(message, DUMP, attributes);
  if (refused !== undefined) return refused;
  let isInterrupted = false;
  for (let left = MAX_ANSWERS; left > 0; left--) {
    const answer = receive(kernel());
    if (typeof answer === 'string') return answer;
    for (const each of messagesIn(answer)) {
      if ((each.flags & INTERRUPTED) !== 0) isInterrupted = true;
      if (each.type !== DONE && each.type !== ERROR) {
        visit(attributesOf(each));
        continue;
      }
      const status = statusOf(each);
      if (status !== 0) return getSystemErrorName(status);
      return isInterrupted ? 'EINTR' : undefined;
    }
  }
  return 'EPROTO';
}

function ask(message: number, flags: number, attributes: WriteAttributes): string | undefined {
  writer.clear();
  writer.message(messageType(message), flags | REQUEST, 1, () => {
    writer.raw(INET_HEADER);
    attributes(writer);
  });
  return kernel().send(writer.bytes);
}

/**
 * The first error, or undefined when the last message was acknowledged. The kernel has answered when `send` returns;
 * all of it is read, so that nothing is left for the next question.
 */
function verdict(socket: Socket): string | undefined {
  let first: string | undefined;
  let isAcknowledged = false;
  for (let left = MAX_ANSWERS; left > 0; left--) {
    const answer = receive(socket);
    if (answer === 'EAGAIN') return isAcknowledged ? first : (first ?? 'EPROTO');
    if (typeof answer === 'string') {
      first ??= answer;
      continue;
    }
    for (const message of messagesIn(answer)) {
      if (message.type !== ERROR) continue;
      const status = statusOf(message);
      if (status === 0) isAcknowledged = true;
      else first ??= getSystemErrorName(status);
    }
  }
  return first ?? 'EPROTO';
}

function messageType(message: number): number {
  return (SUBSYSTEM << 8) | message;
}

/** What follows struct nfgenmsg. */
function attributesOf({ body }: NetlinkMessage): Buffer {
  return body.subarray(4);
}

/** Written again by every answer. */
const answerBytes = once(() => Buffer.alloc(RECEIVE_BYTES));

function receive(socket: Socket): Buffer | string {
  const into = answerBytes();
  const length = socket.receive(into);
  return typeof length === 'string' ? length : into.subarray(0, length);
}
