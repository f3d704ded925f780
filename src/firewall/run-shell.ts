/**
 * Runs one shell command: `/bin/sh -c`, a process group of its own, nothing on standard input.
 *
 * At its time limit the whole group gets SIGTERM and after a grace SIGKILL; the end is told when the group is gone, so
 * nothing of a start command runs beside the stop command that follows it.
 * A command may leave processes in the background (`cmd &`). They are not waited for, and as they still hold the
 * command's output it goes on being read: closing it would kill them at their next line.
 */

import { messageOf } from '../base/op-error.ts';
import { type Spawned, spawnProgram } from '../native/spawn.ts';
import type { HeldOutput } from './held-output.ts';
import { OutputLines } from './output-lines.ts';
import { endGroup } from './process-group.ts';
import { within } from './within.ts';

const SHELL = '/bin/sh';

/** What a daemon started by hand or by an init without an environment lacks. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** From SIGTERM to SIGKILL: enough to give back a lock, short enough for an operator who waits for the stop. */
export const KILL_GRACE_MS = 2000;

/** How long the output of an ended shell is waited for: long for a pipe that is being closed, short for a knocker. */
const DRAIN_MS = 100;

export interface ShellOptions {
  /** 0: no limit. */
  readonly limitMs: number;
  readonly graceMs: number;
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
  const child = startShell(command);
  if (typeof child === 'string') return { kind: 'could-not-start', error: child };
  options.onStarted();
  const drained = readOutput(child, options.onLine);
  const status = await within(child.exited, options.limitMs);
  if (status === undefined) await endGroup(child.pid, options.graceMs);
  if ((await within(drained, DRAIN_MS)) === undefined)
    options.held.add(
      child,
      drained.then(() => undefined),
    );
  return status === undefined ? { kind: 'time-limit' } : { kind: 'exited', status };
}

function startShell(command: string): Spawned | string {
  try {
    const { PATH = DEFAULT_PATH } = process.env;
    const child = spawnProgram(SHELL, [SHELL, '-c', command], { ...process.env, PATH });
    return typeof child === 'string' ? `${SHELL}: ${child}` : child;
  } catch (error) {
    return messageOf(error);
  }
}

/** Resolves when nobody holds the output any more. */
async function readOutput(
  { stdout, stderr, exited }: Spawned,
  onLine: (line: string) => void,
): Promise<'drained'> {
  const lines = new OutputLines(onLine);
  const closed = [stdout, stderr].map((stream, number) => {
    stream.on('data', (chunk: Buffer) => lines.feed(number as 0 | 1, chunk));
    stream.on('error', () => undefined);
    return new Promise((resolve) => stream.once('close', resolve));
  });
  await Promise.all([exited, ...closed]);
  lines.end();
  return 'drained';
}
