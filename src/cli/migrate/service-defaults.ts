/** `/etc/default/knockd` of Debian's package: shell variables that say how the daemon starts. */

import type { OptionLine } from './migrate-text.ts';

export interface ServiceDefaults {
  readonly options: readonly OptionLine[];
  readonly notes: readonly { readonly line: number; readonly message: string }[];
}

/** Options of the command line that have a key. */
const KEYS: Readonly<Record<string, OptionLine['key']>> = {
  i: 'Interface',
  interface: 'Interface',
  p: 'PidFile',
  pidfile: 'PidFile',
  g: 'LogFile',
  logfile: 'LogFile',
};

export function readDefaults(text: string): ServiceDefaults {
  const options: OptionLine[] = [];
  const notes: { line: number; message: string }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const [, name, value = ''] = /^\s*(START_KNOCKD|KNOCKD_OPTS)=["']?([^"']*)["']?\s*$/.exec(raw) ?? [];
    const note = (message: string) => notes.push({ line: index + 1, message });
    if (name === 'START_KNOCKD' && value.trim() !== '1')
      note('START_KNOCKD is not 1: knockd was not started at boot');
    if (name === 'KNOCKD_OPTS') readOptions(value, options, note);
  }
  return { options, notes };
}

function readOptions(value: string, options: OptionLine[], note: (message: string) => void): void {
  const words = value.split(/\s+/).filter(Boolean);
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const [, short, attached = ''] = /^-([ipg])(.*)$/.exec(word) ?? [];
    const [, long, given] = /^--(\w+)(?:=(.*))?$/.exec(word) ?? [];
    const key = KEYS[short ?? long ?? ''];
    if (key === undefined) {
      note(`'${word}' has no key: give it to knockd as before`);
      continue;
    }
    const found = short === undefined ? given : attached;
    options.push({ key, value: found === undefined || found === '' ? (words.shift() ?? '') : found });
  }
}
