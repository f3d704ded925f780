/** `postern key new DOOR`: secrets for a door that one packet or the time opens, with both sides' texts. */

import { parseDurationMs } from '../../base/duration.ts';
import { parseAccess } from '../../client/spa-request.ts';
import { formatKey, newKey } from '../../spa/key-bytes.ts';
import { formatTotpSecret, newTotpSecret } from '../../spa/totp-secret.ts';
import { type CommandLine, getopt, type OptionSpec } from '../getopt.ts';
import { writeSecretFile } from '../secret-file.ts';
import { clientText, type DoorSecret, doorText, type KeyWish, secretPaths } from './key-texts.ts';

const HELP = `usage: postern key new DOOR [options]

Makes new secrets for a door and says both sides: the section for the server's knockd.conf, and what the client needs. Without
--totp they are the two keys of single packet authorization.

options:
  -t, --totp             a secret for time-based sequences instead
  -o, --open PORTS       what the door opens (default tcp/22)
  -f, --for TIME         for how long (default 30s)
  -S, --server HOST      the server as the client writes it (default server.example)
  -w, --write DIR        put the secrets into files there, readable for their owner alone; the door names the files
  -F, --force            write over files that are there
  -j, --json             one JSON object instead of text
  -h, --help             say this

exit status: 0 they are made, 1 a file could not be written, 2 wrong usage
`;

const OPTIONS: readonly OptionSpec[] = [
  { long: 'totp', short: 't' },
  { long: 'open', short: 'o', takesValue: true },
  { long: 'for', short: 'f', takesValue: true },
  { long: 'server', short: 'S', takesValue: true },
  { long: 'write', short: 'w', takesValue: true },
  { long: 'force', short: 'F' },
  { long: 'json', short: 'j' },
  { long: 'help', short: 'h', final: true },
];

/** What stands between the brackets of a section, and in the name of a file. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function key(argv: readonly string[]): number {
  const line = getopt(argv, OPTIONS);
  if (!line.ok) return wrongUsage(line.error);
  const { value } = line;
  if (optionOf(value, 'help') !== undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const [verb, name, ...surplus] = value.operands;
  if (verb !== 'new' || surplus.length > 0) return wrongUsage("expected 'key new DOOR'");
  if (name === undefined || !NAME.test(name) || name.toLowerCase() === 'options') {
    return wrongUsage(`'${name ?? ''}' is no name for a door`, 'letters, digits, dots and dashes make one');
  }
  const wish = wishOf(value, name);
  return typeof wish === 'string' ? wrongUsage(wish) : make(value, wish);
}

function wishOf(line: CommandLine, name: string): KeyWish | string {
  const open = optionOf(line, 'open') ?? 'tcp/22';
  const openFor = optionOf(line, 'for') ?? '30s';
  const access = parseAccess(open);
  if (!access.ok) return access.error.message;
  if ((parseDurationMs(openFor, 's') ?? 0) < 1000)
    return `--for '${openFor}': expected a time such as 30s, 10m or 2h`;
  return { name, open, openFor, server: optionOf(line, 'server') ?? 'server.example' };
}

function make(line: CommandLine, wish: KeyWish): number {
  const secret = optionOf(line, 'totp') === undefined ? newSpaKeys() : newTotp();
  const folder = optionOf(line, 'write');
  const paths = folder === undefined ? [] : secretPaths(folder, wish.name, secret.kind);
  const texts = textsOf(secret);
  const force = optionOf(line, 'force') !== undefined;
  for (const [at, path] of paths.entries()) writeSecretFile(path, `${texts[at]}\n`, force);
  const door = doorText(wish, paths.length === 0 ? secret : inFiles(secret, paths));
  const client = clientText(wish, secret);
  if (optionOf(line, 'json') !== undefined) {
    process.stdout.write(
      `${JSON.stringify({ door: wish.name, ...secret, config: door, client, files: paths })}\n`,
    );
  } else {
    const written = paths.map((path) => `# written: ${path}\n`).join('');
    process.stdout.write(
      `${written}# the server's side, for /etc/knockd.conf:\n${door}\n# the client's side:\n${client}`,
    );
  }
  return 0;
}

function newSpaKeys(): DoorSecret {
  return { kind: 'spa', key: formatKey(newKey('cipher')), hmac: formatKey(newKey('hmac')) };
}

function newTotp(): DoorSecret {
  return { kind: 'totp', secret: formatTotpSecret(newTotpSecret()) };
}

function textsOf(secret: DoorSecret): readonly string[] {
  return secret.kind === 'spa' ? [secret.key, secret.hmac] : [secret.secret];
}

function inFiles(secret: DoorSecret, paths: readonly string[]): DoorSecret {
  const [first = '', second = ''] = paths.map((path) => `file:${path}`);
  return secret.kind === 'spa' ? { kind: 'spa', key: first, hmac: second } : { kind: 'totp', secret: first };
}

function optionOf({ options }: CommandLine, name: string): string | undefined {
  return options.findLast((option) => option.name === name)?.value;
}

function wrongUsage(what: string, hint = "'postern key --help' says more"): number {
  process.stderr.write(`error: ${what}\nhint: ${hint}\n`);
  return 2;
}
