/**
 * A program: `node --jitless seccomp-launcher.js FILTERS PROGRAM ARGUMENTS` loads the filters (JSON, see seccomp-rules.ts) into the
 * kernel by libseccomp, and becomes the program. Without a compiler at run time, which a filter may forbid already.
 */

import koffi from 'koffi';
import type { Filter } from './seccomp-rules.ts';

const ALLOW = 0x7fff0000;
const REFUSE = 0x00050000;
/** struct scmp_arg_cmp: argument and comparison in 32 bits each, two values in 64. */
const TEST_BYTES = 24;

const seccomp = koffi.load('libseccomp.so.2');
const init = seccomp.func('void* seccomp_init(uint32_t)');
const numberOf = seccomp.func('int seccomp_syscall_resolve_name(const char*)');
const add = seccomp.func('int seccomp_rule_add_array(void*, uint32_t, int, unsigned int, const void*)');
const load = seccomp.func('int seccomp_load(void*)');
const libc = koffi.load('libc.so.6');
const execve = libc.func('int execve(const char*, const char**, const char**)');
const fcntl = libc.func('int fcntl(int, int, ...)');
/** Node keeps its standard streams from other programs. */
const F_SETFD = 2;
const STREAMS = [0, 1, 2];

const [, , filters = '[]', program = '', ...args] = process.argv;
const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
for (const filter of JSON.parse(filters) as readonly Filter[]) apply(filter);
for (const fd of STREAMS) fcntl(fd, F_SETFD, 'int', 0);
execve(program, [program, ...args, null], [...environment, null]);
throw new Error(`cannot run '${program}'`);

function apply(filter: Filter): void {
  const context = init(filter.kind === 'allow' ? REFUSE | filter.otherwise : ALLOW);
  if (filter.kind === 'allow') for (const call of filter.calls) addRule(context, ALLOW, call, []);
  else for (const { call, errno, when } of filter.rules) addRule(context, REFUSE | errno, call, when);
  const status = load(context);
  if (status !== 0) throw new Error(`the kernel refuses the filter: ${status}`);
}

/** A call that this kind of processor does not have is left out. */
function addRule(
  context: unknown,
  action: number,
  call: string,
  when: readonly (readonly [number, number, number, number?])[],
): void {
  const found = numberOf(call);
  if (found < 0) return;
  const tests = new DataView(new ArrayBuffer(TEST_BYTES * when.length));
  for (const [index, [argument, how, a, b = 0]] of when.entries()) {
    const at = index * TEST_BYTES;
    tests.setUint32(at, argument, true);
    tests.setUint32(at + 4, how, true);
    tests.setBigUint64(at + 8, BigInt(a), true);
    tests.setBigUint64(at + 16, BigInt(b), true);
  }
  const status = add(context, action, found, when.length, new Uint8Array(tests.buffer));
  if (status !== 0) throw new Error(`no rule for '${call}': ${status}`);
}
