/**
 * Private network namespaces as test hosts, for tests, benchmarks and the demo. Nothing of the machine is touched.
 *
 *     import { enterLab } from '../lab/enter.ts';
 *     import { Lab } from '../lab/lab.ts';
 *     import { until } from '../lab/until.ts';
 *
 *     const skip = await enterLab(); // first: runs this whole file again, inside; a reason where that is impossible
 *
 *     test('the server answers', { skip }, async (t) => {
 *       const lab = new Lab();
 *       t.after(() => lab.close());
 *       const server = lab.host('server');
 *       const laptop = lab.host('laptop');
 *       lab.wire({ host: server, addresses: ['10.0.0.1/24', 'fd00::1/64'] }, { host: laptop, addresses: ['10.0.0.2/24'] });
 *       server.iptables('-P', 'INPUT', 'DROP');
 *       const daemon = server.spawn('knockd', ['-v', '-i', 'eth0', '-c', path]);
 *       await daemon.waitFor('listening on eth0');
 *       await laptop.exec('knock', ['10.0.0.1', '7000', '8000', '9000']);
 *       await until(() => server.iptables('-S').includes('10.0.0.2'), { what: 'the rule' });
 *       await daemon.stop();
 *     });
 *
 * `enterLab` works in a file that `node --test` runs: its results reach the runner as if it ran outside. Interfaces are
 * up, and addresses usable, when `wire` or `lan` returns. Paths are shared with the machine, apart from /run.
 */

import { existsSync } from 'node:fs';
import { isInLab } from './enter.ts';
import { Host } from './host.ts';

/** A host's end of a cable. */
export interface Plug {
  readonly host: Host;
  /** The interface's name; default eth0. */
  readonly name?: string;
  /** With prefix lengths: `10.0.0.1/24`, `fd00::1/64`. */
  readonly addresses?: readonly string[];
}

export class Lab {
  /** False where the kernel has no IPv6; such addresses are then refused. */
  readonly hasIpv6 = existsSync('/proc/sys/net/ipv6');
  /** The lab's own namespace, the one that this process runs in; it has only lo. */
  readonly self = new Host('self', []);
  readonly #hosts = new Map<string, Host>();

  constructor() {
    if (!isInLab()) throw new Error('a lab outside of private namespaces: call enterLab() first');
  }

  /** A new host with lo up and nothing else. Names are unique within a lab. */
  host(name: string): Host {
    this.self.ip('netns', 'add', name);
    const host = new Host(name, ['ip', 'netns', 'exec', name]);
    this.#hosts.set(name, host);
    host.runSync('sh', ['-c', this.hasIpv6 ? `${LOOPBACK} && ${WITHOUT_ADDRESS_DETECTION}` : LOOPBACK]);
    return host;
  }

  /** Joins two hosts by a cable. */
  wire(a: Plug, b: Plug): void {
    this.self.ipBatch([cable(plugName(a), a.host, plugName(b), b.host)]);
    configure(a);
    configure(b);
  }

  /** Joins hosts by a switch. */
  lan(plugs: readonly Plug[]): void {
    const hub = this.host(`lan${this.#hosts.size}`);
    const ports = plugs.map((_, index) => `port${index}`);
    this.self.ipBatch(plugs.map((plug, index) => cable(plugName(plug), plug.host, ports[index]!, hub)));
    hub.ipBatch([
      'link add bridge type bridge',
      'link set bridge up',
      ...ports.map((port) => `link set ${port} master bridge up`),
    ]);
    for (const plug of plugs) configure(plug);
  }

  /** Kills what the hosts still run and takes the hosts away. */
  async close(): Promise<void> {
    await Promise.all([this.self, ...this.#hosts.values()].map((host) => host.killAll()));
    this.self.ipBatch([...this.#hosts.keys()].map((name) => `netns del ${name}`));
    this.#hosts.clear();
  }
}

const LOOPBACK = 'ip link set lo up';

/** Addresses are usable at once, without the second that duplicate address detection takes. */
const WITHOUT_ADDRESS_DETECTION =
  'for key in all default; do echo 0 > /proc/sys/net/ipv6/conf/$key/accept_dad; done';

function cable(nameA: string, a: Host, nameB: string, b: Host): string {
  return `link add ${nameA} netns ${a.name} type veth peer name ${nameB} netns ${b.name}`;
}

function plugName({ name = 'eth0' }: Plug): string {
  return name;
}

function configure(plug: Plug): void {
  const name = plugName(plug);
  const addresses = (plug.addresses ?? []).map(
    (address) => `address add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`,
  );
  plug.host.ipBatch([`link set ${name} up`, ...addresses]);
}
