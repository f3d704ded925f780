/** A terminal of a size that the test chooses, on a host of the lab: Debian's tmux, with a server of its own. */

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Host } from '../../lab/host.ts';
import { until } from '../../lab/until.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A reason to leave out what needs it. */
export function missingTmux(): string | undefined {
  return spawnSync('tmux', ['-V']).status === 0 ? undefined : 'there is no tmux';
}

/** What a terminal holds before and after a program: a shell that waits for lines. */
const PROMPT = 'ready>';

export class TmuxScreen {
  readonly #host: Host;
  readonly #socket: string;

  /** @param folder for its socket. @param env beside what a terminal sets */
  constructor(
    t: { after(end: () => void): void },
    host: Host,
    folder: string,
    { size, env = {} }: { readonly size: ScreenSize; readonly env?: Readonly<Record<string, string>> },
  ) {
    this.#host = host;
    this.#socket = join(folder, `tmux-${randomUUID()}`);
    t.after(() => this.close());
    const variables = Object.entries({ PS1: PROMPT, LC_ALL: 'C.UTF-8', ...env }).map((each) =>
      each.join('='),
    );
    const shell = ['env', '-u', 'NO_COLOR', ...variables, '/bin/bash', '--norc', '-i'];
    this.#run('-u', 'new-session', '-d', '-x', `${size.columns}`, '-y', `${size.rows}`, ...shell);
    this.#run('set-option', '-g', 'window-size', 'manual');
  }

  /** As a reader sees it, without spaces at the ends of lines. */
  get text(): string {
    return this.#run('capture-pane', '-p');
  }

  /** With its escape sequences. */
  get painted(): string {
    return this.#run('capture-pane', '-p', '-e');
  }

  /** Types a line at the shell. */
  enter(line: string): void {
    this.#run('send-keys', '-l', line);
    this.press('Enter');
  }

  /** Keys by tmux's names for them. */
  press(...keys: readonly string[]): void {
    this.#run('send-keys', ...keys);
  }

  resize({ columns, rows }: ScreenSize): void {
    this.#run('resize-window', '-x', `${columns}`, '-y', `${rows}`);
  }

  /** Gives the text once it holds all of these. */
  async shows(...wanted: readonly (string | RegExp)[]): Promise<string> {
    let text = '';
    await until(
      () => {
        text = this.text;
        return wanted.every((each) => (typeof each === 'string' ? text.includes(each) : each.test(text)));
      },
      { what: () => `${wanted.join(' and ')} on the screen:\n${text}` },
    );
    return text;
  }

  /** The shell waits again; what it shows. */
  shell(): Promise<string> {
    return this.shows(new RegExp(`${PROMPT}\\n*$`));
  }

  close(): void {
    try {
      this.#run('kill-server');
    } catch {
      // It has ended by itself.
    }
  }

  #run(...args: readonly string[]): string {
    return this.#host.runSync('tmux', ['-S', this.#socket, '-f', '/dev/null', ...args]);
  }
}
