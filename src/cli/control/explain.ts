/** `postern explain ADDRESS`: why did the door not open? */

import { parsePrefix } from '../../net/prefix.ts';
import { paletteFor } from '../paint.ts';
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
import { explanationText } from './explanation-text.ts';

const HELP = `usage: postern explain ADDRESS [options]

Says what the daemon has seen of an address, or of all addresses of a prefix, why a door did or did not open to it, and
what to do next.

options:
      --show-secrets   say the ports of steps, too
${LINK_HELP}

${STATUS_HELP}
`;

export async function explain(argv: readonly string[]): Promise<number> {
  const options = [{ long: 'show-secrets', short: '' }];
  const line = parseCommand('explain', argv, { help: HELP, options, operands: [1, 1] });
  if (typeof line === 'number') return line;
  const [text = ''] = line.operands;
  const source = parsePrefix(text);
  if (source === undefined) return wrongUsage('explain', `'${text}' is no IP address or prefix`);
  const showSecrets = line.given.has('show-secrets');
  const answer = await ask(line.link, { kind: 'explain', source, showSecrets });
  if (answer?.kind !== 'explanation') return FAILED;
  if (line.link.json) printJson(answer.explanation);
  else process.stdout.write(explanationText(answer.explanation, paletteFor(process.stdout, process.env)));
  return DONE;
}
