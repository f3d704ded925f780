/** Runs firewall-cmd, and says what went wrong with it. */

import { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { programError } from './program-error.ts';
import type { RunProgram } from './run-program.ts';

const PROGRAM = 'firewall-cmd';
const PACKAGE = 'firewalld';

/** Of firewall-cmd(1): what was asked for is so already. */
const IS_SO_ALREADY = ['ALREADY_ENABLED', 'NOT_ENABLED'] as const;
const ALREADY_STATUS = [11, 12];
const NOT_RUNNING = 252;

export interface FirewallCmdOutput {
  readonly stdout: string;
  /** How many of the rules to add were there, or of those to remove were not. */
  readonly already: number;
}

/** With several rules in one call, fails also where only some could not be done. */
export async function firewallCmd(
  run: RunProgram,
  args: readonly string[],
): Promise<Result<FirewallCmdOutput, OpError>> {
  const end = await run(PROGRAM, args);
  if (end.kind !== 'exited') return fail(programError(PROGRAM, PACKAGE, end));
  const { status, stdout, stderr } = end;
  if (status === NOT_RUNNING || /DBUS_ERROR/.test(stderr)) return fail(notRunning());
  const complaints = stderr.split('\n').filter((line) => /^(?:Warning|Error): /.test(line));
  const already = complaints.filter((line) => IS_SO_ALREADY.some((code) => line.includes(` ${code}`)));
  const isDone = status === 0 || ALREADY_STATUS.includes(status);
  if (!isDone || already.length < complaints.length) return fail(programError(PROGRAM, PACKAGE, end));
  return ok({ stdout, already: already.length });
}

function notRunning(): OpError {
  return new OpError({
    op: 'ask',
    target: 'firewalld',
    cause: 'it is not running',
    hint: "start it with 'systemctl start firewalld', or choose another Firewall",
  });
}
