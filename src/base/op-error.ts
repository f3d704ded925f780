/**
 * The one error type for operations on the system that can fail: files, sockets, libraries, commands.
 * Untrusted bytes (packets, configurations) give result values instead; bugs throw plain errors.
 */

export interface OpErrorDetails {
  /** What was tried, as a verb phrase: `open the capture`, `write the pid file`. */
  readonly op: string;
  /** What it was tried on: a path, an interface, a library. */
  readonly target: string;
  /** errno name or library code, e.g. `EACCES`. */
  readonly code?: string;
  /** What the reader should do next, one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

export class OpError extends Error {
  readonly op: string;
  readonly target: string;
  readonly code: string | undefined;
  readonly hint: string | undefined;

  constructor(details: OpErrorDetails) {
    super(`failed to ${details.op} '${details.target}': ${causeText(details)}`, { cause: details.cause });
    this.name = 'OpError';
    this.op = details.op;
    this.target = details.target;
    this.code = details.code ?? errnoName(details.cause);
    this.hint = details.hint;
  }
}

/** The errno name that Node puts on system errors, or undefined. */
export function errnoName(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function causeText(details: OpErrorDetails): string {
  if (details.cause !== undefined) return messageOf(details.cause);
  return details.code ?? 'unknown error';
}
