/** The part of the kernel filter that looks at the transport header, which starts X bytes behind the network header. */

import type { BpfProgram, Label } from './bpf-program.ts';
import * as bpf from './bpf-program.ts';
import type { FilterSpec } from './filter-spec.ts';
import { testRanges } from './number-filter.ts';
import { coarsened, PortSet } from './port-set.ts';

/** Ranges in one set of ports: 256 instructions. With the classes below, at most 2,600 in all. */
export const MAX_RANGES = 128;
/** Combinations of flags; the ports of further ones are passed with any flags. */
const MAX_CLASSES = 8;

/** SYN without ACK, RFC 9293 section 3.1. */
const SYN_MASK = 0x12;
const SYN_VALUE = 0x02;

const PORT_AT = 2;
const FLAGS_AT = 13;
const FLAGS_CELL = 0;
const PORT_CELL = 1;

interface FlagClass {
  readonly mask: number;
  readonly value: number;
  readonly ports: PortSet;
}

/** Passes a transport header whose destination port is in the set. */
export function testPorts(
  program: BpfProgram,
  ports: PortSet,
  base: number,
  maxRanges: number,
  pass: Label,
  drop: Label,
): Label {
  const ranges = coarsened(ports.ranges(), maxRanges);
  if (ranges.length === 0) return drop;
  return program.step(testRanges(program, ranges, pass, drop), bpf.LD_HALF_IND, base + PORT_AT);
}

/** Passes a TCP header that fits a class of the specification. */
export function testTcp(
  program: BpfProgram,
  spec: FilterSpec,
  base: number,
  maxRanges: number,
  pass: Label,
  drop: Label,
): Label {
  const classes = classesOf(spec);
  if (classes.length === 0) return drop;
  let at = drop;
  for (const each of classes.reverse()) at = testClass(program, each, maxRanges, pass, at);
  at = program.step(at, bpf.ST, FLAGS_CELL);
  at = program.step(at, bpf.LD_BYTE_IND, base + FLAGS_AT);
  at = program.step(at, bpf.ST, PORT_CELL);
  return program.step(at, bpf.LD_HALF_IND, base + PORT_AT);
}

function testClass(
  program: BpfProgram,
  { mask, value, ports }: FlagClass,
  maxRanges: number,
  pass: Label,
  next: Label,
): Label {
  const ranges = coarsened(ports.ranges(), maxRanges);
  let at = program.step(testRanges(program, ranges, pass, next), bpf.LD_MEM, PORT_CELL);
  if (mask === 0) return at;
  at = program.test(bpf.JEQ_K, value, at, next);
  at = program.step(at, bpf.AND_K, mask);
  return program.step(at, bpf.LD_MEM, FLAGS_CELL);
}

/** Strays first: they are what a scan or flood consists of. None is empty. */
function classesOf(spec: FilterSpec): FlagClass[] {
  const classes: FlagClass[] = [];
  const strays = strayPorts(spec);
  if (spec.synStrays) classes.push({ mask: SYN_MASK, value: SYN_VALUE, ports: strays });
  for (const { mask, value, ports } of spec.tcp) classFor(classes, mask, value).ports.add(ports);
  const isSyn = ({ mask, value }: FlagClass) =>
    (mask & SYN_MASK) === SYN_MASK && (value & SYN_MASK) === SYN_VALUE;
  for (const each of classes.slice(1)) if (spec.synStrays && isSyn(each)) each.ports.deleteAll(strays);
  return classes.filter(({ ports }) => ports.ranges().length > 0);
}

function strayPorts(spec: FilterSpec): PortSet {
  const ports = PortSet.all();
  for (const { first, last, protocol } of spec.ignore) if (protocol !== 'udp') ports.deleteRange(first, last);
  return ports;
}

/** The class with these flags, made when there is none yet; the one of any flags when there are too many. */
function classFor(classes: FlagClass[], mask: number, value: number): FlagClass {
  const found = classes.find((each) => each.mask === mask && each.value === value);
  if (found !== undefined) return found;
  if (mask !== 0 && classes.length >= MAX_CLASSES - 1) return classFor(classes, 0, 0);
  const made = { mask, value, ports: new PortSet() };
  classes.push(made);
  return made;
}
