/** What `SystemCallFilter=` allows, as systemd.exec(5) reads it, with the groups that this machine's systemd knows. */

import { spawnSync } from 'node:child_process';

/** Allowed whatever the list says. */
const ALWAYS = '@default';

/** @param values in the order of the unit; the first makes it a list of what is allowed */
export function allowedSystemCalls(values: readonly string[]): readonly string[] {
  const [first = ''] = values;
  if (first.startsWith('~')) throw new Error('a list of what is forbidden is no list of what is allowed');
  const groups = systemCallGroups();
  const allowed = new Set(expanded(ALWAYS, groups));
  for (const value of values) {
    const isTakenAway = value.startsWith('~');
    for (const name of value
      .replace(/^~/, '')
      .split(/\s+/)
      .flatMap((word) => expanded(word, groups))) {
      if (isTakenAway) allowed.delete(name);
      else allowed.add(name);
    }
  }
  return [...allowed].sort();
}

function expanded(word: string, groups: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (!word.startsWith('@')) return [word];
  const members = groups.get(word);
  if (members === undefined) throw new Error(`systemd knows no group '${word}'`);
  return members.flatMap((member) => expanded(member, groups));
}

/** As `systemd-analyze syscall-filter` lists them: a name, and indented what is in it. */
function systemCallGroups(): ReadonlyMap<string, readonly string[]> {
  const { stdout } = spawnSync('systemd-analyze', ['syscall-filter', '--no-pager'], { encoding: 'utf8' });
  const groups = new Map<string, string[]>();
  let members: string[] = [];
  for (const line of stdout.split('\n')) {
    const word = line.trim();
    if (word === '' || word.startsWith('#')) continue;
    if (line.startsWith(' ')) {
      members.push(word);
      continue;
    }
    members = [];
    groups.set(word, members);
  }
  return groups;
}
