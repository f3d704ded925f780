/** The control socket's place in the daemon: its server, and what it answers. */

import type { Logger } from '../base/logger.ts';
import { messageOf, OpError } from '../base/op-error.ts';
import { type ControlAnswer, errorAnswer } from '../control/answer.ts';
import type { ControlRequest } from '../control/request.ts';
import { ControlServer, type WatchClient } from '../control/server.ts';
import { controlAnswer } from './control-answers.ts';
import type { ControlHost } from './control-host.ts';

export class ControlDesk {
  readonly #log: Logger;
  readonly #host: ControlHost;
  readonly #watchers: Set<WatchClient>;
  #server: ControlServer | undefined;

  /** @param watchers who watches is put in there, as long as that lasts */
  constructor(host: ControlHost, log: Logger, watchers: Set<WatchClient>) {
    this.#host = host;
    this.#log = log;
    this.#watchers = watchers;
  }

  /**
   * Doors open and close without a control socket, so one that cannot be had is no reason not to start; another's is.
   * @throws OpError when somebody else has the place
   */
  async start(path: string): Promise<void> {
    try {
      const answer = (request: ControlRequest) => this.#answer(request);
      this.#server = await ControlServer.listen({ path, answer, watchers: this.#watchers });
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
