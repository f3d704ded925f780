/** What lint rules ask of this machine. */

import { statSync } from 'node:fs';
import { monotonicMs } from '../../base/clock.ts';
import { ListeningPorts } from '../../daemon/listening-ports.ts';
import { runProgram } from '../../firewall/run-program.ts';
import type { LintContext } from '../../lint/rule.ts';
import { TCP, UDP } from '../../net/protocol.ts';
import { publishedPorts } from './published-ports.ts';

export async function thisMachine(): Promise<LintContext> {
  let isListening: LintContext['isListening'] = () => false;
  const ports = new ListeningPorts((set) => {
    isListening = (protocol, port) => set.has(protocol === 'tcp' ? TCP : UDP, port);
  });
  await ports.refresh(monotonicMs());
  const published = await publishedPorts(runProgram);
  return { isListening, published, modeOf: (file) => statSync(file, { throwIfNoEntry: false })?.mode };
}
