/** `postern ban ADDRESS|PREFIX` and `postern unban ADDRESS|PREFIX`. */

import { leftText } from '../../base/people-time.ts';
import { parsePrefix } from '../../net/prefix.ts';
import {
  ask,
  DONE,
  FAILED,
  LINK_HELP,
  parseCommand,
  parseFor,
  printJson,
  STATUS_HELP,
  wrongUsage,
} from './daemon-link.ts';

const BAN_HELP = `usage: postern ban ADDRESS|PREFIX [options]

Ignores the knocks of an address, or of all addresses of a prefix. Doors that are open for it stay so. A ban outlives the daemon.

options:
  -f, --for TIME       so long: 30s, 10m, 2h, forever; a number alone is seconds (default: Ban_Time, or an hour without it)
${LINK_HELP}

${STATUS_HELP}
`;

const UNBAN_HELP = `usage: postern unban ADDRESS|PREFIX [options]

Lifts the bans of an address, or of a prefix and all that lies in it: those by hand, and those of scanners.

options:
${LINK_HELP}

${STATUS_HELP}
`;

export async function ban(argv: readonly string[]): Promise<number> {
  const options = [{ long: 'for', short: 'f', takesValue: true }] as const;
  const line = parseCommand('ban', argv, { help: BAN_HELP, options, operands: [1, 1] });
  if (typeof line === 'number') return line;
  const [text = ''] = line.operands;
  const prefix = parsePrefix(text);
  if (prefix === undefined) return wrongUsage('ban', `'${text}' is no IP address or prefix`);
  const time = line.given.get('for');
  const forMs = time === undefined ? undefined : parseFor(time);
  if (time !== undefined && forMs === undefined) return wrongUsage('ban', `'${time}' is no time`);
  const answer = await ask(line.link, { kind: 'ban', prefix, forMs });
  if (answer?.kind !== 'banned') return FAILED;
  if (line.link.json) printJson(answer);
  else process.stdout.write(`${answer.prefix} is banned, ${leftText(answer.endsAt, Date.now())}\n`);
  return DONE;
}

export async function unban(argv: readonly string[]): Promise<number> {
  const line = parseCommand('unban', argv, { help: UNBAN_HELP, operands: [1, 1] });
  if (typeof line === 'number') return line;
  const [text = ''] = line.operands;
  const prefix = parsePrefix(text);
  if (prefix === undefined) return wrongUsage('unban', `'${text}' is no IP address or prefix`);
  const answer = await ask(line.link, { kind: 'unban', prefix });
  if (answer?.kind !== 'unbanned') return FAILED;
  if (line.link.json) printJson(answer);
  else process.stdout.write(unbanText(answer.prefix, answer.count));
  return DONE;
}

function unbanText(prefix: string, count: number): string {
  if (count === 0) return `${prefix} was not banned by itself\n`;
  return `${prefix} is no longer banned${count === 1 ? '' : `: ${count} bans are lifted`}\n`;
}
