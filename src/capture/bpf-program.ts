/**
 * An assembler for classic BPF (Linux: Documentation/networking/filter.rst). It writes a program from its end to its
 * start, since BPF jumps forward only: every target is known when a jump to it is written. Conditional jumps reach 255
 * instructions; a target further away is reached through a copy of it (a return) or a long jump nearby.
 */

import { endianness } from 'node:os';

/** The kernel's BPF_MAXINSNS. */
export const MAX_INSTRUCTIONS = 4096;

/** struct sock_filter: code (16 bits), jump if true (8), jump if false (8), operand (32). */
export const INSTRUCTION_BYTES = 8;

export const LD_WORD_ABS = 0x20;
export const LD_HALF_ABS = 0x28;
export const LD_BYTE_ABS = 0x30;
export const LD_HALF_IND = 0x48;
export const LD_BYTE_IND = 0x50;
/** A = M[k] */
export const LD_MEM = 0x60;
/** X = k */
export const LDX_IMM = 0x01;
/** X = 4 * (byte at k & 15): the length of an IPv4 header. */
export const LDX_MSH = 0xb1;
/** M[k] = A */
export const ST = 0x02;
export const AND_K = 0x54;
export const JA = 0x05;
export const JEQ_K = 0x15;
export const JGE_K = 0x35;
export const JSET_K = 0x45;
export const RET_K = 0x06;

/** How far a conditional jump goes, less the two instructions that reaching both targets may put in between. */
const MAX_NEAR = 253;

/** A place in the program, as the number of instructions from there to the end. */
export type Label = number;

export class BpfProgram {
  /** Four numbers an instruction, the last instruction first. */
  readonly #fields: number[] = [];
  /** The nearest way to each target that lies too far. */
  readonly #ways = new Map<Label, Label>();
  /** What the returns return. */
  readonly #returned = new Map<Label, number>();

  get length(): number {
    return this.#fields.length / 4;
  }

  /** Ends the program: `bytes` of the packet are captured, none at 0. */
  ret(bytes: number): Label {
    const label = this.#put(RET_K, 0, 0, bytes);
    this.#returned.set(label, bytes);
    return label;
  }

  /** One instruction that goes on at `next`. */
  step(next: Label, code: number, k: number): Label {
    if (next !== this.length) this.#copy(next);
    return this.#put(code, 0, 0, k);
  }

  /** Goes on at `yes` or `no`. */
  test(code: number, k: number, yes: Label, no: Label): Label {
    const yesNear = this.#near(yes);
    const noNear = this.#near(no);
    return this.#put(code, this.length - yesNear, this.length - noNear, k);
  }

  /** struct sock_filter, first instruction first. @throws RangeError over MAX_INSTRUCTIONS, which would be a bug here */
  toBytes(): Uint8Array {
    if (this.length > MAX_INSTRUCTIONS) throw new RangeError(`${this.length} instructions`);
    const view = new DataView(new ArrayBuffer(this.length * INSTRUCTION_BYTES));
    const little = endianness() === 'LE';
    for (let i = 0; i < this.length; i++) {
      const from = (this.length - 1 - i) * 4;
      const to = i * INSTRUCTION_BYTES;
      view.setUint16(to, this.#fields[from]!, little);
      view.setUint8(to + 2, this.#fields[from + 1]!);
      view.setUint8(to + 3, this.#fields[from + 2]!);
      view.setUint32(to + 4, this.#fields[from + 3]! >>> 0, little);
    }
    return new Uint8Array(view.buffer);
  }

  #put(code: number, jumpTrue: number, jumpFalse: number, k: number): Label {
    this.#fields.push(code, jumpTrue, jumpFalse, k);
    return this.length;
  }

  #near(target: Label): Label {
    const way = this.#ways.get(target) ?? target;
    return this.length - way <= MAX_NEAR ? way : this.#copy(target);
  }

  /** What does the same as `target`, here. */
  #copy(target: Label): Label {
    const bytes = this.#returned.get(target);
    const label =
      bytes === undefined ? this.#put(JA, 0, 0, this.length - target) : this.#put(RET_K, 0, 0, bytes);
    this.#ways.set(target, label);
    return label;
  }
}
