/** The kernel's routing socket (rtnetlink(7)): tables on demand, and word that something changed. */

import { endianness } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { OpError } from '../base/op-error.ts';
import { ReadWatch } from './poll.ts';
import { AF_NETLINK, SOCK_RAW, Socket } from './socket.ts';

const NETLINK_ROUTE = 0;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 1;
const NLM_F_DUMP = 0x300;

const LITTLE = endianness() === 'LE';
const HEADER_BYTES = 16;
/** The largest fixed part of a request: struct ifinfomsg. */
const BODY_BYTES = 16;
/** What the kernel fills at most in one answer (ip(8) reads as much). */
const RECEIVE_BYTES = 32_768;

/** Of one table: 2 GB, far more than any table has; only so that the loop has an end. */
const MAX_ANSWERS = 65_536;

/** Groups of netlink(7), as bits. */
export const LINK_GROUP = 0x1;
export const ADDRESS_GROUPS = 0x10 | 0x100;
export const ROUTE_GROUPS = 0x40 | 0x400;

/** Reads one message: `type` is an RTM_NEW... number; `message` starts with the fixed part of that type. */
export type NetlinkVisitor = (type: number, message: DataView) => void;

/**
 * A whole table. The kernel answers while it is read, so this does not wait.
 * @param request RTM_GETLINK, RTM_GETADDR or RTM_GETROUTE
 * @throws OpError
 */
export function dumpNetlink(request: number, visit: NetlinkVisitor): void {
  const socket = new Socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  try {
    const refused = socket.send(dumpRequest(request));
    if (refused !== undefined) throw new OpError({ op: 'ask', target: 'rtnetlink', code: refused });
    const answer = new Uint8Array(RECEIVE_BYTES);
    for (let left = MAX_ANSWERS; left > 0; left--) {
      const length = socket.receive(answer);
      if (typeof length === 'string') throw new OpError({ op: 'read', target: 'rtnetlink', code: length });
      if (visitMessages(new DataView(answer.buffer, 0, length), visit)) return;
    }
  } finally {
    socket.close();
  }
}

function dumpRequest(request: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + BODY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, LITTLE);
  view.setUint16(4, request, LITTLE);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_DUMP, LITTLE);
  return bytes;
}

/** Whether the table ends here. @throws OpError when the kernel refuses to give it */
function visitMessages(view: DataView, visit: NetlinkVisitor): boolean {
  for (let at = 0; at + HEADER_BYTES <= view.byteLength; ) {
    const length = view.getUint32(at, LITTLE);
    const type = view.getUint16(at + 4, LITTLE);
    if (length < HEADER_BYTES || at + length > view.byteLength) return true;
    const body = new DataView(view.buffer, view.byteOffset + at + HEADER_BYTES, length - HEADER_BYTES);
    if (type === NLMSG_DONE || type === NLMSG_ERROR) {
      refuseError(body);
      return true;
    }
    visit(type, body);
    at += (length + 3) & ~3;
  }
  return false;
}

/** Both kinds of last message begin with 0 or a negative errno. */
function refuseError(body: DataView): void {
  const status = body.byteLength < 4 ? 0 : body.getInt32(0, LITTLE);
  if (status >= 0) return;
  throw new OpError({ op: 'read a table from', target: 'rtnetlink', code: getSystemErrorName(status) });
}

/** Calls `changed` after every burst of news in the groups. What changed is asked anew, so no news can be missed. */
export class NetlinkWatch {
  readonly #socket: Socket;
  readonly #watch: ReadWatch;

  /** @throws OpError */
  constructor(groups: number, changed: () => void) {
    this.#socket = new Socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    const address = new Uint8Array(12);
    new DataView(address.buffer).setUint16(0, AF_NETLINK, LITTLE);
    new DataView(address.buffer).setUint32(8, groups, LITTLE);
    const refused = this.#socket.bind(address);
    if (refused !== undefined) {
      this.#socket.close();
      throw new OpError({ op: 'listen to', target: 'rtnetlink', code: refused });
    }
    const news = new Uint8Array(RECEIVE_BYTES);
    const drain = () => {
      this.#drain(news);
      changed();
    };
    this.#watch = new ReadWatch(this.#socket.fd, drain, () => this.#afterError(drain));
  }

  close(): void {
    this.#watch.close();
    this.#socket.close();
  }

  /** ENOBUFS, news lost in the kernel, ends a drain like EAGAIN does: `changed` is called all the same. */
  #drain(news: Uint8Array): void {
    for (let left = MAX_DRAIN; left > 0 && typeof this.#socket.receive(news) === 'number'; left--);
  }

  /** The event loop stops a watch whose socket has an error pending; reading clears the error. */
  #afterError(drain: () => void): void {
    drain();
    this.#watch.resume();
  }
}

/** Messages read in one go, so that a storm of them leaves the event loop its turn. */
const MAX_DRAIN = 64;
