/** `postern reload`. */

import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import type { NotReloadedAnswer, ReloadedAnswer } from '../../control/answer.ts';
import { ask, DONE, FAILED, LINK_HELP, parseCommand, printJson } from './daemon-link.ts';

const HELP = `usage: postern reload [options]

Makes the daemon read its configuration anew. A file with errors changes nothing; the errors are said here.
Attempts and open doors stay.

options:
${LINK_HELP}

exit status: 0 the new configuration is in force, 1 it has errors or the daemon could not be asked, 2 wrong usage
`;

export async function reload(argv: readonly string[]): Promise<number> {
  const line = parseCommand('reload', argv, { help: HELP, operands: [0, 0] });
  if (typeof line === 'number') return line;
  const answer = await ask(line.link, { kind: 'reload' });
  if (answer?.kind !== 'reloaded' && answer?.kind !== 'not-reloaded') return FAILED;
  if (line.link.json) printJson(answer);
  else if (answer.kind === 'reloaded') tellReloaded(answer);
  else tellFaults(answer);
  return answer.kind === 'reloaded' ? DONE : FAILED;
}

function tellReloaded({ file, doorCount, warnings }: ReloadedAnswer): void {
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  process.stdout.write(`${file}: in force, ${doorCount === 1 ? '1 door' : `${doorCount} doors`}\n`);
}

function tellFaults({ diagnostics, diagnosticCount, message }: NotReloadedAnswer): void {
  if (message !== undefined) process.stderr.write(`error: ${message}\n`);
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  const left = diagnosticCount - diagnostics.length;
  const more = left > 0 ? `, of which ${left} are not shown` : '';
  const count = diagnosticCount === 1 ? '1 error' : `${diagnosticCount} errors`;
  const head = diagnosticCount === 0 ? '' : `${count}${more}; `;
  process.stderr.write(`${head}the configuration stays as it was\n`);
}
