/**
 * The first sieve: a FilterSpec as a classic BPF program for the kernel. Not libpcap's compiler, which grows with the
 * square of the number of doors and cannot test TCP flags over IPv6. The program stays under 4,096 instructions for
 * every specification; what does not fit is passed coarser and settled in user space.
 *
 * Passed whole, for user space to look into: VLAN tags below the outermost (which the kernel has taken off by then), and
 * IPv6 extension headers. Dropped: what this host sends, later IPv4 fragments, and whatever is neither TCP nor UDP.
 */

import { isIpv4 } from '../net/ip-address.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { testIpv4Address, testIpv6Address } from './address-filter.ts';
import * as bpf from './bpf-program.ts';
import { BpfProgram, type Label } from './bpf-program.ts';
import type { FilterSpec } from './filter-spec.ts';
import { MAX_RANGES, testPorts, testTcp } from './port-filter.ts';
import { PortSet } from './port-set.ts';

/** SKF_AD_OFF: what the kernel knows about a packet, whatever its link header. */
const AD_OFF = -0x1000;
const AD_PROTOCOL = AD_OFF;
const AD_PACKET_TYPE = AD_OFF + 4;
const PACKET_OUTGOING = 4;
/** SKF_NET_OFF: the network header, whatever the link header; but only the part of it that is in linear memory. */
const NET_OFF = -0x100000;

const TYPE_IPV4 = 0x0800;
const TYPE_IPV6 = 0x86dd;
const VLAN_TYPES = [0x8100, 0x88a8, 0x9100];

const ETHERNET = 1;
const ETHERNET_HEADER = 14;
/** Raw IP, and the two cooked kinds: the kernel's packet starts at the network header. */
const HEADERLESS = [12, 101, 113, 276];

const FRAGMENT_OFFSET = 0x1fff;
const IPV6_HEADER = 40;
/** RFC 8200, 4302, 6275, 7401, 5533: behind these the transport header may be anywhere. */
const IPV6_EXTENSIONS = [0, 43, 44, 51, 60, 135, 139, 140];

/**
 * The program for SO_ATTACH_FILTER, an array of struct sock_filter in this host's byte order.
 * @param linkType libpcap's, which says where the network header is
 * @param maxRanges of ports in each set: fewer make a shorter program, which passes more
 */
export function buildFilter(spec: FilterSpec, linkType: number, maxRanges = MAX_RANGES): Uint8Array {
  const program = new BpfProgram();
  const base = networkOffset(linkType);
  const drop = program.ret(0);
  const pass = program.ret(spec.snapLengthBytes);
  const udp = testPorts(program, udpPorts(spec), base, maxRanges, pass, drop);
  const tcp = testTcp(program, spec, base, maxRanges, pass, drop);
  const ipv6 = spec.ipv6 ? ipv6Filter(program, spec, base, { tcp, udp, pass, drop }) : drop;
  const ipv4 = ipv4Filter(program, spec, base, { tcp, udp, pass, drop });
  let at = drop;
  for (const type of VLAN_TYPES) at = program.test(bpf.JEQ_K, type, pass, at);
  at = program.test(bpf.JEQ_K, TYPE_IPV6, ipv6, at);
  at = program.test(bpf.JEQ_K, TYPE_IPV4, ipv4, at);
  at = program.step(at, bpf.LD_WORD_ABS, AD_PROTOCOL);
  at = program.test(bpf.JEQ_K, PACKET_OUTGOING, drop, at);
  program.step(at, bpf.LD_WORD_ABS, AD_PACKET_TYPE);
  return program.toBytes();
}

interface Targets {
  readonly tcp: Label;
  readonly udp: Label;
  readonly pass: Label;
  readonly drop: Label;
}

function networkOffset(linkType: number): number {
  if (linkType === ETHERNET) return ETHERNET_HEADER;
  return HEADERLESS.includes(linkType) ? 0 : NET_OFF;
}

function udpPorts(spec: FilterSpec): PortSet {
  const ports = spec.udpStrays ? PortSet.all() : new PortSet();
  for (const { first, last, protocol } of spec.ignore) if (protocol !== 'tcp') ports.deleteRange(first, last);
  return ports.add(spec.udp);
}

/** RFC 791. */
function ipv4Filter(program: BpfProgram, spec: FilterSpec, base: number, to: Targets): Label {
  let at = program.test(bpf.JEQ_K, UDP, to.udp, to.drop);
  at = program.test(bpf.JEQ_K, TCP, to.tcp, at);
  at = program.step(at, bpf.LD_BYTE_ABS, base + 9);
  at = program.step(at, bpf.LDX_MSH, base);
  at = program.test(bpf.JSET_K, FRAGMENT_OFFSET, to.drop, at);
  at = program.step(at, bpf.LD_HALF_ABS, base + 6);
  const addresses = spec.addresses?.filter(({ w0, w1, w2 }) => isIpv4(w0, w1, w2));
  return addresses === undefined ? at : testIpv4Address(program, addresses, base + 16, at, to.drop);
}

/** RFC 8200. */
function ipv6Filter(program: BpfProgram, spec: FilterSpec, base: number, to: Targets): Label {
  let at = to.drop;
  for (const number of IPV6_EXTENSIONS) at = program.test(bpf.JEQ_K, number, to.pass, at);
  at = program.test(bpf.JEQ_K, UDP, to.udp, at);
  at = program.test(bpf.JEQ_K, TCP, to.tcp, at);
  at = program.step(at, bpf.LD_BYTE_ABS, base + 6);
  at = program.step(at, bpf.LDX_IMM, IPV6_HEADER);
  const addresses = spec.addresses?.filter(({ w0, w1, w2 }) => !isIpv4(w0, w1, w2));
  return addresses === undefined ? at : testIpv6Address(program, addresses, base + 24, at, to.drop);
}
