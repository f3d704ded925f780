/** `postern share DOOR`: the client's side of a door, as text, as JSON, and as a code for phones. */

import { hostname } from 'node:os';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import { loadConfig } from '../../config/load-config.ts';
import { getopt, type OptionSpec } from '../getopt.ts';
import { DEFAULT_CONFIG } from '../knockd-arguments.ts';
import { isColoured } from '../paint.ts';
import { writeSecretFile } from '../secret-file.ts';
import { type ClientSide, clientSide, clientSideText } from './client-side.ts';

const HELP = `usage: postern share DOOR [options]

Says what a client needs for a door of the configuration: files, the command, and what other programs take. It shows the door's
secrets: whoever sees them can come in.

options:
  -c, --config FILE      the configuration that has the door (default ${DEFAULT_CONFIG})
  -S, --server HOST      how clients name this machine (default: its host name)
  -q, --qr               a QR code in the terminal instead: for Knock on Ports or Fwknop2 (Android)
      --png FILE         that code as a picture, readable for its owner alone
      --svg FILE         the same as SVG
  -F, --force            write over a file that is there
  -j, --json             one JSON object instead of text
  -h, --help             say this

exit status: 0 said, 1 there is no such door, or a file could not be written, 2 wrong usage
`;

const OPTIONS: readonly OptionSpec[] = [
  { long: 'config', short: 'c', takesValue: true },
  { long: 'server', short: 'S', takesValue: true },
  { long: 'qr', short: 'q' },
  { long: 'png', short: '', takesValue: true },
  { long: 'svg', short: '', takesValue: true },
  { long: 'force', short: 'F' },
  { long: 'json', short: 'j' },
  { long: 'help', short: 'h', final: true },
];

/** Of which one says what comes out. */
const FORMS = ['qr', 'png', 'svg', 'json'] as const;

export async function share(argv: readonly string[]): Promise<number> {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return wrongUsage(line.error);
  const given = new Map(line.value.options.map(({ name, value }) => [name, value]));
  if (given.has('help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name, surplus] = line.value.operands;
  if (name === undefined) return wrongUsage('no door is named');
  if (surplus !== undefined) return wrongUsage(`unexpected argument '${surplus}'`);
  const [form, second] = FORMS.filter((each) => given.has(each));
  if (second !== undefined) return wrongUsage(`'--${form}' and '--${second}' exclude each other`);
  const file = given.get('config') ?? DEFAULT_CONFIG;
  const config = loadConfig(file);
  if (!config.ok) {
    for (const diagnostic of config.error) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
    return 1;
  }
  const door = config.value.doors.find((each) => each.name === name);
  if (door === undefined) {
    const names = config.value.doors.map((each) => `'${each.name}'`).join(', ');
    return failed(`'${file}' has no door '${name}'`, names === '' ? 'it has none at all' : `it has ${names}`);
  }
  const side = clientSide(door, given.get('server') ?? (hostname() || 'server.example'));
  return say(name, side, form, given);
}

async function say(
  name: string,
  side: ClientSide,
  form: (typeof FORMS)[number] | undefined,
  given: ReadonlyMap<string, string>,
): Promise<number> {
  if (form === undefined) process.stdout.write(clientSideText(side));
  else if (form === 'json') process.stdout.write(`${JSON.stringify({ door: name, ...side })}\n`);
  else return sayCode(name, side, form, given);
  return 0;
}

async function sayCode(
  name: string,
  { qr }: ClientSide,
  form: 'qr' | 'png' | 'svg',
  given: ReadonlyMap<string, string>,
): Promise<number> {
  if (qr === undefined)
    return failed(
      `no app that is known here takes what opens '${name}'`,
      `'postern share ${name}' says it as text`,
    );
  const { qrPng, qrSvg, qrText } = await import('./qr-code.ts');
  if (form === 'qr') {
    process.stdout.write(`${qrText(qr.text, isColoured(process.stdout, process.env))}for ${qr.app}\n`);
    return 0;
  }
  const path = given.get(form) ?? '';
  writeSecretFile(path, form === 'png' ? qrPng(qr.text) : qrSvg(qr.text), given.has('force'));
  process.stdout.write(`${path}: a code for ${qr.app}\n`);
  return 0;
}

function failed(what: string, hint: string): number {
  process.stderr.write(`error: ${what}\nhint: ${hint}\n`);
  return 1;
}

function wrongUsage(what: string): number {
  process.stderr.write(`error: ${what}\nhint: 'postern share --help' says more\n`);
  return 2;
}
