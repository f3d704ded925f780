/** P6 and P9: how long programs take to start. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { atMost, type Figure, figure, type Row } from './result.ts';
import { absent, KNOCK, median, ORIGINAL, residentMb, type Yard } from './yard.ts';

const CLIENT_ROUNDS = 40;

/** P6. */
export async function doors(yard: Yard): Promise<Row> {
  const one = await startWith(yard, 1, 'postern');
  const many = await startWith(yard, 10_000, 'postern');
  const figures: Figure[] = [
    figure('postern, 1 door', one.ms, 'ms'),
    figure('postern, 10,000 doors', many.ms, 'ms'),
    figure('postern, 1 door, memory', one.mb, 'MB'),
    figure('postern, 10,000 doors, memory', many.mb, 'MB'),
  ];
  const missing = absent(ORIGINAL);
  if (missing === undefined) {
    const original = await startWith(yard, 200, 'original');
    figures.push(
      figure('knockd, 200 doors', original.ms, 'ms'),
      figure('knockd, 200 doors, memory', original.mb, 'MB'),
    );
  }
  return {
    id: 'P6',
    title: 'start with many doors of three random ports',
    figures,
    bars: [
      atMost('10,000 doors, seconds more than 1 door', (many.ms - one.ms) / 1000, 1),
      atMost('10,000 doors, MB more than 1 door', many.mb - one.mb, 64),
    ],
    ...(missing === undefined ? {} : { note: missing }),
  };
}

async function startWith(
  yard: Yard,
  count: number,
  which: 'postern' | 'original',
): Promise<{ ms: number; mb: number }> {
  const text = Array.from(
    { length: count },
    (_, i) => `[d${i}]\nSequence = ${[1, 2, 3].map(randomPort)}\n`,
  ).join('');
  const begun = performance.now();
  const daemon = await yard[which](text);
  const ms = performance.now() - begun;
  const mb = residentMb(daemon.pid);
  await daemon.stop();
  return { ms, mb };
}

function randomPort(): number {
  return 1 + Math.floor(Math.random() * 65_535);
}

/** P9. Each program in turn, so that both meet the same machine. */
export async function client(yard: Yard): Promise<Row> {
  const empty = yard.path('empty.mjs');
  writeFileSync(empty, '');
  const times = { knock: [] as number[], node: [] as number[] };
  for (let round = 0; round < CLIENT_ROUNDS; round++) {
    times.node.push(timeOf([process.execPath, '-e', '0']));
    times.knock.push(timeOf([process.execPath, KNOCK, '127.0.0.1', '7001', '8002', '9003']));
  }
  const [knock, node] = [median(times.knock), median(times.node)];
  return {
    id: 'P9',
    title: `the whole command knock with three knocks, ${CLIENT_ROUNDS} rounds`,
    figures: [figure('knock', knock, 'ms'), figure('node -e 0', node, 'ms')],
    bars: [atMost('times node -e 0', knock / node, 1.4)],
  };
}

function timeOf([command, ...args]: readonly [string, ...string[]]): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return performance.now() - begun;
}
