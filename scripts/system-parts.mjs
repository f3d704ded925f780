/** The shared libraries and programs that come from the system: how each is found, and Debian's package for it. */

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runQuietly } from './run.mjs';

/**
 * @typedef {object} SystemPart
 * @property {string} name a program, or a library's file name without its version
 * @property {string} debianPackage
 * @property {boolean} required without it the command stops; without the others it does less and says so
 * @property {string} [service] what its package would start at the next boot; not when the set-up has installed it
 */

/** Places where an ordinary user's PATH does not look, but administration programs live. */
const ADMIN_PATHS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

const PCAP = part('libpcap.so', 'libpcap0.8', true);
const NFTABLES = part('libnftables.so', 'libnftables1', true);
const SANDBOX = [
  part('ip', 'iproute2', true),
  part('iptables', 'iptables', true),
  part('unshare', 'util-linux', true),
  part('mount', 'mount', true),
];

/** What each command needs. The peers and scanners of the tests are optional: their tests say that they were skipped. */
export const NEEDS = {
  // Doors with `Open` need nftables; a configuration of knockd has none.
  daemon: [{ ...NFTABLES, required: false }],
  demo: [NFTABLES, ...SANDBOX],
  tests: [
    PCAP,
    NFTABLES,
    ...SANDBOX,
    part('nft', 'nftables', false),
    part('knockd', 'knockd', false),
    part('nc', 'netcat-openbsd', false),
    part('nmap', 'nmap', false),
    part('hping3', 'hping3', false),
    part('tcpdump', 'tcpdump', false),
    part('tcpreplay', 'tcpreplay', false),
    part('fwknop', 'fwknop-client', false),
    part('fwknopd', 'fwknop-server', false),
    part('ssh', 'openssh-client', false),
    { ...part('sshd', 'openssh-server', false), service: 'ssh.service' },
    { ...part('firewalld', 'firewalld', false), service: 'firewalld.service' },
    part('dbus-daemon', 'dbus', false),
    part('systemd-analyze', 'systemd', false),
    part('libseccomp.so', 'libseccomp2', false),
    part('tmux', 'tmux', false),
    part('script', 'bsdutils', false),
    part('mandoc', 'mandoc', false),
    part('groff', 'groff-base', false),
    part('lexgrog', 'man-db', false),
    part('zsh', 'zsh', false),
    part('fish', 'fish', false),
    { ...part('ufw', 'ufw', false), service: 'ufw.service' },
  ],
  bench: [
    PCAP,
    NFTABLES,
    ...SANDBOX,
    part('nft', 'nftables', false),
    part('knockd', 'knockd', false),
    part('fwknopd', 'fwknop-server', false),
    part('fwknop', 'fwknop-client', false),
    part('tcpdump', 'tcpdump', false),
    part('tcpreplay', 'tcpreplay', false),
  ],
};

/**
 * @param {readonly SystemPart[]} parts
 * @returns {Promise<SystemPart[]>}
 */
export async function missingParts(parts) {
  const libraries = await knownLibraries();
  return parts.filter(({ name }) => (name.includes('.so') ? !libraries.includes(name) : !isProgram(name)));
}

/** @param {string} name */
export function isProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...ADMIN_PATHS];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, name)));
}

/** What the dynamic linker's cache lists. */
async function knownLibraries() {
  const { output } = await runQuietly('/sbin/ldconfig', ['-p']);
  return output;
}

/**
 * @param {string} name
 * @param {string} debianPackage
 * @param {boolean} required
 * @returns {SystemPart}
 */
function part(name, debianPackage, required) {
  return { name, debianPackage, required };
}
