/**
 * `npm run bench`: what Postern costs, beside knockd and tcpdump in the same run. `npm run bench -- P2 P4` runs these rows
 * alone. Writes bench/results.json when all rows were run.
 */

import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { enterLab } from '../lab/enter.ts';
import { cpu, manyDoors, memory, served } from './flood.ts';
import { latency } from './latency.ts';
import { type Row, rowText } from './result.ts';
import { bogusPackets } from './spa.ts';
import { client, doors } from './start-up.ts';
import { absent, TCPREPLAY, Yard } from './yard.ts';

const ROWS: readonly {
  readonly id: string;
  readonly load: boolean;
  readonly run: (yard: Yard) => Promise<Row>;
}[] = [
  { id: 'P2', load: false, run: latency },
  { id: 'P3', load: true, run: served },
  { id: 'P4', load: true, run: cpu },
  { id: 'P5', load: true, run: memory },
  { id: 'P6', load: false, run: doors },
  { id: 'P7', load: true, run: manyDoors },
  { id: 'SPA', load: false, run: bogusPackets },
  { id: 'P9', load: false, run: client },
];

const RESULTS = fileURLToPath(new URL('../../bench/results.json', import.meta.url));

const problem = await enterLab();
if (problem !== undefined) {
  console.error(`error: the bench needs private network namespaces: ${problem}`);
  process.exit(2);
}
process.exit(await run(process.argv.slice(2).map((id) => id.toUpperCase())));

async function run(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.find((id) => ROWS.every((row) => row.id !== id));
  if (unknown !== undefined) {
    console.error(`error: unknown row '${unknown}'\nhint: rows are ${ROWS.map(({ id }) => id).join(', ')}`);
    return 2;
  }
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;
  console.log(`${machine}\n`);
  const results: Row[] = [];
  for (const row of ROWS) {
    if (wanted.length > 0 && !wanted.includes(row.id)) continue;
    results.push(await measured(row));
    console.log(`${rowText(results.at(-1)!)}\n`);
  }
  if (wanted.length === 0) writeFileSync(RESULTS, `${JSON.stringify({ machine, rows: results }, null, 2)}\n`);
  const bars = results.flatMap((row) => row.bars);
  console.log(`${bars.filter(({ met }) => met).length} of ${bars.length} bars met`);
  return 0;
}

async function measured({ id, load, run: measure }: (typeof ROWS)[number]): Promise<Row> {
  const missing = load ? absent(TCPREPLAY) : undefined;
  if (missing !== undefined) return { id, title: 'not measured', figures: [], bars: [], note: missing };
  const yard = new Yard();
  try {
    return await measure(yard);
  } finally {
    await yard.close();
  }
}
