/** `postern watch` on a terminal: the view, kept up to date until its reader has seen enough. */

import { monotonicMs } from '../../base/clock.ts';
import { momentNow } from '../../daemon/moment-now.ts';
import type { Palette } from '../paint.ts';
import { DaemonFeed } from './daemon-feed.ts';
import type { Glyphs } from './glyphs.ts';
import type { Key } from './keys.ts';
import { layout } from './layout.ts';
import { EMPTY, withAbsence, withEvent, withStatus } from './model.ts';
import { type Picture, pictureOf, update } from './screen.ts';
import { Terminal } from './terminal.ts';
import { AT_FIRST, NO_VIEWS, press, withNewEvents } from './viewer.ts';

/** Between two pictures, whatever happens: ten a second are smooth, and bounded work. */
const LEAST_MS = 100;

/** Times run. */
const TICK_MS = 1000;

/** How soon a terminal that took only part of a picture is asked again. */
const SLOW_MS = 50;

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** @throws OpError where the daemon cannot be reached at the start; later it is waited for */
export async function watchLive(socketPath: string, palette: Palette, glyphs: Glyphs): Promise<void> {
  const view = new LiveView(socketPath, palette, glyphs);
  await view.run();
}

class LiveView {
  readonly #palette: Palette;
  readonly #glyphs: Glyphs;
  readonly #feed: DaemonFeed;
  readonly #terminal: Terminal;
  #model = EMPTY;
  #viewer = AT_FIRST;
  #views = NO_VIEWS;
  #shown: Picture | undefined;
  #isStale = true;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(socketPath: string, palette: Palette, glyphs: Glyphs) {
    this.#palette = palette;
    this.#glyphs = glyphs;
    this.#feed = new DaemonFeed(socketPath, {
      status: (answer) => this.#learn(withStatus(this.#model, answer, momentNow())),
      event: (event) => this.#learn(withEvent(this.#model, event)),
      away: (why) => this.#learn(withAbsence(this.#model, why, momentNow())),
    });
    this.#terminal = new Terminal({
      key: (key) => this.#press(key),
      changed: () => this.#drawAnew(),
    });
  }

  async run(): Promise<void> {
    await this.#feed.connect();
    const end = () => this.#feed.stop();
    for (const signal of ENDING) process.on(signal, end);
    this.#terminal.open();
    const tick = setInterval(() => this.#draw(), TICK_MS);
    try {
      await this.#feed.run();
    } finally {
      clearInterval(tick);
      clearTimeout(this.#timer);
      this.#terminal.close();
    }
  }

  #learn(model: typeof EMPTY): void {
    this.#viewer = withNewEvents(this.#viewer, model.eventCount - this.#model.eventCount);
    this.#model = model;
    this.#draw();
  }

  #press(key: Key): void {
    if (key === 'quit') this.#feed.stop();
    else if (key === 'redraw') this.#drawAnew();
    else {
      this.#viewer = press(this.#viewer, key, this.#views, this.#model, momentNow());
      this.#draw();
    }
  }

  #drawAnew(): void {
    this.#shown = undefined;
    this.#draw();
  }

  /** Soon, and once for all that changes until then. */
  #draw(): void {
    this.#isStale = true;
    this.#timer ??= setTimeout(() => this.#drawNow(), Math.max(0, this.#drawnMs + LEAST_MS - monotonicMs()));
  }

  /** What the terminal has not taken of the last picture goes first; then the newest, whatever was in between. */
  #drawNow(): void {
    this.#timer = undefined;
    try {
      this.#terminal.output.flush();
      if (this.#terminal.output.isIdle && this.#isStale) this.#send();
    } catch {
      this.#feed.stop(); // the terminal has gone
      return;
    }
    if (!this.#terminal.output.isIdle) this.#timer = setTimeout(() => this.#drawNow(), SLOW_MS);
  }

  #send(): void {
    const { size } = this.#terminal;
    const { lines, views } = layout(this.#model, this.#viewer, momentNow(), size, this.#glyphs);
    const picture = pictureOf(lines, size, this.#palette, this.#glyphs);
    this.#views = views;
    this.#isStale = false;
    this.#drawnMs = monotonicMs();
    this.#terminal.output.send(update(this.#shown, picture));
    this.#shown = picture;
  }
}
