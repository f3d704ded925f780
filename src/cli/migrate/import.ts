/** `postern import fwknop ACCESS_CONF`: the stanzas of another program's configuration as doors. */

import { wallMs } from '../../base/clock.ts';
import { readText } from '../../config/load-config.ts';
import { getopt, type OptionSpec } from '../getopt.ts';
import { writeSecretFile } from '../secret-file.ts';
import { importAccess } from './fwknop-access.ts';

const HELP = `usage: postern import fwknop ACCESS_CONF [options]

Writes the stanzas of fwknop's access.conf as doors for knockd.conf, on standard output, and says what has no counterpart
on standard error, each with its line.

options:
  -o, --output FILE      write the doors there instead, readable for their owner alone
  -F, --force            write over a file that is there
  -j, --json             one JSON object: file, doorCount, notes, config
  -h, --help             say this

exit status: 0 the doors are written, 1 the file could not be read or has no stanza, 2 wrong usage
`;

const OPTIONS: readonly OptionSpec[] = [
  { long: 'output', short: 'o', takesValue: true },
  { long: 'force', short: 'F' },
  { long: 'json', short: 'j' },
  { long: 'help', short: 'h', final: true },
];

export function importCommand(argv: readonly string[]): number {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return wrongUsage(line.error);
  const option = (name: string) => line.value.options.findLast((given) => given.name === name)?.value;
  if (option('help') !== undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const [format, path, ...surplus] = line.value.operands;
  if (format !== 'fwknop' || path === undefined || surplus.length > 0)
    return wrongUsage("expected 'import fwknop ACCESS_CONF'");
  const text = readText(path);
  if (!text.ok) return failed(`cannot read '${path}': ${text.error}`, 'name the access.conf of fwknopd');
  const { text: doors, doors: count, notes } = importAccess(text.value, wallMs());
  const isJson = option('json') !== undefined;
  if (!isJson || doors === '')
    for (const { line: at, message } of notes) process.stderr.write(`${path}:${at}: note: ${message}\n`);
  if (doors === '') return failed(`'${path}' has no stanza`, "a stanza begins with 'SOURCE'");
  const output = option('output');
  const whole = `# from ${path}\n${doors}`;
  if (output !== undefined) writeSecretFile(output, whole, option('force') !== undefined);
  if (isJson)
    process.stdout.write(`${JSON.stringify({ file: path, doorCount: count, notes, config: whole })}\n`);
  else if (output === undefined) process.stdout.write(whole);
  else process.stdout.write(`${output}: ${count === 1 ? '1 door' : `${count} doors`}\n`);
  return 0;
}

function failed(what: string, hint: string): number {
  process.stderr.write(`error: ${what}\nhint: ${hint}\n`);
  return 1;
}

function wrongUsage(what: string): number {
  process.stderr.write(`error: ${what}\nhint: 'postern import --help' says more\n`);
  return 2;
}
