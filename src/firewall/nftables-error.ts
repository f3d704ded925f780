/** What nftables refuses, as errors that say what to do. */

import { OpError } from '../base/op-error.ts';

/** Whether libnftables complains of something that is not there. */
export function isMissing(complaint: string): boolean {
  return complaint.includes('No such file or directory');
}

/** @param errno as the kernel answered */
export function kernelRefusal(verb: string, table: string, errno: string): OpError {
  const hint = HINTS[errno];
  return new OpError({ ...what(verb, table), code: errno, ...(hint !== undefined && { hint }) });
}

/** @param complaint as libnftables printed it; its first line has the reason, the others the place */
export function libraryRefusal(verb: string, table: string, complaint: string): OpError {
  const [line = complaint] = complaint.split('\n');
  const isForbidden = line.includes('Operation not permitted');
  return new OpError({
    ...what(verb, table),
    cause: new Error(line.replace(/^.*?Error: /, '')),
    ...(isForbidden && { code: 'EPERM', hint: FORBIDDEN }),
  });
}

function what(verb: string, table: string) {
  return { op: `${verb} the nftables table`, target: `inet ${table}` };
}

const FORBIDDEN = 'this needs root, or the capability CAP_NET_ADMIN';
const NO_NFTABLES =
  "this kernel has no nftables: 'modprobe nf_tables' may load it, 'Firewall = iptables' does without";

/** EINVAL is what a kernel with netfilter but without nf_tables says to any of its messages. */
const HINTS: Readonly<Record<string, string>> = {
  EPERM: FORBIDDEN,
  EINVAL: NO_NFTABLES,
  EOPNOTSUPP: NO_NFTABLES,
};
