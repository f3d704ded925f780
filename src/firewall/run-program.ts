/**
 * Runs one program of a firewall to its end, without a shell: an argument vector, a process group of its own, a time
 * limit, bounded output, messages in English whatever the system speaks.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { errnoName, messageOf } from '../base/op-error.ts';
import { endGroup } from './process-group.ts';
import { within } from './within.ts';

/** Also where administration programs are and the PATH of an ordinary user does not look. */
const ADMIN_PATHS = '/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Far above what any of them needs when nothing is wrong, the wait for the lock of another one included. */
const DEFAULT_LIMIT_MS = 30_000;

/** From SIGTERM to SIGKILL. */
const GRACE_MS = 1000;

/** 100,000 rules of iptables, as iptables-save writes them. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export interface ProgramOptions {
  /** Given on standard input, which is else empty. */
  readonly input?: string;
  readonly limitMs?: number;
}

export type ProgramEnd =
  /** Status 0 to 255; 128 + the signal's number when a signal ended it. */
  | { readonly kind: 'exited'; readonly status: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'time-limit'; readonly limitMs: number }
  | { readonly kind: 'too-much-output'; readonly limitBytes: number }
  /** Nothing ran. `code` is an errno name. */
  | { readonly kind: 'could-not-start'; readonly code: string | undefined; readonly error: string };

/** Never rejects. */
export type RunProgram = (
  file: string,
  args: readonly string[],
  options?: ProgramOptions,
) => Promise<ProgramEnd>;

export const runProgram: RunProgram = async (file, args, { input = '', limitMs = DEFAULT_LIMIT_MS } = {}) => {
  const child = startProgram(file, args);
  if (child instanceof Error) return couldNotStart(child);
  const failure = new Promise<Error>((resolve) => child.once('error', resolve));
  if (child.pid === undefined) return couldNotStart(await failure);
  child.stdin?.on('error', () => undefined); // it may end without reading
  child.stdin?.end(input);
  const end = await within(endOf(child), limitMs);
  if (end !== undefined && end.kind !== 'too-much-output') return end;
  await endGroup(child.pid, GRACE_MS);
  return end ?? { kind: 'time-limit', limitMs };
};

function startProgram(file: string, args: readonly string[]): ChildProcess | Error {
  const { PATH = '' } = process.env;
  const env = { ...process.env, PATH: `${PATH}:${ADMIN_PATHS}`, LC_ALL: 'C.UTF-8', LANGUAGE: 'C' };
  try {
    return spawn(file, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function couldNotStart(error: Error): ProgramEnd {
  return { kind: 'could-not-start', code: errnoName(error), error: messageOf(error) };
}

/** Resolves when the program is over and its output complete, or too long. */
function endOf(child: ChildProcess): Promise<ProgramEnd> {
  const streams = [child.stdout, child.stderr] as const;
  const chunks: [Buffer[], Buffer[]] = [[], []];
  let lengthBytes = 0;
  const text = (stream: 0 | 1) => Buffer.concat(chunks[stream]).toString('utf8');
  return new Promise((resolve) => {
    for (const stream of [0, 1] as const) {
      streams[stream]?.on('data', (chunk: Buffer) => {
        lengthBytes += chunk.length;
        if (lengthBytes <= MAX_OUTPUT_BYTES) chunks[stream].push(chunk);
        else resolve({ kind: 'too-much-output', limitBytes: MAX_OUTPUT_BYTES });
      });
    }
    child.once('close', (code, signal) => {
      const status = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      resolve({ kind: 'exited', status, stdout: text(0), stderr: text(1) });
    });
  });
}
