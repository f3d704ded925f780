/** The daemon of the demo: the real knockd on the server's interface, with what it says. */

import { writeFileSync } from 'node:fs';
import { KNOCKD } from '../lab/programs.ts';
import type { Running } from '../lab/running.ts';
import { until } from '../lab/until.ts';
import { FOLDER } from './addresses.ts';
import { knockdConf } from './doors.ts';
import type { Scene } from './scene.ts';
import type { Story } from './story.ts';

const CONF = `${FOLDER}/knockd.conf`;

/** Generous: only a step that fails takes so long. */
const PATIENCE_MS = 10_000;

/** What the daemon says at once is shown up to this; the rest is counted. */
const SHOWN_LINES = 8;

export class Doorkeeper {
  readonly #story: Story;
  readonly #daemon: Running;
  #shown = 0;

  /** Starts the daemon, as `npm start -- -v -i eth0 -c FILE` would. */
  constructor(story: Story, { server }: Scene) {
    writeFileSync(CONF, knockdConf(`${FOLDER}/state`));
    this.#story = story;
    this.#daemon = server.spawn(KNOCKD, ['-v', '-i', 'eth0', '-c', CONF]);
  }

  get pid(): number {
    return this.#daemon.pid;
  }

  get isUp(): boolean {
    return this.#daemon.isRunning;
  }

  /** How many doors it has opened so far. */
  get opened(): number {
    return this.#daemon.output.split('OPEN SESAME').length - 1;
  }

  /** A step of the story: the daemon says this line, now or soon. */
  async says(line: string): Promise<void> {
    const isSaid = await this.#hears(line);
    this.showNews();
    this.#story.step(isSaid, `the daemon says: ${line}`, `the daemon does not say: ${line}`);
  }

  /** Shows what it has said since the last time. */
  showNews(): void {
    const lines = this.#daemon.output.split('\n').slice(0, -1);
    const news = lines.slice(this.#shown);
    this.#shown = lines.length;
    for (const line of news.slice(0, SHOWN_LINES)) this.#story.printed('server', line);
    const more = news.length - SHOWN_LINES;
    if (more > 0) this.#story.printed('server', `(${more} more lines)`);
  }

  /** Ends it as no daemon wants to end: it cannot close anything any more. */
  async kill(): Promise<void> {
    await this.#daemon.stop('SIGKILL');
  }

  /** Ends it as `systemctl stop` would; its exit status, or the signal that had to be used. */
  async stop(): Promise<number | NodeJS.Signals | undefined> {
    const { status, signal } = await this.#daemon.stop('SIGTERM');
    return status ?? signal;
  }

  async #hears(line: string): Promise<boolean> {
    const isOver = () => this.#daemon.output.includes(line) || !this.#daemon.isRunning;
    await until(isOver, { timeoutMs: PATIENCE_MS }).catch(() => {});
    return this.#daemon.output.includes(line);
  }
}
