/** Running programs: quietly with the output kept for a failure, or in front with everything passed on. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './root.mjs';

/** A step that went wrong; `runScript` tells it. */
export class StepError extends Error {
  /**
   * @param {string} message what went wrong, one line
   * @param {{ details?: string, hint?: string }} [more]
   */
  constructor(message, { details = '', hint = '' } = {}) {
    super(message);
    this.details = details;
    this.hint = hint;
  }
}

/**
 * Runs to the end and gives the status and all output, both streams in order of arrival.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<{ status: number, output: string }>}
 */
export function runQuietly(command, args, { env = process.env, cwd = ROOT } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (/** @type {string} */ text) => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.once('error', (error) => resolve({ status: 127, output: error.message }));
    child.once('close', (status, signal) => resolve({ status: statusOf(status, signal), output }));
  });
}

/**
 * Runs on this terminal with signals passed on; gives the exit status, 128 + n for signal n.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<number>}
 */
export function runInFront(command, args, { env = process.env, cwd = ROOT } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    // The terminal sends SIGINT to the child as well; a second one would cut its goodbye short.
    const fromTerminal = process.stdin.isTTY === true;
    process.on('SIGINT', () => fromTerminal || child.kill('SIGINT'));
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'])) {
      process.on(signal, () => child.kill(signal));
    }
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(statusOf(status, signal)));
  });
}

/**
 * Runs a script's main part; what it throws becomes `error:` and `hint:` lines and exit status 1.
 * @param {() => Promise<number>} main gives the exit status
 */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    if (error.details.trim() !== '') console.error(error.details.trimEnd());
    console.error(`error: ${error.message}`);
    if (error.hint !== '') console.error(`hint: ${error.hint}`);
    process.exitCode = 1;
  }
}

/**
 * @param {number | null} status
 * @param {NodeJS.Signals | null} signal
 */
function statusOf(status, signal) {
  return status ?? (signal === null ? 1 : 128 + constants.signals[signal]);
}
