/** Runs the command behind `--`, with the terminal and all standard streams of this process. */

import { spawn } from 'node:child_process';
import { errnoName, messageOf } from '../../base/op-error.ts';
import { statusOfSignal } from './patience.ts';
import { complain } from './standard-error.ts';

/** As shells have it. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** Sent by a terminal to the command as well, which decides what they mean. */
const IGNORED = ['SIGINT', 'SIGQUIT'] as const;
/** Sent to this process alone. */
const HANDED_ON = ['SIGTERM', 'SIGHUP'] as const;

/** @returns the command's own exit status; 128 and the number of the signal that ended it */
export async function runCommand([program = '', ...words]: readonly string[]): Promise<number> {
  const child = spawn(program, words, { stdio: 'inherit' });
  const ignore = () => {};
  const handOn = (name: NodeJS.Signals) => child.kill(name);
  for (const name of IGNORED) process.on(name, ignore);
  for (const name of HANDED_ON) process.on(name, handOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status, signal) =>
        resolve(signal === null ? (status ?? NOT_FOUND) : statusOfSignal(signal)),
      );
    });
  } catch (error) {
    const isMissing = errnoName(error) === 'ENOENT';
    complain(
      `failed to run '${program}': ${isMissing ? 'there is no such program' : messageOf(error)}`,
      'behind -- stand a program and its arguments',
    );
    return isMissing ? NOT_FOUND : NOT_EXECUTABLE;
  } finally {
    for (const name of IGNORED) process.off(name, ignore);
    for (const name of HANDED_ON) process.off(name, handOn);
  }
}
