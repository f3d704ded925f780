/**
 * Where everything is measured: a server and a sender on one wire, daemons on one core and the load on another.
 * Its files lie in the lab's own /run, so nothing is left behind however the bench ends.
 */

import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Host, RunOptions } from '../lab/host.ts';
import { Lab } from '../lab/lab.ts';
import { KNOCKD as POSTERN_KNOCKD } from '../lab/programs.ts';
import type { Running } from '../lab/running.ts';
import { until } from '../lab/until.ts';
import { allowedCores, type Cores, chooseCores } from './cores.ts';
import type { Goal } from './flood-frame.ts';
import type { FileFlood, GeneratorWish, Played, SynFlood } from './generator-line.ts';
import { KNOCKD, pathOf, TCPDUMP, TCPREPLAY } from './programs.ts';

export const SERVER = '10.9.0.1';
const SERVER_6 = 'fd00:9::1';

/** That of a service (systemd.exec(5)): commands of daemons are looked for in it, and a developer's may be long. */
const SERVICE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin';

/** After that a daemon of Postern has had its rehearsal. */
const SETTLED_MS = 3000;

/** A slow machine with 10,000 doors. */
const START_LIMIT_MS = 60_000;
/** The longest flood of the full rounds, on a slow machine. */
const PLAY_LIMIT_MS = 300_000;

const GENERATOR = fileURLToPath(new URL('./generator.js', import.meta.url));

/** More than neighbour discovery and the like send by themselves. */
const UNDER_WAY_PACKETS = 1000;

/** SYNs to the server, its address of IPv4 unless it says so, or the frames of a capture file. */
export type FloodWish = (Omit<SynFlood, 'mac' | 'address'> & { readonly goal?: Goal }) | FileFlood;

/** How many packets, and how fast; without it until it is ended, as fast as it goes. */
export type Bounds = Pick<GeneratorWish, 'packets' | 'perSecond'>;

export interface Flood {
  /** Packets up to now. */
  readonly sent: () => number;
  readonly end: () => Promise<Played>;
}

export class Yard {
  readonly lab = new Lab();
  readonly server: Host;
  readonly sender: Host;
  readonly cores: Cores = chooseCores(allowedCores());
  /** Where frames for the server go. */
  readonly goal: Goal;
  readonly goal6: Goal;
  readonly #senderIndex: number;
  readonly #folder = mkdtempSync('/run/postern-bench-');

  constructor() {
    this.server = this.lab.host('server');
    this.sender = this.lab.host('sender');
    const ipv6 = this.lab.hasIpv6 ? [`${SERVER_6}/64`] : [];
    this.lab.wire(
      { host: this.server, addresses: [`${SERVER}/24`, ...ipv6] },
      { host: this.sender, addresses: ['10.9.0.2/24'] },
    );
    const link = this.server.ip('-o', 'link', 'show', 'eth0');
    const text = /link\/ether ([0-9a-f:]{17})/.exec(link)?.[1] ?? '';
    const mac = Uint8Array.from(text.split(':').map((byte) => Number.parseInt(byte, 16)));
    this.goal = { mac, address: Uint8Array.of(10, 9, 0, 1) };
    this.goal6 = { mac, address: Uint8Array.of(0xfd, 0, 0, 9, ...new Array<number>(11).fill(0), 1) };
    this.#senderIndex = Number.parseInt(this.sender.ip('-o', 'link', 'show', 'eth0'), 10);
    // Nothing answers: only the daemons are measured.
    this.server.iptables('-P', 'INPUT', 'DROP');
    if (this.lab.hasIpv6) this.server.ip6tables('-P', 'INPUT', 'DROP');
  }

  /** Further addresses of the sender, one for each knocker. */
  addSenders(count: number): void {
    this.sender.ipBatch(this.senders(count).map((address) => `address add ${address}/24 dev eth0`));
  }

