/** The control socket's place in the daemon: its server, what it answers, and the events for those who watch. */

import type { Logger } from '../base/logger.ts';
import { messageOf, OpError } from '../base/op-error.ts';
import { type ControlAnswer, errorAnswer } from '../control/answer.ts';
import type { ControlRequest } from '../control/request.ts';
import { ControlServer } from '../control/server.ts';
import { controlAnswer } from './control-answers.ts';
import type { ControlHost } from './control-host.ts';
import { WatchHub } from './watch-hub.ts';

export class ControlDesk {
  readonly #log: Logger;
  readonly #host: ControlHost;
  #server: ControlServer | undefined;
  /** Tells nobody while there is no server. */
  readonly hub: WatchHub;

  constructor(host: ControlHost, log: Logger) {
    this.#host = host;
    this.#log = log;
    this.hub = new WatchHub({
      watcherCount: () => this.#server?.watcherCount ?? 0,
      tell: (line) => this.#server?.tell(line),
    });
  }

  /**
   * Doors open and close without a control socket, so one that cannot be had is no reason not to start; another's is.
   * @throws OpError when somebody else has the place
   */
  async start(path: string): Promise<void> {
    try {
      this.#server = await ControlServer.listen({ path, answer: (request) => this.#answer(request) });
    } catch (error) {
      if (!(error instanceof OpError) || error.code === 'EADDRINUSE') throw error;
      this.#log.log('error', `no control socket: ${error.message}`);
    }
  }

  stop(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** A bug in an answer must not shut doors. */
  async #answer(request: ControlRequest): Promise<ControlAnswer> {
    try {
      return await controlAnswer(request, this.#host);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log.log('error', `control socket: ${request.kind}: ${text.replaceAll('\n', ' | ')}`);
      return errorAnswer('internal', messageOf(error), { hint: "the daemon's log tells more" });
    }
  }
}
