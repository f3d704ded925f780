/** `postern metrics`. */

import { ask, DONE, FAILED, LINK_HELP, parseCommand, printJson, STATUS_HELP } from './daemon-link.ts';
import { metricsOf, metricsText } from './metrics-text.ts';

const HELP = `usage: postern metrics [options]

Says the daemon's counters in the text format of Prometheus, for the textfile collector of its node_exporter:

    postern metrics > /var/lib/node_exporter/postern.prom.tmp && mv /var/lib/node_exporter/postern.prom.tmp /var/lib/node_exporter/postern.prom

options:
${LINK_HELP}

${STATUS_HELP}
`;

export async function metrics(argv: readonly string[]): Promise<number> {
  const line = parseCommand('metrics', argv, { help: HELP, operands: [0, 0] });
  if (typeof line === 'number') return line;
  const answer = await ask(line.link, { kind: 'status', showSecrets: false });
  if (answer?.kind !== 'status') return FAILED;
  const found = metricsOf(answer);
  if (line.link.json) printJson(found);
  else process.stdout.write(metricsText(found));
  return DONE;
}
