/** P2: from the last knock to the end of the same shell command, beside knockd. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Running } from '../lab/running.ts';
import { atMost, figure, type Row } from './result.ts';
import { absent, median, ORIGINAL, quantile, SERVER, type Yard } from './yard.ts';

const ROUNDS = 60;
const PORTS = '7001 8002 9003';
const SENDER = fileURLToPath(new URL('./sender.js', import.meta.url));

export async function latency(yard: Yard): Promise<Row> {
  const fifo = yard.path('fifo');
  yard.server.runSync('mkfifo', [fifo]);
  const doors = `[ssh]
Sequence = ${PORTS.split(' ').map((port) => `${port}:udp`)}
Seq_Timeout = 5
Command = iptables -w -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT; echo done > ${fifo}
`;
  const ours = await measure(yard, fifo, () => yard.postern(doors));
  const missing = absent(ORIGINAL);
  const theirs = missing === undefined ? await measure(yard, fifo, () => yard.original(doors)) : undefined;
  const figures = [
    figure('postern, median', median(ours), 'ms'),
    figure('postern, p99', quantile(ours, 0.99), 'ms'),
  ];
  const row = { id: 'P2', title: `last knock to the end of an iptables command, ${ROUNDS} rounds` };
  if (theirs === undefined) return { ...row, figures, bars: [], note: missing ?? '' };
  return {
    ...row,
    figures: [
      ...figures,
      figure('knockd, median', median(theirs), 'ms'),
      figure('knockd, p99', quantile(theirs, 0.99), 'ms'),
    ],
    bars: [atMost('median, as a part of knockd', median(ours) / median(theirs), 1 / 5)],
  };
}

async function measure(yard: Yard, fifo: string, start: () => Promise<Running>): Promise<number[]> {
  const daemon = await start();
  const sender = yard.sender.spawn(process.execPath, [SENDER]);
  const reader = spawn('sh', ['-c', `while read line < ${fifo}; do echo "$line"; done`]);
  const sentLines = lines(sender.child.stdout!);
  const doneLines = lines(reader.stdout);
  const took: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      sender.child.stdin?.write(`${SERVER} ${PORTS}\n`);
      const sentNs = BigInt((await sentLines.next()).value as string);
      await doneLines.next();
      took.push(Number(process.hrtime.bigint() - sentNs) / 1e6);
    }
  } finally {
    reader.kill();
    await sender.stop();
    await daemon.stop();
    yard.server.iptables('-F', 'INPUT');
  }
  return took;
}

function lines(stream: NodeJS.ReadableStream): AsyncIterator<string> {
  return createInterface({ input: stream })[Symbol.asyncIterator]();
}
