/**
 * The scene of the daemon's tests: a client and a server on a wire, frames with any source, and knockd on the server,
 * Postern's or Debian's. Doors write what they do to a file of the daemon's own, one line each.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import { KNOCKD } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import { FrameSender, RECEIVER_MAC } from './frame-sender.ts';

/** The knockd of Debian's package. */
export const ORIGINAL = '/usr/sbin/knockd';

export const CLIENT4 = '10.9.0.1';
export const SERVER4 = '10.9.0.2';
export const CLIENT6 = 'fd00:9::1';
export const SERVER6 = 'fd00:9::2';

export interface Scene {
  readonly lab: Lab;
  readonly client: Host;
  readonly server: Host;
  readonly sender: FrameSender;
  /** Empty at first, removed at the end. */
  readonly directory: string;
}

interface TestEnd {
  after(end: () => Promise<void> | void): void;
}

export function setScene(t: TestEnd): Scene {
  const lab = new Lab();
  const directory = mkdtempSync(join(tmpdir(), 'postern-test-'));
  t.after(async () => {
    await lab.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const client = lab.host('client');
  const server = lab.host('server');
  const v6 = (address: string) => (lab.hasIpv6 ? [address] : []);
  lab.wire(
    { host: client, addresses: [`${CLIENT4}/24`, ...v6(`${CLIENT6}/64`)] },
    { host: server, addresses: [`${SERVER4}/24`, ...v6(`${SERVER6}/64`)] },
  );
  server.ip('link', 'set', 'eth0', 'address', RECEIVER_MAC);
  return { lab, client, server, sender: new FrameSender(client), directory };
}

export interface DaemonOptions {
  /** Postern's when left out. */
  readonly program?: string;
  /** Of its files; the program's kind when left out. */
  readonly name?: string;
  /** More lines of [options]; Postern's own. */
  readonly options?: string;
  /** What starts the program, such as a wrapper that takes capabilities away. */
  readonly wrapper?: readonly string[];
  readonly interfaces?: string;
}

export class TestDaemon {
  readonly running: Running;
  readonly configPath: string;
  readonly #doneFile: string;
  readonly #options: string;

  /** @param doors the sections of the configuration; `@DONE` in a command appends to the file that `done` reads */
  constructor(scene: Scene, doors: string, how: DaemonOptions = {}) {
    const { program = KNOCKD, wrapper = [], interfaces = 'eth0' } = how;
    const { name = program === KNOCKD ? 'postern' : 'original' } = how;
    const own = join(scene.directory, name);
    mkdirSync(own, { recursive: true });
    this.configPath = join(own, 'knockd.conf');
    this.#doneFile = join(own, 'done');
    const stateDir = program === KNOCKD ? `StateDir = ${join(own, 'state')}\n` : '';
    this.#options = `[options]\nPidFile = ${join(own, 'pid')}\n${stateDir}${how.options ?? ''}\n`;
    this.configure(doors);
    const args = ['-v', ...(interfaces === '' ? [] : ['-i', interfaces]), '-c', this.configPath];
    const [file = program, ...rest] = [...wrapper, ...unbuffered(program), ...args];
    this.running = scene.server.spawn(file, rest);
  }

  static async started(scene: Scene, doors: string, how: DaemonOptions = {}): Promise<TestDaemon> {
    const daemon = new TestDaemon(scene, doors, how);
    await daemon.running.waitFor('listening on');
    return daemon;
  }

  /** Rewrites the file; SIGHUP is the caller's. */
  configure(doors: string): void {
    writeFileSync(this.configPath, this.#options + doors.replaceAll('@DONE', `>> ${this.#doneFile}`));
  }

  /** What the doors' commands have written, in order. */
  get done(): readonly string[] {
    if (!existsSync(this.#doneFile)) return [];
    return readFileSync(this.#doneFile, 'utf8').split('\n').slice(0, -1);
  }

  /** Waits until the line has been written, as often as asked. */
  async didWrite(line: string, times = 1): Promise<void> {
    await until(() => this.done.filter((each) => each === line).length >= times, {
      what: () => `'${line}' ${times} times among:\n${this.done.join('\n')}\n--\n${this.running.output}`,
    });
  }
}

/** The original writes whole blocks where its output is not a terminal. */
function unbuffered(program: string): readonly string[] {
  return program === ORIGINAL ? ['stdbuf', '-oL', program] : [program];
}

/** Why these tests cannot run here; undefined when they can. */
export function missingForDaemon(...more: readonly string[]): string | undefined {
  if (!existsSync(KNOCKD)) return 'there is no bin/knockd';
  const missing = ['tcpreplay', 'iptables', ...more].filter(
    (tool) => spawnSync(tool, ['--version']).error !== undefined,
  );
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

export function missingOriginalDaemon(): string | undefined {
  return existsSync(ORIGINAL) ? undefined : "Debian's knockd is not installed (package knockd)";
}
