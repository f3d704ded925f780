/** Events to openings and their ends: a door that runs commands is open once its start command runs, unless that fails. */

import type { LogEvent } from '../read/log-event.ts';
import { CommandAuthors } from './command-authors.ts';
import { GrantSpans } from './grant-spans.ts';
import type { Lanes } from './lanes.ts';

export interface GrantListener {
  opened(door: string, source: string, atMs: number): void;
  /** A start command failed: what was told as opened was not. */
  undone(door: string, source: string, atMs: number): void;
}

export class GrantEvents {
  readonly #authors = new CommandAuthors();
  readonly #spans: GrantSpans;
  readonly #listener: GrantListener;

  constructor(lanes: Lanes, listener: GrantListener) {
    this.#spans = new GrantSpans(lanes);
    this.#listener = listener;
  }

  take(event: LogEvent): void {
    const { kind, door, source, atMs, endsMs } = event;
    if (door === undefined) return;
    if (kind === 'command-started') this.#commandStarted(event, door);
    else if (kind === 'command-failed') this.#commandFailed(event, door);
    if (source === undefined) return;
    switch (kind) {
      case 'match':
      case 'spa-accepted':
        this.#authors.expect(door, { source, action: 'start' });
        break;
      case 'opened':
        this.#opened(door, source, atMs, endsMs);
        break;
      case 'refreshed':
      case 'restored':
        if (event.reason !== 'opening') this.#spans.goesOn(door, source, atMs, endsMs);
        break;
      case 'closing':
        this.#authors.expect(door, { source, action: 'stop' });
        this.#spans.closing(door, source, atMs);
        break;
      default:
    }
  }

  /** After the last event. */
  finish(toMs: number): void {
    this.#spans.finish(toMs);
  }

  #commandStarted({ source, action, atMs }: LogEvent, door: string): void {
    const author = this.#authors.begins(door, { ...(source && { source }), ...(action && { action }) });
    if (author?.action === 'start') this.#opened(door, author.source, atMs, undefined);
  }

  #commandFailed({ source, action, atMs }: LogEvent, door: string): void {
    const author = this.#authors.ends(door, { ...(source && { source }), ...(action && { action }) });
    if (author?.action !== 'start' || !this.#spans.undo(door, author.source)) return;
    this.#listener.undone(door, author.source, atMs);
  }

  #opened(door: string, source: string, atMs: number, endsMs: number | undefined): void {
    this.#spans.opened(door, source, atMs, endsMs);
    this.#listener.opened(door, source, atMs);
  }
}
