/**
 * Chromium without a window, driven over a pipe by its DevTools protocol: what a page looks like, and what it complains of.
 * It is offline from the beginning.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { until } from '../../lab/until.ts';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const FLAGS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-first-run'],
  ...['--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'],
  ...['--remote-debugging-pipe'],
];

/** Undefined where there is none. */
export function installedBrowser(): string | undefined {
  return PROGRAMS.find((path) => existsSync(path));
}

export interface View {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly request?: { readonly url: string } };
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

export class Browser {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #events: Message[] = [];
  #session: string | undefined;
  #lastId = 0;

  static async started(program: string): Promise<Browser> {
    const browser = new Browser(program);
    const { targetId } = await browser.#ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.#ask('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = sessionId as string;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await browser.#ask(`${domain}.enable`);
    const offline = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await browser.#ask('Network.emulateNetworkConditions', offline);
    return browser;
  }

  private constructor(program: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'postern-browser-'));
    const flags = [...FLAGS, `--user-data-dir=${this.#folder}`, 'about:blank'];
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] as const;
    this.#process = spawn(program, flags, { stdio: [...stdio], detached: true });
    let held = '';
    this.#output.setEncoding('utf8').on('data', (text: string) => {
      const messages = `${held}${text}`.split('\0');
      held = messages.pop() ?? '';
      for (const message of messages) this.#take(JSON.parse(message) as Message);
    });
    this.#process.on('exit', () => {
      for (const done of this.#waiting.values()) done({ error: { message: 'the browser has ended' } });
    });
  }

  /** Everything that the page or the browser complained of, and every address that it asked for. */
  get told(): { readonly complaints: readonly string[]; readonly requests: readonly string[] } {
    const of = (method: string) => this.#events.filter((event) => event.method === method);
    const complaints = ['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'].flatMap(of);
    return {
      complaints: complaints.map(({ params }) => JSON.stringify(params)),
      requests: of('Network.requestWillBeSent').map(({ params }) => params?.request?.url ?? ''),
    };
  }

  async view({ width, scheme }: View): Promise<void> {
    const metrics = { width, height: 800, deviceScaleFactor: 1, mobile: false };
    await this.#ask('Emulation.setDeviceMetricsOverride', metrics);
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.#ask('Emulation.setEmulatedMedia', { features });
  }

  async open(url: string): Promise<void> {
    const seen = this.#events.length;
    await this.#ask('Page.navigate', { url });
    const isLoaded = () => this.#events.slice(seen).some(({ method }) => method === 'Page.loadEventFired');
    while (!isLoaded()) await new Promise((resolve) => this.#output.once('data', resolve));
  }

  /** The whole page, not only what a screen has room for. */
  async picture(): Promise<Buffer> {
    const { data } = await this.#ask('Page.captureScreenshot', {
      captureBeyondViewport: true,
      format: 'png',
    });
    return Buffer.from(data as string, 'base64');
  }

  async print(): Promise<Buffer> {
    const { data } = await this.#ask('Page.printToPDF', { printBackground: false, preferCSSPageSize: true });
    return Buffer.from(data as string, 'base64');
  }

  /** Of an expression whose value is plain data. The page's policy does not hold for it. */
  async value(expression: string): Promise<unknown> {
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { readonly value?: unknown }).value;
  }

  async close(): Promise<void> {
    const { exitCode, pid } = this.#process;
    const ended =
      exitCode === null ? new Promise((resolve) => this.#process.once('exit', resolve)) : undefined;
    if (pid !== undefined) killGroup(pid);
    await ended;
    // Its other processes write until they are gone, too.
    await until(() => isRemoved(this.#folder), { what: 'the browser to leave its folder' });
  }

  get #output(): Readable {
    return this.#process.stdio[4] as Readable;
  }

  #take(message: Message): void {
    if (message.id === undefined) this.#events.push(message);
    else this.#waiting.get(message.id)?.(message);
  }

  async #ask(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const { result, error } = await answer;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }
}

/** The browser has a group of its own, with all that it started. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}
