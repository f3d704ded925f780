/**
 * tcpdump as an independent witness of what a client sends: every TCP and UDP packet that comes in at a host's eth0,
 * except what it was told to leave out, as one short text each. Reads tcpdump's hex, not Postern's own decoder.
 */

import type { Host } from '../../lab/host.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';

/** The discard port marks the end of a scene; no scene knocks there. */
const MARK_PORT = 9;
const MARK = `udp ${MARK_PORT}`;

/** Without the limit of -s the ring of immediate mode holds a handful of packets, and loses some. */
const WATCH = [...'-i eth0 -Q in -n -xx -l --immediate-mode -s 256'.split(' '), 'tcp or udp'];

const ETHERNET_HEADER = 14;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const UDP_HEADER = 8;
const UDP = 17;

export class KnockWitness {
  readonly #tcpdump: Running;
  #seen = 0;

  private constructor(tcpdump: Running) {
    this.#tcpdump = tcpdump;
  }

  static async watch(host: Host): Promise<KnockWitness> {
    const tcpdump = host.spawn('tcpdump', WATCH);
    await tcpdump.waitFor('listening on eth0');
    return new KnockWitness(tcpdump);
  }

  /**
   * What came in since the last call, up to now: `tcp PORT FLAGS +PAYLOAD` and `udp PORT +PAYLOAD`, payload in hex.
   * @param from the client, which sends the mark that ends the scene. @param address where to, an IP literal.
   */
  async scene(from: Host, address: string): Promise<readonly string[]> {
    from.runSync(process.execPath, ['-e', MARK_SCRIPT, address]);
    const end = await until(() => this.#markAfter(this.#seen), { what: 'the mark that ends a scene' });
    const scene = this.#packets().slice(this.#seen, end.at);
    this.#seen = end.at + 1;
    return scene;
  }

  #markAfter(start: number): { readonly at: number } | undefined {
    const at = this.#packets().findIndex((packet, index) => index >= start && packet.startsWith(`${MARK} `));
    return at < 0 ? undefined : { at };
  }

  #packets(): readonly string[] {
    return this.#tcpdump.stdout
      .split(/^(?=\S)/m)
      .map((record) => record.match(/^\t0x[0-9a-f]+: .*$/gm) ?? [])
      .map((lines) => Buffer.from(lines.map(hexOf).join(''), 'hex').subarray(ETHERNET_HEADER))
      .filter(isWhole)
      .map(summary);
  }
}

const MARK_SCRIPT = `
  const [address] = process.argv.slice(1);
  const socket = require('node:dgram').createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.send('the end of this scene', ${MARK_PORT}, address, () => socket.close());
`;

function hexOf(line: string): string {
  return line.replace(/^\t0x[0-9a-f]+: /, '').replaceAll(' ', '');
}

/** False for the last packet while its text is still on its way. */
function isWhole(ip: Buffer): boolean {
  return ip.length >= IPV4_HEADER && ip.length >= ipLength(ip);
}

function ipLength(ip: Buffer): number {
  return isIpv4(ip) ? ip.readUInt16BE(2) : IPV6_HEADER + ip.readUInt16BE(4);
}

function isIpv4(ip: Buffer): boolean {
  return ip[0]! >> 4 === 4;
}

function summary(ip: Buffer): string {
  const protocol = isIpv4(ip) ? ip[9] : ip[6];
  // Without what pads a short Ethernet frame.
  const segment = ip.subarray(isIpv4(ip) ? (ip[0]! & 15) * 4 : IPV6_HEADER, ipLength(ip));
  const port = segment.readUInt16BE(2);
  if (protocol === UDP) return `udp ${port} +${segment.subarray(UDP_HEADER).toString('hex')}`;
  const payload = segment.subarray((segment[12]! >> 4) * 4).toString('hex');
  return `tcp ${port} ${flagLetters(segment[13]!)} +${payload}`;
}

function flagLetters(bits: number): string {
  return [...'FSRPAU'].filter((_letter, bit) => (bits >> bit) & 1).join('');
}
