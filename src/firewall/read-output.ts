/** What a command prints, as lines. */

import type { Spawned } from '../native/spawn.ts';
import { OutputLines } from './output-lines.ts';

/** Resolves when nobody holds the output any more. */
export async function readOutput(
  { stdout, stderr, exited }: Spawned,
  onLine: (line: string) => void,
): Promise<'drained'> {
  const lines = new OutputLines(onLine);
  const closed = [stdout, stderr].map((stream, number) => {
    stream.on('data', (chunk: Buffer) => lines.feed(number as 0 | 1, chunk));
    stream.on('error', () => undefined);
    return new Promise((resolve) => stream.once('close', resolve));
  });
  await Promise.all([exited, ...closed]);
  lines.end();
  return 'drained';
}
