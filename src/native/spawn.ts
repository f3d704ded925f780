/**
 * Starting a program by posix_spawn(3): the process is not copied first, as `node:child_process` has it done, which takes
 * 2 ms of a process with 70 MB and makes each page that is written meanwhile be copied.
 */

import { Socket as StreamSocket } from 'node:net';
import type { Readable } from 'node:stream';
import { setInterval } from 'node:timers';
import { getSystemErrorName } from 'node:util';
import { lastErrno, libc } from './libc.ts';
import { once } from './once.ts';

const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const O_RDONLY = 0;
const O_CLOEXEC = 0o2000000;
const WNOHANG = 1;

/** glibc's structures have up to 336 bytes, its sets of signals 128. */
const STRUCTURE_BYTES = 512;
const SIGNAL_SET_BYTES = 128;

/** How often processes are looked at even without SIGCHLD, which keeps the event loop alive besides. */
const LOOK_MS = 1000;

/** Of a process that somebody else has waited for. */
const UNKNOWN_STATUS = 255;

type Strings = readonly (string | null)[];

const calls = once(() => {
  const lib = libc();
  const onStructure = (name: string) => lib.func<(structure: Uint8Array) => number>(`int ${name}(void*)`);
  const setSignals = (name: string) =>
    lib.func<(attributes: Uint8Array, set: Uint8Array) => number>(`int ${name}(void*, const void*)`);
  return {
    pipe2: lib.func<(ends: number[], flags: number) => number>('int pipe2(_Out_ int*, int)'),
    close: lib.func<(fd: number) => number>('int close(int)'),
    waitpid: lib.func<(pid: number, status: number[], options: number) => number>(
      'int waitpid(int, _Out_ int*, int)',
    ),
    spawn: lib.func<
      (
        pid: number[],
        path: string,
        actions: Uint8Array,
        attributes: Uint8Array,
        args: Strings,
        environment: Strings,
      ) => number
    >('int posix_spawn(_Out_ int*, const char*, const void*, const void*, const char**, const char**)'),
    initAttributes: onStructure('posix_spawnattr_init'),
    setFlags: lib.func<(attributes: Uint8Array, flags: number) => number>(
      'int posix_spawnattr_setflags(void*, short)',
    ),
    setDefaultSignals: setSignals('posix_spawnattr_setsigdefault'),
    setSignalMask: setSignals('posix_spawnattr_setsigmask'),
    initActions: onStructure('posix_spawn_file_actions_init'),
    destroyActions: onStructure('posix_spawn_file_actions_destroy'),
    addOpen: lib.func<(actions: Uint8Array, fd: number, path: string, flags: number, mode: number) => number>(
      'int posix_spawn_file_actions_addopen(void*, int, const char*, int, unsigned int)',
    ),
    addDuplicate: lib.func<(actions: Uint8Array, from: number, to: number) => number>(
      'int posix_spawn_file_actions_adddup2(void*, int, int)',
    ),
  };
});

/** A session of its own, no signal blocked or ignored. */
const attributes = once(() => {
  const structure = new Uint8Array(STRUCTURE_BYTES);
  const { initAttributes, setFlags, setDefaultSignals, setSignalMask } = calls();
  initAttributes(structure);
  setFlags(structure, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  setDefaultSignals(structure, new Uint8Array(SIGNAL_SET_BYTES).fill(0xff));
  setSignalMask(structure, new Uint8Array(SIGNAL_SET_BYTES));
  return structure;
});

export interface Spawned {
  /** Of the process, and of its group. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** 0 to 255; 128 + the signal's number when a signal ended it. Keeps the event loop alive until then, unless it waits. */
  readonly exited: Promise<number>;
  /** Its input has come. */
  readonly wake: () => void;
}

/**
 * Starts a program in a session of its own.
 * @param path not looked for in PATH
 * @param args all arguments, the program's name among them
 * @param stdin a descriptor that becomes its standard input, and stays the caller's: until `wake` it waits there, and costs nothing.
 * Without it there is nothing to read
 * @returns an errno name when nothing was started: EAGAIN, ENOENT; EINVAL for an argument with a NUL
 */
export function spawnProgram(
  path: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  stdin?: number,
): Spawned | string {
  if (args.some((arg) => arg.includes('\0'))) return 'EINVAL';
  const out = newPipe();
  if (typeof out === 'string') return out;
  const err = newPipe();
  if (typeof err === 'string') {
    closeAll(out);
    return err;
  }
  listen();
  const pid = spawnWith([stdin, out[1], err[1]], path, args, environment);
  closeAll([out[1], err[1]]);
  if (typeof pid === 'string') {
    closeAll([out[0], err[0]]);
    return pid;
  }
  const exited = new Promise<number>((resolve) => running.set(pid, resolve));
  if (stdin === undefined) look();
  else waiting.add(pid);
  const wake = () => {
    if (waiting.delete(pid)) look();
  };
  return { pid, stdout: reader(out[0]), stderr: reader(err[0]), exited, wake };
}

type Pipe = readonly [from: number, to: number];

/** @returns an errno name when there is none: EMFILE, ENFILE */
export function newPipe(): Pipe | string {
  const ends = [0, 0];
  if (calls().pipe2(ends, O_CLOEXEC) < 0) return lastErrno();
  return [ends[0]!, ends[1]!];
}

export function closeAll(descriptors: readonly number[]): void {
  for (const fd of descriptors) calls().close(fd);
}

function spawnWith(
  [stdin, stdout, stderr]: readonly [number | undefined, number, number],
  path: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): number | string {
  const { initActions, addOpen, addDuplicate, destroyActions, spawn } = calls();
  const actions = new Uint8Array(STRUCTURE_BYTES);
  initActions(actions);
  if (stdin === undefined) addOpen(actions, 0, '/dev/null', O_RDONLY, 0);
  else addDuplicate(actions, stdin, 0);
  addDuplicate(actions, stdout, 1);
  addDuplicate(actions, stderr, 2);
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const pid = [0];
  const error = spawn(pid, path, actions, attributes(), [...args, null], [...variables, null]);
  destroyActions(actions);
  return error === 0 ? pid[0]! : getSystemErrorName(-error);
}

function reader(fd: number): Readable {
  return new StreamSocket({ fd, readable: true, writable: false });
}

/** Who waits for the end of each process. */
const running = new Map<number, (status: number) => void>();
/** Those of them that wait for their input: SIGCHLD is enough for them. */
const waiting = new Set<number>();
let timer: NodeJS.Timeout | undefined;
/** Once, and for good: Node itself waits for its own processes by their numbers, too. */
const listen = once(() => process.on('SIGCHLD', reap));

function look(): void {
  timer ??= setInterval(reap, LOOK_MS);
}

function reap(): void {
  for (const [pid, ended] of running) {
    const status = [0];
    const found = calls().waitpid(pid, status, WNOHANG);
    if (found === 0) continue;
    running.delete(pid);
    waiting.delete(pid);
    ended(found < 0 ? UNKNOWN_STATUS : statusOf(status[0]!));
  }
  if (running.size > waiting.size) return;
  clearInterval(timer);
  timer = undefined;
}

/** From the word that wait(2) gives. */
function statusOf(word: number): number {
  const signal = word & 0x7f;
  return signal === 0 ? (word >> 8) & 0xff : 128 + signal;
}
