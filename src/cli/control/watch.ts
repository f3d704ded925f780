/** `postern watch`: what happens, as it happens, a line each. */

import { ControlClient } from '../../control/client.ts';
import type { WatchEvent } from '../../control/watch-event.ts';
import { type Palette, paletteFor } from '../paint.ts';
import { localClock } from '../people-time.ts';
import { complain, FAILED, LINK_HELP, parseCommand } from './daemon-link.ts';

const HELP = `usage: postern watch [options]

Follows what the daemon sees and does, until it is interrupted: attempts, doors that open and close, bans, lost packets.
With --json one object a line. Under a flood events are left out and counted.

options:
${LINK_HELP}

exit status: 1 the daemon could not be asked or has ended, 2 wrong usage; interrupted: 0
`;

export async function watch(argv: readonly string[]): Promise<number> {
  const line = parseCommand('watch', argv, { help: HELP, operands: [0, 0] });
  if (typeof line === 'number') return line;
  const { json, socketPath } = line.link;
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
    const text = json ? JSON.stringify(event) : `${localClock(event.at)} ${eventText(event, palette)}`;
    if (!process.stdout.write(`${text}\n`)) await drained();
  }
}

function drained(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('drain', resolve);
    process.stdout.once('error', () => resolve());
  });
}

export function eventText(event: WatchEvent, { good, bad, dim }: Palette): string {
  switch (event.event) {
    case 'attempt': {
      const about = event.door === undefined ? '' : `${event.door}: `;
      const text = `${event.source}: ${about}${attemptWords(event.what, event.stage)}`;
      if (event.what === 'opened') return good(text);
      return event.what === 'scan' ? bad(text) : text;
    }
    case 'spa':
      return `${event.source}: ${event.text}`;
    case 'decision':
      return event.text;
    case 'banned':
      return bad(
        `${event.prefix}: banned${event.endsAt === null ? '' : ` until ${localClock(event.endsAt)}`}`,
      );
    case 'unbanned':
      return `${event.prefix}: no longer banned`;
    case 'dropped':
      return bad(`the kernel dropped ${event.count} packets`);
    case 'reloaded':
      return event.ok
        ? 'the configuration was read anew'
        : bad('the configuration has errors and stays as it was');
    case 'skipped':
      return dim(`${event.count} more not shown`);
  }
}

function attemptWords(what: string, stage: number): string {
  switch (what) {
    case 'stage':
      return `stage ${stage}`;
    case 'opened':
      return 'the whole sequence';
    case 'timeout':
      return `too slow, the attempt ends at stage ${stage}`;
    case 'scan':
      return 'a scan, its attempts are ended';
    default:
      return what;
  }
}
