/** `postern watch` where there is no terminal to draw on: what happens, as it happens, a line each. */

import { localClock } from '../../base/people-time.ts';
import { ControlClient } from '../../control/client.ts';
import { complain, FAILED, type Link } from '../control/daemon-link.ts';
import { type Palette, paletteFor } from '../paint.ts';
import { eventWords } from './event-text.ts';

/** @returns the exit status */
export async function watchLines({ json, socketPath }: Link): Promise<number> {
  const client = await ControlClient.connect(socketPath);
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
    client.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  // A reader that went away, as in `postern watch | head`.
  process.stdout.on('error', interrupt);
  const answer = await client.ask({ kind: 'watch' });
  if (answer.kind === 'error') {
    complain(answer);
    return FAILED;
  }
  await follow(client, json, paletteFor(process.stdout, process.env));
  if (isInterrupted) return 0;
  process.stderr.write(
    'error: the daemon has ended the connection\nhint: it was stopped, or lines were read too slowly\n',
  );
  return FAILED;
}

async function follow(client: ControlClient, json: boolean, palette: Palette): Promise<void> {
  for (let event = await client.next(); event !== undefined; event = await client.next()) {
    if (event.kind !== 'event') continue;
    const { text, tone } = eventWords(event);
    const painted = tone === 'plain' ? text : palette[tone](text);
    const line = json ? JSON.stringify(event) : `${localClock(event.at)} ${painted}`;
    if (!process.stdout.write(`${line}\n`)) await drained();
  }
}

function drained(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('drain', resolve);
    process.stdout.once('error', () => resolve());
  });
}
