/**
 * `-d`: Node cannot fork, so the program starts itself anew, detached, and waits for word that the daemon is up before
 * it ends; what goes wrong until then is said on the terminal that started it.
 */

import { type ChildProcess, spawn } from 'node:child_process';

/** Marks the process that is to become the daemon. */
const MARK = 'POSTERN_IN_BACKGROUND';

export interface StartReport {
  readonly started: boolean;
  /** Why not, or what is wrong all the same, line by line. */
  readonly lines: readonly string[];
}

export function isBackgroundChild(): boolean {
  return process.env[MARK] !== undefined && process.send !== undefined;
}

/** @returns the child's word */
export async function startInBackground(argv: readonly string[]): Promise<StartReport> {
  const script = process.argv[1] ?? '';
  const child = spawn(process.execPath, [...process.execArgv, script, ...argv], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, [MARK]: '1' },
  });
  const report = await reportOf(child);
  if (child.connected) child.disconnect();
  child.unref();
  return report;
}

/** From the child to the process that waits for it. */
export async function reportStart(report: StartReport): Promise<void> {
  delete process.env[MARK];
  await new Promise<void>((sent) => process.send?.(report, undefined, {}, () => sent()));
  process.disconnect?.();
}

function reportOf(child: ChildProcess): Promise<StartReport> {
  return new Promise((resolve) => {
    child.once('message', (message) => resolve(message as StartReport));
    child.once('error', (error) => resolve({ started: false, lines: [`error: ${error.message}`] }));
    child.once('exit', (status, signal) =>
      resolve({
        started: false,
        lines: [`error: the daemon ended at once (${signal ?? `status ${status}`})`],
      }),
    );
  });
}
