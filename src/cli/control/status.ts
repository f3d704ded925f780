/** `postern status`. */

import { paletteFor } from '../paint.ts';
import { ask, DONE, FAILED, LINK_HELP, parseCommand, printJson, STATUS_HELP } from './daemon-link.ts';
import { statusText } from './status-text.ts';

const HELP = `usage: postern status [options]

Says how the daemon is: what it listens on, its doors, attempts, grants, bans and counters.

options:
${LINK_HELP}
      --show-secrets   say the doors' sequences, too

${STATUS_HELP}
`;

export async function status(argv: readonly string[]): Promise<number> {
  const options = [{ long: 'show-secrets', short: '' }];
  const line = parseCommand('status', argv, { help: HELP, options, operands: [0, 0] });
  if (typeof line === 'number') return line;
  const answer = await ask(line.link, { kind: 'status', showSecrets: line.given.has('show-secrets') });
  if (answer?.kind !== 'status') return FAILED;
  if (line.link.json) printJson(answer);
  else process.stdout.write(statusText(answer, Date.now(), paletteFor(process.stdout, process.env)));
  return DONE;
}
