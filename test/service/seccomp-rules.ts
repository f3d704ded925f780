/**
 * Directives of a unit as rules for the kernel's filter of system calls (seccomp(2)), each directive a filter of its own, as
 * systemd makes them. What a filter does not name is allowed, but for the one with `allow`.
 */

import { allowedSystemCalls } from './system-calls.ts';
import { isOn, type Section, wordsOf } from './unit-file.ts';

/** How an argument is compared, by libseccomp's numbers (enum scmp_compare). */
export const EQUAL = 4;
export const GREATER = 6;
export const MASKED_EQUAL = 7;

/** Which argument, how, and with what; of MASKED_EQUAL first the mask. */
export type ArgumentTest = readonly [argument: number, how: number, a: number, b?: number];

export interface RefuseRule {
  readonly call: string;
  readonly errno: number;
  /** All must be true. */
  readonly when: readonly ArgumentTest[];
}

export type Filter =
  | { readonly kind: 'allow'; readonly calls: readonly string[]; readonly otherwise: number }
  | { readonly kind: 'refuse'; readonly rules: readonly RefuseRule[] };

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

const FAMILIES: Readonly<Record<string, number>> = {
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  AF_NETLINK: 16,
  AF_PACKET: 17,
};
/** The highest family that a kernel has, and some. */
const LAST_FAMILY = 50;

const PROT_WRITE = 2;
const PROT_EXEC = 4;
const SHM_EXEC = 0o100000;

/** CLONE_NEW... of clone(2). */
const NAMESPACES = [0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000];

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;

/** The list of what is allowed comes last: it would refuse the loading of another. */
export function filtersOf(service: Section): readonly Filter[] {
  const refusing = [
    ...familyRules(service),
    ...(isOn(service, 'MemoryDenyWriteExecute') ? WRITE_EXECUTE_RULES : []),
    ...(isOn(service, 'RestrictNamespaces') ? namespaceRules() : []),
    ...(isOn(service, 'RestrictSUIDSGID') ? suidRules() : []),
    ...(isOn(service, 'LockPersonality') ? [always('personality')] : []),
    ...(isOn(service, 'RestrictRealtime') ? [always('sched_setscheduler')] : []),
    ...(isOn(service, 'ProtectHostname') ? [always('sethostname'), always('setdomainname')] : []),
  ];
  const filters: Filter[] = refusing.length === 0 ? [] : [{ kind: 'refuse', rules: refusing }];
  const values = service.get('SystemCallFilter') ?? [];
  if (values.length > 0) filters.push({ kind: 'allow', calls: allowedSystemCalls(values), otherwise: EPERM });
  return filters;
}

function always(call: string): RefuseRule {
  return { call, errno: EPERM, when: [] };
}

function familyRules(service: Section): readonly RefuseRule[] {
  const words = wordsOf(service, 'RestrictAddressFamilies');
  if (words.length === 0) return [];
  const allowed = new Set(words.map(familyOf));
  const refuse = (test: ArgumentTest): RefuseRule => ({ call: 'socket', errno: EAFNOSUPPORT, when: [test] });
  const others = Array.from({ length: LAST_FAMILY + 1 }, (_, family) => family).filter(
    (f) => !allowed.has(f),
  );
  return [...others.map((family) => refuse([0, EQUAL, family])), refuse([0, GREATER, LAST_FAMILY])];
}

function familyOf(name: string): number {
  const family = FAMILIES[name];
  if (family === undefined) throw new Error(`what number has '${name}'?`);
  return family;
}

const WRITE_EXECUTE_RULES: readonly RefuseRule[] = [
  { call: 'mmap', errno: EPERM, when: [[2, MASKED_EQUAL, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC]] },
  { call: 'mprotect', errno: EPERM, when: [[2, MASKED_EQUAL, PROT_EXEC, PROT_EXEC]] },
  { call: 'pkey_mprotect', errno: EPERM, when: [[2, MASKED_EQUAL, PROT_EXEC, PROT_EXEC]] },
  { call: 'shmat', errno: EPERM, when: [[2, MASKED_EQUAL, SHM_EXEC, SHM_EXEC]] },
];

/** clone3 has its flags in memory, where a filter cannot look: programs fall back to clone. */
function namespaceRules(): readonly RefuseRule[] {
  return [
    always('unshare'),
    always('setns'),
    { call: 'clone3', errno: ENOSYS, when: [] },
    ...NAMESPACES.map((flag) => ({
      ...always('clone'),
      when: [[0, MASKED_EQUAL, flag, flag] as const],
    })),
  ];
}

function suidRules(): readonly RefuseRule[] {
  const modes: readonly (readonly [call: string, argument: number])[] = [
    ['chmod', 1],
    ['fchmod', 1],
    ['fchmodat', 2],
    ['mkdir', 1],
    ['mkdirat', 2],
  ];
  return modes.flatMap(([call, argument]) =>
    [S_ISUID, S_ISGID].map((bit) => ({
      ...always(call),
      when: [[argument, MASKED_EQUAL, bit, bit] as const],
    })),
  );
}
