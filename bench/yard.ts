/** Where everything is measured: a server and a sender on one wire, daemons on one core and the load on the other. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../lab/host.ts';
import { Lab } from '../lab/lab.ts';
import type { Running } from '../lab/running.ts';
import { until } from '../lab/until.ts';

export const SERVER = '10.9.0.1';
const SERVER_6 = 'fd00:9::1';
export const KNOCKD = fileURLToPath(new URL('../../bin/knockd', import.meta.url));
export const KNOCK = fileURLToPath(new URL('../../bin/knock', import.meta.url));
export const ORIGINAL = '/usr/sbin/knockd';
export const TCPDUMP = '/usr/bin/tcpdump';
export const TCPREPLAY = '/usr/bin/tcpreplay';

const LOAD_CORE = '0';
const DAEMON_CORE = cpus().length > 1 ? '1' : '0';

/** Of /proc/PID/stat: clock ticks are 10 ms on every Linux that Node runs on. */
const TICK_MS = 10;

export class Yard {
  readonly lab = new Lab();
  readonly server: Host;
  readonly sender: Host;
  readonly folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  readonly mac: Uint8Array;

  constructor() {
    this.server = this.lab.host('server');
    this.sender = this.lab.host('sender');
    this.lab.wire(
      { host: this.server, addresses: [`${SERVER}/24`, `${SERVER_6}/64`] },
      { host: this.sender, addresses: ['10.9.0.2/24'] },
    );
    const link = this.server.ip('-o', 'link', 'show', 'eth0');
    const mac = /link\/ether ([0-9a-f:]{17})/.exec(link)?.[1] ?? '';
    this.mac = Uint8Array.from(mac.split(':').map((byte) => Number.parseInt(byte, 16)));
    // Nothing answers: only the daemons are measured.
    this.server.iptables('-P', 'INPUT', 'DROP');
    this.server.runSync('ip6tables', ['-P', 'INPUT', 'DROP']);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Postern's daemon, listening. */
  async postern(doors: string): Promise<Running> {
    const conf = this.path('postern.conf');
    writeFileSync(conf, `[options]\nStateDir = ${this.path('state')}\n${doors}`);
    const daemon = this.server.spawn('taskset', [
      // Not through Node: the program's first line has options for it.
      ...['-c', DAEMON_CORE, KNOCKD, '-v', '-i', 'eth0', '-c', conf],
    ]);
    await daemon.waitFor('listening on', { timeoutMs: 60_000 });
    return daemon;
  }

  /** Debian's knockd, listening. */
  async original(doors: string): Promise<Running> {
    const conf = this.path('original.conf');
    writeFileSync(conf, `[options]\n\n${doors}`);
    const daemon = this.server.spawn('taskset', ['-c', DAEMON_CORE, ORIGINAL, '-i', 'eth0', '-c', conf]);
    await this.#untilListening(daemon);
    return daemon;
  }

  async tcpdump(): Promise<Running> {
    const args = ['-c', DAEMON_CORE, TCPDUMP, '-i', 'eth0', '-w', '/dev/null', 'tcp or udp'];
    const dump = this.server.spawn('taskset', args);
    await dump.waitFor('listening on');
    return dump;
  }

  /** Plays a capture file; gives the number of packets and the rate that was reached. */
  async play(file: string, options: readonly string[]): Promise<{ packets: number; perSecond: number }> {
    const said = await this.sender.exec(
      'taskset',
      ['-c', LOAD_CORE, TCPREPLAY, '-i', 'eth0', '--preload-pcap', ...options, file],
      { timeoutMs: 120_000 },
    );
    const packets = Number(/Actual: (\d+) packets/.exec(said)?.[1]);
    const perSecond = Number(/, ([\d.]+) pps/.exec(said)?.[1]);
    return { packets, perSecond };
  }

  async close(): Promise<void> {
    await this.lab.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #untilListening({ pid }: Running): Promise<void> {
    const sockets = () => readFileSync(`/proc/${pid}/net/packet`, 'utf8').trim().split('\n').length - 1;
    await until(() => sockets() > 0, { timeoutMs: 60_000, what: 'knockd to listen' });
  }
}

/** Processor time of all threads, user and system. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

export function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

/** Resolves when a process has used no time for a while: it has handled what waited. */
export async function untilIdle(pid: number): Promise<void> {
  let last = cpuMs(pid);
  let quiet = 0;
  await until(
    () => {
      const now = cpuMs(pid);
      quiet = now - last > TICK_MS ? 0 : quiet + 1;
      last = now;
      return quiet > 40;
    },
    { timeoutMs: 30_000, what: 'the process to be idle' },
  );
}

/** Names of peers that are not installed. */
export function absent(...paths: readonly string[]): string | undefined {
  const missing = paths.filter((path) => !existsSync(path));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
