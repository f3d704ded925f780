/**
 * Runs one shell command: `/bin/sh -c`, a process group of its own, nothing on standard input.
 *
 * At its time limit the whole group gets SIGTERM and after a grace SIGKILL; the end is told when the group is gone, so
 * nothing of a start command runs beside the stop command that follows it.
 * A command may leave processes in the background (`cmd &`). They are not waited for, and as they still hold the
 * command's output it goes on being read: closing it would kill them at their next line.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../base/op-error.ts';
import { type Spawned, spawnProgram } from '../native/spawn.ts';
import type { HeldOutput } from './held-output.ts';
import { endGroup } from './process-group.ts';
import { readOutput } from './read-output.ts';
import { SHELL, shellEnvironment } from './shell.ts';
import type { ShellReserve } from './shell-reserve.ts';
import { within } from './within.ts';

/** From SIGTERM to SIGKILL: enough to give back a lock, short enough for an operator who waits for the stop. */
export const KILL_GRACE_MS = 2000;

/** How long the output of an ended shell is waited for: long for a pipe that is being closed, short for a knocker. */
const DRAIN_MS = 100;

/** A command that needs only be handed over has the processor for itself at first: a rule is made in less. */
const ALONE_MS = 10;

export interface ShellOptions {
  /** 0: no limit. */
  readonly limitMs: number;
  readonly graceMs: number;
  /** Where a shell may be that is up already. */
  readonly reserve: ShellReserve;
  /** Takes the output that processes in the background still hold at the end. */
  readonly held: HeldOutput;
  readonly onStarted: () => void;
  readonly onLine: (line: string) => void;
}

export type ShellEnd =
  /** 0 to 255; 128 + the signal's number when a signal ended the shell. */
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'time-limit' }
  /** Nothing ran. */
  | { readonly kind: 'could-not-start'; readonly error: string };

/** Never rejects. */
export async function runShell(command: string, options: ShellOptions): Promise<ShellEnd> {
  const ready = options.reserve.take(command);
  if (ready === undefined) return start(command, options, options.onStarted);
  // On a machine with one core what is told meanwhile is what the command waits for.
  await delay(ALONE_MS);
  options.onStarted();
  ready.listen(options.onLine);
  const end = await endOf(ready.child, ready.drained, options);
  // Not taken: somebody ended it while it waited. After its time limit a command would be late.
  const isDone = ready.hasTakenIt() || end.kind === 'time-limit';
  return isDone ? end : start(command, options, () => undefined);
}

async function start(command: string, options: ShellOptions, onStarted: () => void): Promise<ShellEnd> {
  const child = startShell(command);
  if (typeof child === 'string') return { kind: 'could-not-start', error: child };
  onStarted();
  return endOf(child, readOutput(child, options.onLine), options);
}

async function endOf(
  child: Spawned,
  drained: Promise<'drained'>,
  { limitMs, graceMs, held }: ShellOptions,
): Promise<ShellEnd> {
  const status = await within(child.exited, limitMs);
  if (status === undefined) await endGroup(child.pid, graceMs);
  if ((await within(drained, DRAIN_MS)) === undefined)
    held.add(
      child,
      drained.then(() => undefined),
    );
  return status === undefined ? { kind: 'time-limit' } : { kind: 'exited', status };
}

function startShell(command: string): Spawned | string {
  try {
    const child = spawnProgram(SHELL, [SHELL, '-c', command], shellEnvironment());
    return typeof child === 'string' ? `${SHELL}: ${child}` : child;
  } catch (error) {
    return messageOf(error);
  }
}
