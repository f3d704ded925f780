/**
 * `npm run bench`: what Postern costs, beside knockd, fwknopd and tcpdump in the same run and in private namespaces.
 * Prints a row when it was measured, a table at the end, and after a whole run writes bench/results.json and the picture.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { enterLab } from '../lab/enter.ts';
import { parseArguments, type Wish } from './arguments.ts';
import { disturbance, machineText } from './machine.ts';
import { measure } from './measure.ts';
import { picture } from './picture.ts';
import { Progress } from './progress.ts';
import { withFigures } from './readme.ts';
import type { Row } from './row.ts';
import { rowText, summaryText } from './row-text.ts';
import { PLANS } from './rows.ts';

const ROOT = new URL('../../', import.meta.url);
const RESULTS = fileURLToPath(new URL('bench/results.json', ROOT));
const PICTURE = fileURLToPath(new URL('bench/results.svg', ROOT));
const README = fileURLToPath(new URL('README.md', ROOT));

/** What is promised is ten minutes; the rest is for the set-up and the end. */
const LIMIT_MS = 9.5 * 60_000;
const FULL_LIMIT_MS = 20 * 60_000;

const HELP = `usage: npm run bench -- [--full] [--readme] [ROW...]

Measures Postern beside knockd, fwknopd and tcpdump in private namespaces, within ten minutes. Without ROW all rows,
and writes bench/results.json and bench/results.svg.

  --full     no round is shortened; up to 20 minutes
  --readme   puts the figures of the run into README.md

rows:
${PLANS.map(({ id, title }) => `  ${id.padEnd(11)}  ${title}`).join('\n')}`;

const parsed = parseArguments(
  process.argv.slice(2),
  PLANS.map(({ id }) => id),
);
switch (parsed.kind) {
  case 'help':
    console.log(HELP);
    process.exit(0);
    break;
  case 'error':
    console.error(`error: ${parsed.message}\nhint: ${parsed.hint}`);
    process.exit(2);
    break;
  case 'run': {
    const problem = await enterLab();
    if (problem !== undefined) {
      console.error(`error: the bench needs private network namespaces: ${problem}`);
      process.exit(2);
    }
    process.exit(await run(parsed));
  }
}

async function run({ ids, isWhole, full, readme }: Wish): Promise<number> {
  const progress = new Progress(process.stderr);
  stopWhenAsked(progress);
  const machine = machineText();
  const busy = disturbance();
  console.log(`${machine}\n${busy === undefined ? '' : `! ${busy}\n`}`);
  const deadline = { atMs: performance.now() + (full ? FULL_LIMIT_MS : LIMIT_MS) };
  const rows: Row[] = [];
  let hasFailed = false;
  const plans = PLANS.filter(({ id }) => ids.includes(id));
  for (const [index, plan] of plans.entries()) {
    progress.row(index + 1, plans.length, plan);
    const { row, failed } = await measure(plan, { full, tell: (step) => progress.step(step) }, deadline);
    rows.push(row);
    hasFailed ||= failed;
    progress.clear();
    console.log(`${rowText(row)}\n`);
  }
  console.log(summaryText(rows));
  if (isWhole) write(rows, machine, busy, readme);
  return hasFailed ? 1 : 0;
}

function write(rows: readonly Row[], machine: string, disturbed: string | undefined, readme: boolean): void {
  const results = { machine, ...(disturbed === undefined ? {} : { disturbed }), rows };
  const where = disturbed === undefined ? machine : `${machine}; ${disturbed}`;
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(PICTURE, picture(rows, where));
  console.log('written: bench/results.json, bench/results.svg');
  if (!readme) return;
  writeFileSync(README, withFigures(readFileSync(README, 'utf8'), rows, where));
  console.log('written: README.md');
}

/** With this process the lab ends, and everything in it: programs, namespaces, files. */
function stopWhenAsked(progress: Progress): void {
  const stop = (status: number) => {
    progress.clear();
    console.error('stopped; nothing was written');
    process.exit(status);
  };
  process.on('SIGINT', () => stop(130));
  process.on('SIGTERM', () => stop(143));
}
