/** Which words of a command line are NAME or HOST, which are the command, and what is wished for beyond knocks. Pure. */

import { ok, type Result } from '../../base/result.ts';
import type { CommandLine } from '../getopt.ts';
import { lineHas } from './knock-arguments.ts';
import type { Wish } from './knock-run.ts';
import { misused, type Refusal } from './refusal.ts';

export interface Intent {
  /** NAME alone, or HOST and its ports; one at least. */
  readonly operands: readonly string[];
  /** The first of them is the name of a profile. */
  readonly isProfile: boolean;
  readonly wish: Wish;
}

/** Each says how to knock: a host that stands beside one is no profile. */
const WAYS = ['spa', 'totp', 'one-time'];

export function readIntent(line: CommandLine): Result<Intent, Refusal> {
  const hasWay = WAYS.some((name) => lineHas(line, name));
  const [operands, words] = lineHas(line, 'proxy') ? [line.operands, []] : split(line);
  const [first, host, portText, surplus] = operands;
  if (first === undefined) return misused('no host given', "'knock --help' has the forms");
  if (!lineHas(line, 'proxy'))
    return ok({ operands, isProfile: !hasWay && operands.length === 1, wish: wishOf(line, words) });
  if (surplus !== undefined || (host !== undefined && portText === undefined))
    return misused('--proxy wants a host and its port', "the form is 'knock --proxy NAME HOST PORT'");
  // ssh puts its own word for the host in the place of %h where its configuration has no HostName.
  const other = host === first ? undefined : host;
  return ok({ operands: [first], isProfile: !hasWay, wish: { kind: 'proxy', host: other, portText } });
}

/** What stands behind `--` is the command, unless nothing stands before it. */
function split({ operands, operandsBefore }: CommandLine): readonly [readonly string[], readonly string[]] {
  return operandsBefore === 0
    ? [operands, []]
    : [operands.slice(0, operandsBefore), operands.slice(operandsBefore)];
}

function wishOf(line: CommandLine, words: readonly string[]): Wish {
  if (words.length > 0) return { kind: 'command', words };
  return lineHas(line, 'wait') ? { kind: 'wait' } : { kind: 'nothing' };
}
