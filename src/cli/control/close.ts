/** `postern close DOOR [ADDRESS]`. */

import { parsePrefix } from '../../net/prefix.ts';
import {
  ask,
  DONE,
  FAILED,
  LINK_HELP,
  parseCommand,
  printJson,
  STATUS_HELP,
  wrongUsage,
} from './daemon-link.ts';

const HELP = `usage: postern close DOOR [ADDRESS] [options]

Closes a door: for one address or prefix that has it open, or for everybody.

options:
${LINK_HELP}

${STATUS_HELP}
`;

export async function close(argv: readonly string[]): Promise<number> {
  const line = parseCommand('close', argv, { help: HELP, operands: [1, 2] });
  if (typeof line === 'number') return line;
  const [door = '', address] = line.operands;
  const source = address === undefined ? undefined : parsePrefix(address);
  if (address !== undefined && source === undefined) {
    return wrongUsage('close', `'${address}' is no IP address or prefix`);
  }
  const answer = await ask(line.link, { kind: 'close', door, source });
  if (answer?.kind !== 'closing') return FAILED;
  if (line.link.json) printJson(answer);
  else process.stdout.write(closingText(answer.count, door, address));
  return DONE;
}

function closingText(count: number, door: string, address: string | undefined): string {
  const whom = address === undefined ? 'anybody' : address;
  if (count === 0) return `${door} was not open for ${whom}\n`;
  return `${door} is being closed for ${address ?? (count === 1 ? '1 address' : `${count} addresses`)}\n`;
}
