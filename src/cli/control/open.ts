/** `postern open DOOR ADDRESS`. */

import { leftText } from '../../base/people-time.ts';
import { parseIpAddress } from '../../net/ip-address.ts';
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

const HELP = `usage: postern open DOOR ADDRESS [options]

Opens a door for an address as if it had knocked; where it is open already, its time begins anew.

options:
  -f, --for TIME       so long instead of what the door says: 30s, 10m, 2h, forever; a number alone is seconds
${LINK_HELP}

${STATUS_HELP}
`;

export async function open(argv: readonly string[]): Promise<number> {
  const options = [{ long: 'for', short: 'f', takesValue: true }] as const;
  const line = parseCommand('open', argv, { help: HELP, options, operands: [2, 2] });
  if (typeof line === 'number') return line;
  const [door = '', address = ''] = line.operands;
  const source = parseIpAddress(address);
  if (source === undefined) return wrongUsage('open', `'${address}' is no IP address`);
  const time = line.given.get('for');
  const forMs = time === undefined ? undefined : parseFor(time);
  if (time !== undefined && forMs === undefined) return wrongUsage('open', `'${time}' is no time`);
  const answer = await ask(line.link, { kind: 'open', door, source, forMs });
  if (answer?.kind !== 'decided') return FAILED;
  const { decision, text } = answer;
  const isOpen = decision.kind === 'opened' || decision.kind === 'refreshed';
  if (line.link.json) printJson(answer);
  else if (isOpen) process.stdout.write(openText(decision.source, decision.door, decision.endsAt));
  else process.stderr.write(`error: ${text}\nhint: the daemon's log tells more\n`);
  return isOpen ? DONE : FAILED;
}

function openText(source: string, door: string, endsAt: string | null | undefined): string {
  const time = endsAt !== undefined ? `, ${leftText(endsAt, Date.now())}` : '';
  return `${door} is open for ${source}${time}\n`;
}