  senders(count: number): readonly string[] {
    return Array.from({ length: count }, (_, i) => `10.9.0.${10 + i}`);
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Postern's daemon, listening. `node`: run by this Node with these options, instead of the program's own. */
  async postern(doors: string, { options = '', node }: PosternWish = {}): Promise<Running> {
    const conf = this.path('postern.conf');
    writeFileSync(conf, this.posternConf(doors, options));
    const program = node === undefined ? [POSTERN_KNOCKD] : [process.execPath, ...node, POSTERN_KNOCKD];
    const daemon = this.onDaemonCore(program, ['-v', '-i', 'eth0', '-c', conf]);
    await daemon.waitFor('listening on', { timeoutMs: START_LIMIT_MS });
    return daemon;
  }

  /** A daemon of Postern that has been up for some seconds, as nearly all have. */
  async settled(): Promise<void> {
    await delay(SETTLED_MS);
  }

  posternConf(doors: string, options = ''): string {
    return `[options]\nStateDir = ${this.path('state')}\n${options}\n${doors}`;
  }

  /** Debian's knockd, listening. */
  async original(doors: string): Promise<Running> {
    const conf = this.path('original.conf');
    writeFileSync(conf, `[options]\n\n${doors}`);
    const daemon = this.onDaemonCore([pathOf(KNOCKD)], ['-i', 'eth0', '-c', conf]);
    await untilCapturing(daemon);
    return daemon;
  }

  async tcpdump(): Promise<Running> {
    // Stays root: it gives the file it writes to the user whom it becomes, and /dev/null is the machine's.
    const stays = ['-Z', 'root'];
    const dump = this.onDaemonCore(
      [pathOf(TCPDUMP)],
      [...stays, '-i', 'eth0', '-w', '/dev/null', 'tcp or udp'],
    );
    await dump.waitFor('listening on');
    return dump;
  }

  onDaemonCore(program: readonly string[], args: readonly string[], options: RunOptions = {}): Running {
    const env = { PATH: SERVICE_PATH, ...options.env };
    return this.server.spawn('taskset', ['-c', `${this.cores.daemon}`, ...program, ...args], {
      ...options,
      env,
    });
  }

  /** On the sender's host. */
  onLoadCore(program: string, args: readonly string[]): Running {
    return this.sender.spawn('taskset', ['-c', `${this.cores.load}`, program, ...args]);
  }

  /** Plays a capture file, each frame at its time. */
  async play(file: string): Promise<void> {
    const fixed = ['-i', 'eth0', '--preload-pcap', '--no-flow-stats'];
    await endOf(this.onLoadCore(pathOf(TCPREPLAY), [...fixed, file]));
  }

  /** A flood of so many packets. */
  async send(wish: FloodWish, bounds: Bounds & { readonly packets: number }): Promise<Played> {
    return playedBy(await endOf(this.#generate(wish, bounds)));
  }

  /** A flood without end; resolves when packets are on their way. */
  async flood(wish: FloodWish, bounds: Pick<Bounds, 'perSecond'> = {}): Promise<Flood> {
    const sent = () => packetsSent(generator.pid);
    const generator = this.#generate(wish, bounds);
    const own = networkOf('self');
    await until(() => networkOf(generator.pid) !== own, { what: 'the generator to be on its host' });
    const before = sent();
    await until(() => sent() - before > UNDER_WAY_PACKETS, {
      timeoutMs: START_LIMIT_MS,
      what: () => `the flood:\n${generator.output}`,
    });
    return {
      sent: () => sent() - before,
      end: async () => {
        if (!generator.isRunning) throw new Error(`the flood ended too early:\n${generator.output}`);
        generator.kill('SIGINT');
        return playedBy(await endOf(generator));
      },
    };
  }

  #generate(wish: FloodWish, bounds: Bounds): Running {
    const flood = 'file' in wish ? wish : { ...wish, ...asNumbers(wish.goal ?? this.goal) };
    const line: GeneratorWish = { interfaceIndex: this.#senderIndex, flood, ...bounds };
    return this.onLoadCore(process.execPath, [GENERATOR, JSON.stringify(line)]);
  }

  async close(): Promise<void> {
    await this.lab.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export interface PosternWish {
  /** Further lines of [options]. */
  readonly options?: string;
  readonly node?: readonly string[];
}

/** Waits for a generator's end, within limits. */
async function endOf(generator: Running): Promise<Running> {
  const timer = setTimeout(() => generator.kill('SIGKILL'), PLAY_LIMIT_MS);
  const { status, signal } = await generator.ended.finally(() => clearTimeout(timer));
  if (status === 0) return generator;
  throw new Error(`the generator ended with ${signal ?? `status ${status}`}:\n${generator.output}`);
}

function playedBy({ stdout }: Running): Played {
  return JSON.parse(stdout) as Played;
}

function asNumbers({ mac, address }: Goal): { readonly mac: number[]; readonly address: number[] } {
  return { mac: [...mac], address: [...address] };
}

function networkOf(pid: number | 'self'): string {
  return readlinkSync(`/proc/${pid}/ns/net`);
}

/** By the host on which the process runs, over all interfaces. */
function packetsSent(pid: number): number {
  const lines = readFileSync(`/proc/${pid}/net/dev`, 'utf8').trim().split('\n').slice(2);
  return lines.reduce((sum, line) => sum + Number(line.trim().split(/[\s:]+/)[10]), 0);
}

/** For programs that do not say when they listen: until they have a packet socket. */
async function untilCapturing({ pid }: Running): Promise<void> {
  const sockets = () => readFileSync(`/proc/${pid}/net/packet`, 'utf8').trim().split('\n').length - 1;
  await until(() => sockets() > 0, { timeoutMs: START_LIMIT_MS, what: 'knockd to listen' });
}
