/** A profile as the command line that it stands for, and the other way round. Pure. */

import type { CommandLine, GivenOption } from '../getopt.ts';
import { FAMILIES, PROFILE_KEYS } from './profile-keys.ts';
import { isYes, type Profile } from './read-profiles.ts';

/** Options of which one in the command line puts the others out of force in the profile. */
const GROUPS: readonly (readonly string[])[] = [
  ['ipv4', 'ipv6', 'both'],
  ['own-address', 'resolve', 'any-source'],
  ['hmac-key', 'no-hmac'],
  ['close-after', 'keep-open'],
];

export function lineOfProfile({ values }: Profile): CommandLine {
  const options: GivenOption[] = [];
  if (values.has('Spa_Key')) options.push({ name: 'spa', value: '' });
  const family = FAMILIES.get(values.get('Family')?.toLowerCase() ?? 'any');
  if (family !== undefined) options.push({ name: family, value: '' });
  for (const { name, option, isFlag } of PROFILE_KEYS) {
    const value = values.get(name);
    if (option === undefined || value === undefined) continue;
    if (!isFlag) options.push({ name: option, value });
    else if (isYes(values, name)) options.push({ name: option, value: '' });
  }
  const steps =
    values
      .get('Sequence')
      ?.split(',')
      .map((step) => step.trim()) ?? [];
  const operands = [values.get('Host') ?? '', ...steps];
  return { options, operands, operandsBefore: operands.length };
}

/** @param given options of the command line, which win */
export function withOptions(line: CommandLine, given: readonly GivenOption[]): CommandLine {
  const names = new Set(given.map(({ name }) => name));
  const isOverruled = (name: string) =>
    GROUPS.some((group) => group.includes(name) && group.some((each) => names.has(each)));
  return { ...line, options: [...line.options.filter(({ name }) => !isOverruled(name)), ...given] };
}

/** Key and value each, in the order of the table. @param steps `7301`, `48122:udp` each; none without a sequence */
export function entriesOfLine(
  options: readonly GivenOption[],
  host: string,
  steps: readonly string[],
): readonly (readonly [key: string, value: string])[] {
  const last = (name: string) => options.findLast((option) => option.name === name)?.value;
  const family = options.findLast(({ name }) => [...FAMILIES.values()].includes(name))?.name;
  const operands: Readonly<Record<string, string | undefined>> = {
    Host: host,
    Sequence: steps.length === 0 ? undefined : steps.join(', '),
    Family: [...FAMILIES].find(([, option]) => option !== undefined && option === family)?.[0],
  };
  return PROFILE_KEYS.flatMap(({ name, option, isFlag }) => {
    const value = option === undefined ? operands[name] : last(option);
    return value === undefined ? [] : [[name, isFlag ? 'yes' : value] as const];
  });
}
