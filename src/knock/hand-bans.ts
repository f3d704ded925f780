/**
 * Bans that somebody asked for: addresses and prefixes, each with an end. One hash table for each length of prefix in
 * use, so a look-up costs the same with one ban or with the most there can be, and next to nothing without any.
 */

import { FOREVER_MS } from '../base/duration.ts';
import { isIpv4 } from '../net/ip-address.ts';
import { hostLength, isIpv4Address, type Prefix, prefixContains, prefixOf } from '../net/prefix.ts';
import { type HashKey, hashAddress } from './source-hash.ts';

export interface HandBan {
  readonly prefix: Prefix;
  /** Wall clock; FOREVER_MS: no end. */
  readonly endMs: number;
}

/** 20 MB when all are in use. */
export const MAX_HAND_BANS = 65_536;

/** Keys of a Map that are small integers in V8: nothing is allocated for them. */
const HASH_MASK = 0x3fffffff;

interface Node extends HandBan {
  next: Node | undefined;
}

interface LengthTable {
  readonly length: number;
  readonly m0: number;
  readonly m1: number;
  readonly m2: number;
  readonly m3: number;
  /** By hash, those with one hash in a chain. */
  readonly nodes: Map<number, Node>;
  count: number;
}

export class HandBans {
  readonly #key: HashKey;
  readonly #hashMask: number;
  readonly #four: LengthTable[] = [];
  readonly #six: LengthTable[] = [];
  #size = 0;

  /** @param key random for each run: addresses may be chosen by those who get themselves banned */
  constructor(key: HashKey, hashMask = HASH_MASK) {
    this.#key = key;
    this.#hashMask = hashMask;
  }

  get size(): number {
    return this.#size;
  }

  /** The ban that the address falls under; one may be over until `expire` is called. */
  find(w0: number, w1: number, w2: number, w3: number): HandBan | undefined {
    const tables = isIpv4(w0, w1, w2) ? this.#four : this.#six;
    for (let i = 0; i < tables.length; i++) {
      const found = this.#inTable(tables[i]!, w0, w1, w2, w3);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The ban that the whole prefix falls under. */
  covering({ address, length }: Prefix): HandBan | undefined {
    const { w0, w1, w2, w3 } = address;
    return this.#tables(address)
      .filter((table) => table.length <= length)
      .map((table) => this.#inTable(table, w0, w1, w2, w3))
      .find((found) => found !== undefined);
  }

  /** Also moves the end of a ban that is there. False when there are as many as can be. */
  add(prefix: Prefix, endMs: number): boolean {
    this.#removeExactly(prefix);
    if (this.#size >= MAX_HAND_BANS) return false;
    const table = this.#tableFor(prefix);
    const { w0, w1, w2, w3 } = prefix.address;
    const hash = this.#hash(w0, w1, w2, w3);
    table.nodes.set(hash, { prefix, endMs, next: table.nodes.get(hash) });
    table.count++;
    this.#size++;
    return true;
  }

  /** Lifts the prefix's own ban and those of what lies in it. Gives them. */
  remove(prefix: Prefix): readonly HandBan[] {
    const isHost = prefix.length === hostLength(prefix.address);
    const inside = isHost
      ? [this.#exactly(prefix)].filter((ban) => ban !== undefined)
      : this.list().filter(
          (ban) => ban.prefix.length >= prefix.length && prefixContains(prefix, ban.prefix.address),
        );
    for (const ban of inside) this.#removeExactly(ban.prefix);
    return inside;
  }

  /** Removes the bans that are over. @param nowMs wall clock */
  expire(nowMs: number): readonly HandBan[] {
    const over = this.list().filter(({ endMs }) => endMs <= nowMs);
    for (const { prefix } of over) this.#removeExactly(prefix);
    return over;
  }

  /** When the next ban is over; FOREVER_MS when none will be. */
  nextEndMs(): number {
    return this.list().reduce((least, { endMs }) => Math.min(least, endMs), FOREVER_MS);
  }

  list(): readonly HandBan[] {
    const found: HandBan[] = [];
    for (const { nodes } of [...this.#four, ...this.#six]) {
      for (const first of nodes.values()) {
        for (let node: Node | undefined = first; node !== undefined; node = node.next) {
          found.push({ prefix: node.prefix, endMs: node.endMs });
        }
      }
    }
    return found;
  }

  #inTable(table: LengthTable, w0: number, w1: number, w2: number, w3: number): Node | undefined {
    const a0 = w0 & table.m0;
    const a1 = w1 & table.m1;
    const a2 = w2 & table.m2;
    const a3 = w3 & table.m3;
    let node = table.nodes.get(this.#hash(a0, a1, a2, a3));
    while (node !== undefined) {
      const { address } = node.prefix;
      if (address.w3 === a3 && address.w2 === a2 && address.w1 === a1 && address.w0 === a0) return node;
      node = node.next;
    }
    return undefined;
  }

  #exactly({ address, length }: Prefix): Node | undefined {
    const table = this.#tables(address).find((each) => each.length === length);
    return table && this.#inTable(table, address.w0, address.w1, address.w2, address.w3);
  }

  #removeExactly(prefix: Prefix): void {
    const node = this.#exactly(prefix);
    if (node === undefined) return;
    const table = this.#tableFor(prefix);
    const { w0, w1, w2, w3 } = prefix.address;
    const hash = this.#hash(w0, w1, w2, w3);
    const rest = without(table.nodes.get(hash), node);
    if (rest === undefined) table.nodes.delete(hash);
    else table.nodes.set(hash, rest);
    this.#size--;
    table.count--;
    const tables = this.#tables(prefix.address);
    if (table.count === 0) tables.splice(tables.indexOf(table), 1);
  }

  #tableFor({ address, length }: Prefix): LengthTable {
    const tables = this.#tables(address);
    const known = tables.find((table) => table.length === length);
    if (known !== undefined) return known;
    const ones = isIpv4Address(address)
      ? { w0: 0, w1: 0, w2: 0xffff, w3: -1 }
      : { w0: -1, w1: -1, w2: -1, w3: -1 };
    const mask = prefixOf(ones, length).address;
    const table = {
      length,
      m0: mask.w0,
      m1: mask.w1,
      m2: mask.w2,
      m3: mask.w3,
      nodes: new Map<number, Node>(),
      count: 0,
    };
    tables.push(table);
    return table;
  }

  #tables(address: Prefix['address']): LengthTable[] {
    return isIpv4Address(address) ? this.#four : this.#six;
  }

  #hash(w0: number, w1: number, w2: number, w3: number): number {
    return hashAddress(this.#key, w0, w1, w2, w3) & this.#hashMask;
  }
}

function without(chain: Node | undefined, node: Node): Node | undefined {
  if (chain === undefined || chain === node) return node.next;
  for (let before: Node | undefined = chain; before !== undefined; before = before.next) {
    if (before.next === node) before.next = node.next;
  }
  return chain;
}
