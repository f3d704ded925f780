/** Somebody at a host of the demo, who knocks with the real client and connects to port 22 by a dialer that runs there. */

import { fileURLToPath } from 'node:url';
import type { Host } from '../lab/host.ts';
import { KNOCK } from '../lab/programs.ts';
import type { Running } from '../lab/running.ts';
import { SERVER } from './addresses.ts';
import { type DialAnswer, type DialRequest, monotonicMs } from './dialer.ts';

/** How long a port is tried before it counts as shut; a round trip takes far below one millisecond here. */
const SHUT_MS = 600;
const SHUT_EVERY_MS = 200;

/** How long a port that should open may take, and how finely that is seen. */
const OPEN_MS = 3000;
const OPEN_EVERY_MS = 1;

const DIALER = fileURLToPath(new URL('./dialer.js', import.meta.url));

export interface Connected {
  /** What the server said first; undefined: the port did not open. */
  readonly words: string | undefined;
  readonly afterMs: number;
}

export class Person {
  readonly host: Host;
  readonly #dialer: Running;

  constructor(host: Host) {
    this.host = host;
    this.#dialer = host.spawn(process.execPath, [DIALER], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** One patient try at port 22; what it said, or undefined when it did not answer. */
  async tryPort(): Promise<string | undefined> {
    return (await this.#dial(SHUT_EVERY_MS, SHUT_MS, false)).words;
  }

  /**
   * Knocks with the real client and tries port 22 from the last knock on, again and again until it is open. The line
   * stays open for `talk`. The time counts from when the client says that its last knock is out.
   */
  async knockAndConnect(ports: readonly string[]): Promise<Connected> {
    let dialled: Promise<DialAnswer> | undefined;
    let knockedAtMs = 0;
    await this.knock(ports, () => {
      knockedAtMs = monotonicMs();
      dialled = this.#dial(OPEN_EVERY_MS, OPEN_MS, true);
    });
    const { words, atMs } = (await dialled) ?? { words: undefined, atMs: 0 };
    return { words, afterMs: atMs - knockedAtMs };
  }

  /** Knocks with the real client; `onLast` is called when its last knock is out. */
  async knock(ports: readonly string[], onLast: () => void = () => {}): Promise<void> {
    const client = this.host.spawn(KNOCK, ['-v', SERVER, ...ports]);
    let lines = 0;
    client.child.stdout?.on('data', (text: string) => {
      const before = lines;
      lines += text.split('\n').length - 1;
      if (before < ports.length && lines >= ports.length) onLast();
    });
    const { status } = await client.ended;
    if (status !== 0) throw new Error(`knock ended with status ${status}: ${client.output}`);
  }

  /** Whether the other end still answers over the open line. */
  async talk(): Promise<boolean> {
    return (await this.#ask({ kind: 'talk', timeoutMs: OPEN_MS })).words !== undefined;
  }

  #dial(everyMs: number, timeoutMs: number, hold: boolean): Promise<DialAnswer> {
    return this.#ask({ kind: 'dial', address: SERVER, everyMs, timeoutMs, hold });
  }

  #ask(request: DialRequest): Promise<DialAnswer> {
    const { child } = this.#dialer;
    return new Promise((resolve, reject) => {
      const gone = () => reject(new Error(`the dialer of ${this.host.name} ended`));
      child.once('exit', gone);
      child.once('message', (answer) => {
        child.off('exit', gone);
        resolve(answer as DialAnswer);
      });
      child.send(request);
    });
  }
}
