/** What went wrong when a firewall's program ran, in one sentence, with what to do about it. */

import { OpError } from '../base/op-error.ts';
import type { ProgramEnd } from './run-program.ts';

/** Characters of a program's complaint: enough for the sentence, and fits a line of the log. */
const MAX_COMPLAINT_LENGTH = 400;

/** @param debianPackage the package that has the program */
export function programError(program: string, debianPackage: string, end: ProgramEnd): OpError {
  const what = { op: 'run', target: program };
  switch (end.kind) {
    case 'could-not-start':
      if (end.code !== 'ENOENT') return new OpError({ ...what, cause: end.error, ...codeOf(end.code) });
      return new OpError({
        ...what,
        code: 'ENOENT',
        cause: 'it is not on this system',
        hint: `install Debian's package '${debianPackage}', or choose another Firewall`,
      });
    case 'time-limit':
      return new OpError({ ...what, code: 'ETIMEDOUT', cause: `no end within ${end.limitMs / 1000} s` });
    case 'too-much-output':
      return new OpError({ ...what, cause: `it printed more than ${end.limitBytes} bytes` });
    case 'exited':
      return new OpError({
        ...what,
        cause: `status ${end.status}: ${complaint(end)}`,
        ...permissionHint(end),
      });
  }
}

function codeOf(code: string | undefined): { code?: string } {
  return code === undefined ? {} : { code };
}

/** What it printed, on one line, without control characters. */
function complaint({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const text = (stderr.trim() === '' ? stdout : stderr).trim();
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ');
  if (line === '') return 'it printed nothing';
  return line.length > MAX_COMPLAINT_LENGTH ? `${line.slice(0, MAX_COMPLAINT_LENGTH)}…` : line;
}

function permissionHint({ stderr }: { readonly stderr: string }): { hint?: string } {
  if (!/permission denied|not permitted|must be root|need to be root/i.test(stderr)) return {};
  return { hint: 'the daemon needs the capabilities CAP_NET_ADMIN and CAP_NET_RAW, or to run as root' };
}
