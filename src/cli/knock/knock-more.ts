/** What knock 0.8 has not: profiles, other ways than knocks, waiting, commands and streams behind the door. */

import { messageOf, OpError } from '../../base/op-error.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import type { UsageError } from '../../client/plan.ts';
import type { CommandLine } from '../getopt.ts';
import { lineOfProfile, withOptions } from '../profiles/profile-line.ts';
import { findProfile, missingProfile, openProfiles, profilesPath } from '../profiles/profiles-file.ts';
import type { Profile } from '../profiles/read-profiles.ts';
import { lastOf, lineHas, type MoreRequest } from './knock-arguments.ts';
import { WRONG_USAGE } from './knock-output.ts';
import { readRun } from './knock-run.ts';
import { type Intent, readIntent } from './knock-wish.ts';
import { perform } from './perform.ts';
import { badKey, misused, type Refusal, WRONG_PROFILE } from './refusal.ts';
import { complain, writeError } from './standard-error.ts';

/** @returns the exit status */
export async function more({ line, otherwise }: MoreRequest): Promise<number> {
  try {
    if (lineHas(line, 'list')) return await (await import('../profiles/list-profiles.ts')).listProfiles(line);
    if (lineHas(line, 'save')) return await (await import('../profiles/save-profile.ts')).saveProfile(line);
  } catch (error) {
    return failed(error);
  }
  const intent = readIntent(line);
  if (!intent.ok) return refuse(intent.error);
  const whole = wholeLine(line, intent.value, otherwise);
  if (!whole.ok) return typeof whole.error === 'number' ? whole.error : refuse(whole.error);
  const run = readRun(whole.value, intent.value.wish);
  return run.ok ? perform(run.value) : refuse(run.error);
}

/** With the profile's host, knocks and options. A number is the status of what is said already. */
function wholeLine(
  line: CommandLine,
  intent: Intent,
  otherwise: UsageError | undefined,
): Result<CommandLine, Refusal | number> {
  const fault = faultOfUse(line, intent);
  if (fault !== undefined) return fail(fault);
  if (!intent.isProfile) return ok({ ...line, operands: intent.operands });
  const profile = profileOf(line, intent, otherwise);
  if (!profile.ok) return profile;
  if (lineHas(line, 'close')) return closingLine(line, profile.value);
  return ok(withOptions(lineOfProfile(profile.value), line.options));
}

const STRAYS = ['json', 'show-secrets', 'force'];

function faultOfUse(line: CommandLine, { isProfile, wish }: Intent): Refusal | undefined {
  const stray = STRAYS.find((name) => lineHas(line, name));
  if (stray !== undefined)
    return misused(`--${stray} means nothing here`, 'it goes with --list or --save').error;
  if (!lineHas(line, 'close')) return undefined;
  const form = "the form is 'knock --close NAME'; --close-after closes behind a command";
  if (!isProfile) return misused('--close wants a profile, which has the sequence', form).error;
  return wish.kind === 'nothing'
    ? undefined
    : misused('--close sends the closing sequence alone', form).error;
}

function profileOf(
  line: CommandLine,
  { operands: [name = ''], wish }: Intent,
  otherwise: UsageError | undefined,
): Result<Profile, Refusal | number> {
  try {
    const file = openProfiles(profilesPath(lastOf(line, 'profiles')));
    const found = findProfile(file, name);
    if (!found.ok) {
      writeError(found.error);
      return fail(WRONG_PROFILE);
    }
    if (found.value !== undefined) return ok(found.value);
    if (otherwise !== undefined && !isCommand(wish)) return fail({ ...otherwise, status: WRONG_USAGE });
    const { message, hint } = missingProfile(file, name);
    return badKey(message, hint);
  } catch (error) {
    return fail(failed(error));
  }
}

/** No program's name begins with a digit as a port does. */
function isCommand(wish: Intent['wish']): boolean {
  return wish.kind === 'command' && !/^\d/.test(wish.words[0] ?? '');
}

/** What still counts beside a closing sequence. */
const MANNER = new Set(['udp', 'delay', 'ipv4', 'ipv6', 'both', 'verbose', 'timeout']);

function closingLine(line: CommandLine, profile: Profile): Result<CommandLine, Refusal> {
  const whole = withOptions(lineOfProfile(profile), line.options);
  const sequence = lastOf(whole, 'close-sequence');
  if (sequence === undefined)
    return badKey(
      `profile '${profile.name}' has no Close_Sequence`,
      "write 'Close_Sequence = PORTS', which a door with 'Close' on the server has",
    );
  const operands = [whole.operands[0] ?? '', ...sequence.split(',').map((step) => step.trim())];
  const options = whole.options.filter(({ name }) => MANNER.has(name));
  return ok({ options, operands, operandsBefore: operands.length });
}

function refuse({ message, hint, status }: Refusal): number {
  complain(message, hint);
  return status;
}

function failed(error: unknown): number {
  complain(messageOf(error), error instanceof OpError ? error.hint : undefined);
  return WRONG_PROFILE;
}
