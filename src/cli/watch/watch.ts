/** `postern watch`: the daemon as it is and what it does, as a view on a terminal or a line for each event. */

import { DONE, LINK_HELP, parseCommand } from '../control/daemon-link.ts';
import { paletteFor } from '../paint.ts';
import { glyphsFor } from './glyphs.ts';
import { watchLines } from './lines.ts';
import { watchLive } from './live.ts';

const HELP = `usage: postern watch [options]

On a terminal: a view of who has doors open and for how long, attempts, bans, doors and the last events, until q is
pressed; ? tells the keys. It waits for a daemon that goes away.
Elsewhere, with --lines and with --json: events as they happen, a line or an object each, until it is interrupted.
Under a flood events are left out and counted.

options:
${LINK_HELP}
  -l, --lines          a line for each event, on a terminal, too

exit status: 1 the daemon could not be asked, or has ended while lines were told; 2 wrong usage; q, interrupted: 0
`;

export async function watch(argv: readonly string[]): Promise<number> {
  const options = [{ long: 'lines', short: 'l' }];
  const line = parseCommand('watch', argv, { help: HELP, options, operands: [0, 0] });
  if (typeof line === 'number') return line;
  const { link, given } = line;
  if (link.json || given.has('lines') || !canDraw(process.stdout, process.env)) return watchLines(link);
  await watchLive(link.socketPath, paletteFor(process.stdout, process.env), glyphsFor(process.env));
  return DONE;
}

/** A terminal that says what it is, and that it can move its cursor. */
function canDraw(
  { isTTY }: { readonly isTTY?: boolean },
  { TERM = '' }: Readonly<Record<string, string | undefined>>,
): boolean {
  return isTTY === true && TERM !== '' && TERM !== 'dumb';
}
