/** A test host: one private network namespace. Programs run in it see its interfaces, firewall and sockets only. */

import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { type Ended, Running } from './running.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Given on standard input, which is else empty. */
  readonly input?: string;
  /** SIGKILL after this; default 60,000. */
  readonly timeoutMs?: number;
}

export interface Outcome extends Ended {
  readonly stdout: string;
  readonly stderr: string;
}

const DEFAULT_TIMEOUT_MS = 60_000;

export class Host {
  readonly name: string;
  /** What comes before a command so that it runs here. */
  readonly #enter: readonly string[];
  readonly #running = new Set<Running>();

  constructor(name: string, enter: readonly string[]) {
    this.name = name;
    this.#enter = enter;
  }

  /** Runs to the end and gives standard output; throws, with all output, unless the exit status is 0. */
  async exec(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<string> {
    const outcome = await this.attempt(command, args, options);
    if (outcome.status !== 0) throw new Error(failureText(this.name, [command, ...args], outcome));
    return outcome.stdout;
  }

  /** Runs to the end, whatever the exit status. */
  async attempt(command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Outcome> {
    const running = this.spawn(command, args, options);
    const timer = setTimeout(() => running.kill('SIGKILL'), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    running.child.stdin?.on('error', () => {}); // it may end without reading
    running.child.stdin?.end(options.input ?? '');
    try {
      const ended = await running.ended;
      return { ...ended, stdout: running.stdout, stderr: running.stderr };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Starts a program and returns at once. `Lab.close` kills what still runs. Standard input stays open. */
  spawn(command: string, args: readonly string[] = [], options: RunOptions & SpawnOptions = {}): Running {
    const { input: _input, timeoutMs: _timeoutMs, env, ...rest } = options;
    const [file, ...fileArgs] = this.command(command, args);
    const child = spawn(file, fileArgs, { ...rest, env: { ...process.env, ...env } });
    const running = new Running(child, [command, ...args].join(' '));
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.ended.then(forget, forget);
    return running;
  }

  /** The command line that runs `command` here, for those who start it themselves. */
  command(command: string, args: readonly string[]): [string, ...string[]] {
    return [...this.#enter, command, ...args] as [string, ...string[]];
  }

  /** `ip ARGS` on this host, synchronously; gives standard output. */
  ip(...args: readonly string[]): string {
    return this.#ip(args);
  }

  /** Several commands of `ip`, each a line, by one process: to start one takes longer than all of them. */
  ipBatch(commands: readonly string[]): void {
    this.#ip(['-batch', '-'], commands.map((command) => `${command}\n`).join(''));
  }

  iptables(...args: readonly string[]): string {
    return this.runSync('iptables', ['-w', ...args]);
  }

  ip6tables(...args: readonly string[]): string {
    return this.runSync('ip6tables', ['-w', ...args]);
  }

  /** Runs to the end while everything else waits; throws, with all output, unless the exit status is 0. */
  runSync(command: string, args: readonly string[], input = ''): string {
    return this.#waitFor(this.command(command, args), [command, ...args], input);
  }

  /** It goes to a host by itself, in half the time. */
  #ip(args: readonly string[], input = ''): string {
    const goesTo = this.#enter.length === 0 ? [] : ['-n', this.name];
    return this.#waitFor(['ip', ...goesTo, ...args], ['ip', ...args], input);
  }

  #waitFor(
    [file, ...fileArgs]: readonly [string, ...string[]],
    told: readonly string[],
    input: string,
  ): string {
    const { status, signal, stdout, stderr, error } = spawnSync(file, fileArgs, { encoding: 'utf8', input });
    if (error !== undefined) throw error;
    if (status !== 0) {
      const ended = { status: status ?? undefined, signal: signal ?? undefined };
      throw new Error(failureText(this.name, told, { ...ended, stdout, stderr }));
    }
    return stdout;
  }

  /** Kills what this host still runs, and waits for it. */
  async killAll(): Promise<void> {
    const running = [...this.#running];
    for (const program of running) program.kill('SIGKILL');
    await Promise.allSettled(running.map((program) => program.ended));
  }
}

function failureText(host: string, line: readonly string[], outcome: Outcome): string {
  const end = outcome.signal === undefined ? `status ${outcome.status}` : outcome.signal;
  return `${host}: '${line.join(' ')}' ended with ${end}:\n${outcome.stdout}${outcome.stderr}`;
}
