/** `knock --list`: which profiles there are, for people and as JSON. Secrets are shown to those who ask for them. */

import { columns } from '../columns.ts';
import type { CommandLine } from '../getopt.ts';
import { lastOf, lineHas } from '../knock/knock-arguments.ts';
import { FAILED, print, printError, SENT, WRONG_USAGE } from '../knock/knock-output.ts';
import { WRONG_PROFILE } from '../knock/refusal.ts';
import { PROFILE_KEYS } from './profile-keys.ts';
import { openProfiles, profilesPath, usableProfiles } from './profiles-file.ts';
import { isYes, METHODS, type Profile } from './read-profiles.ts';

/** What `--list` goes with. */
const OPTIONS = new Set(['list', 'json', 'show-secrets', 'profiles']);

/** @throws OpError where the file cannot be read */
export async function listProfiles(line: CommandLine): Promise<number> {
  const stray = line.options.find(({ name }) => !OPTIONS.has(name));
  if (stray !== undefined || line.operands.length > 0) {
    printError(
      `--list goes with no ${stray === undefined ? `'${line.operands[0]}'` : `--${stray.name}`}`,
      "the form is 'knock --list [--json] [--show-secrets] [--profiles FILE]'",
    );
    return WRONG_USAGE;
  }
  const file = openProfiles(profilesPath(lastOf(line, 'profiles')));
  const profiles = usableProfiles(file);
  if (!profiles.ok) {
    process.stderr.write(profiles.error);
    return WRONG_PROFILE;
  }
  const withSecrets = lineHas(line, 'show-secrets');
  const text = lineHas(line, 'json')
    ? `${JSON.stringify({ file: file.path, profiles: profiles.value.map((each) => asJson(each, withSecrets)) }, undefined, 2)}\n`
    : forPeople(profiles.value, withSecrets);
  if (profiles.value.length === 0) process.stderr.write(`no profiles in ${file.path}\n`);
  return (await print(text)) ? SENT : FAILED;
}

/** How a profile knocks, in a word or two. */
export function methodOf({ values }: Profile): string {
  switch (METHODS.find((key) => values.has(key))) {
    case 'Totp_Secret':
      return 'totp';
    case 'One_Time_Sequences':
      return 'one-time';
    case 'Spa_Key':
      return isYes(values, 'Spa_Unauthenticated') ? 'spa without HMAC' : 'spa';
    case 'Sequence':
    case undefined:
      return 'sequence';
  }
}

/** The keys under the names that the file gives them. */
function asJson(profile: Profile, withSecrets: boolean): Readonly<Record<string, unknown>> {
  const shown = PROFILE_KEYS.flatMap(({ name, isSecret }) => {
    const value = profile.values.get(name);
    return value === undefined || (isSecret && !withSecrets) ? [] : [[name, value] as const];
  });
  return {
    name: profile.name,
    host: profile.values.get('Host'),
    method: methodOf(profile),
    values: Object.fromEntries(shown),
  };
}

/** A program that reads this takes the first word of each line: titles are for people at a terminal. */
function forPeople(profiles: readonly Profile[], withSecrets: boolean): string {
  if (profiles.length === 0) return '';
  if (withSecrets) return profiles.map(everything).join('\n');
  const rows = profiles.map((each) => [each.name, each.values.get('Host') ?? '', methodOf(each)]);
  const title = process.stdout.isTTY === true ? [['NAME', 'HOST', 'METHOD']] : [];
  return `${columns([...title, ...rows]).join('\n')}\n`;
}

function everything({ name, values }: Profile): string {
  return `[${name}]\n${[...values].map(([key, value]) => `    ${key} = ${value}\n`).join('')}`;
}
