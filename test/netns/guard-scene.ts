/**
 * The scene of the nftables backends' tests: a server with services that echo and the backend in a process of its own,
 * and two clients, on one switch.
 */

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import type { FirewallSettings } from '../../src/firewall/create-firewall.ts';
import type { FirewallPlan, GuardedDoor, PortGrant, Reconciled } from '../../src/firewall/firewall.ts';
import { parsePortRange } from '../../src/net/port-range.ts';
import { answers } from './line.ts';

export const SERVER4 = '10.9.0.1';
export const SERVER6 = 'fd00:9::1';
export const CLIENT4 = '10.9.0.2';
export const CLIENT6 = 'fd00:9::2';
export const OTHER4 = '10.9.0.3';
export const OTHER6 = 'fd00:9:0:1::3';

export const SSH = 2222;
export const WEB = 8080;

export interface GuardScene {
  readonly lab: Lab;
  readonly server: Host;
  readonly client: Host;
  readonly other: Host;
}

export async function setGuardScene(t: { after(end: () => Promise<void>): void }): Promise<GuardScene> {
  const lab = new Lab();
  t.after(() => lab.close());
  const [server, client, other] = [lab.host('server'), lab.host('client'), lab.host('other')];
  lab.lan([
    { host: server, addresses: [`${SERVER4}/24`, `${SERVER6}/48`] },
    { host: client, addresses: [`${CLIENT4}/24`, `${CLIENT6}/48`] },
    { host: other, addresses: [`${OTHER4}/24`, `${OTHER6}/48`] },
  ]);
  await server.spawn(process.execPath, ['-e', ECHO, `${SSH}`, `${WEB}`]).waitFor('listening');
  return { lab, server, client, other };
}

/** Answers each line with the same line. */
const ECHO = `const ports = process.argv.slice(1).map(Number); let up = 0;
  for (const port of ports) require('net').createServer((s) => s.on('error', () => {}).pipe(s))
    .listen({ port, host: '::' }, () => { if (++up === ports.length) console.log('listening'); });`;

export function door(name: string, ports: string, ipv6PrefixLength = 128): GuardedDoor {
  return { name, ports: ports.split(',').map((text) => parsePortRange(text)!), ipv6PrefixLength };
}

export function lasting(name: string, source: string, forMs: number): PortGrant {
  return { door: name, source, endMs: Date.now() + forMs };
}

/** The backend's process. */
export class Station {
  readonly process: Running;
  readonly repaired: Reconciled[] = [];
  readonly #lines: AsyncIterator<string>;

  private constructor(process: Running) {
    this.process = process;
    this.#lines = createInterface({ input: process.child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(host: Host, settings: Partial<FirewallSettings> = {}): Promise<Station> {
    const all = { firewall: 'nftables', chain: 'INPUT', mark: { value: 1, mask: 1 }, ...settings };
    const program = fileURLToPath(new URL('./firewall-station.js', import.meta.url));
    const station = new Station(host.spawn(process.execPath, [program, JSON.stringify(all)]));
    await station.#next();
    return station;
  }

  reconcile(plan: FirewallPlan): Promise<Reconciled> {
    return this.call('reconcile', plan) as Promise<Reconciled>;
  }

  open(grant: PortGrant): Promise<unknown> {
    return this.call('open', grant);
  }

  /** The value; throws the error's message. */
  async call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    this.process.child.stdin?.write(`${JSON.stringify({ call: method, with: args })}\n`);
    for (;;) {
      const answer = (await this.#next()) as {
        repaired?: Reconciled;
        ok?: boolean;
        value?: unknown;
        error?: Error;
      };
      if (answer.repaired !== undefined) this.repaired.push(answer.repaired);
      else if (answer.ok === true) return answer.value;
      else throw new Error(answer.error?.message);
    }
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.process.ended;
  }

  async #next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the station ended: ${this.process.stderr}`);
    return JSON.parse(value as string);
  }
}

export function isOpen(from: Host, address: string, port = SSH): Promise<boolean> {
  return answers(from, address, port);
}

export async function untilOpen(from: Host, address: string, port = SSH): Promise<void> {
  await until(() => isOpen(from, address, port), { what: `${address}:${port} to open for ${from.name}` });
}

export async function untilShut(from: Host, address: string, port = SSH): Promise<void> {
  await until(async () => !(await isOpen(from, address, port)), { what: `${address}:${port} to shut` });
}

/** A connection that stays; `says` resolves when the words have come back. */
export class Session {
  readonly #running: Running;

  private constructor(running: Running) {
    this.#running = running;
  }

  static async open(from: Host, address: string, port = SSH): Promise<Session> {
    const session = new Session(from.spawn(process.execPath, ['-e', PIPE, address, `${port}`]));
    await session.#running.waitFor('connected');
    return session;
  }

  async says(words: string): Promise<void> {
    this.#running.child.stdin?.write(`${words}\n`);
    await this.#running.waitFor(`${words}\n`);
  }

  async close(): Promise<void> {
    this.#running.kill('SIGKILL');
    await once(this.#running.child, 'close');
  }
}

const PIPE = `const s = require('net').connect(Number(process.argv[2]), process.argv[1], () => console.log('connected'));
  process.stdin.pipe(s).pipe(process.stdout); s.on('error', (e) => { console.error(e.message); process.exit(1) })`;
