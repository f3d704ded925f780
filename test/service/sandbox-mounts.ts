/**
 * What the unit says of files, as a shell script for a mount namespace of its own: what cannot be written, what cannot be seen, and
 * the few directories that are the service's. The script ends by becoming its arguments.
 */

import { isOn, lastOf, type Section, wordsOf } from './unit-file.ts';

/** What the sandbox leaves of the machine for the test, under /mnt. */
export interface Place {
  /** The source tree, the installed programs and Node: where they are outside, seen as /mnt/NAME. */
  readonly seen: Readonly<Record<string, string>>;
  /** By the path inside: what stands there instead of the machine's own, and can be written to as its owners allow. */
  readonly replaced: Readonly<Record<string, string>>;
  /** What else can be written to. */
  readonly writable: readonly string[];
}

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

export function mountScript(service: Section, place: Place): string {
  const readOnly = lastOf(service, 'ProtectSystem') === 'strict';
  return [
    'set -eu',
    'umask 022',
    'mount -t tmpfs tmpfs /mnt',
    ...Object.entries(place.seen).map(
      ([name, path]) => `mkdir /mnt/${name} && mount --rbind ${path} /mnt/${name}`,
    ),
    ...Object.entries(place.replaced).map(([path, by]) => `mount --bind ${by} ${path}`),
    ...(isOn(service, 'PrivateTmp') ? ['mount -t tmpfs tmpfs /tmp', 'mount -t tmpfs tmpfs /var/tmp'] : []),
    ...(isOn(service, 'PrivateDevices') ? privateDevices() : []),
    ...(isOn(service, 'ProtectHome') ? emptyFolders(['/home', '/root', '/run/user']) : []),
    ...inaccessible(wordsOf(service, 'InaccessiblePaths')),
    ...(readOnly
      ? readOnlyBut([...place.writable, ...Object.keys(place.replaced), '/tmp', '/var/tmp', '/dev'])
      : []),
    ...processFolder(service),
    'exec "$@"',
  ].join('\n');
}

function privateDevices(): readonly string[] {
  return [
    'mkdir /mnt/dev && mount -t tmpfs tmpfs /mnt/dev',
    `for each in ${DEVICES.join(' ')}; do touch /mnt/dev/$each; mount --bind /dev/$each /mnt/dev/$each; done`,
    'ln -s /proc/self/fd /mnt/dev/fd',
    'mount --rbind /mnt/dev /dev',
    'mount -o remount,bind,ro /dev',
  ];
}

function emptyFolders(paths: readonly string[]): readonly string[] {
  return paths.map((path) => `if [ -d ${path} ]; then mount -t tmpfs -o ro,mode=0000 tmpfs ${path}; fi`);
}

/** A path that begins with '-' need not be there. */
function inaccessible(words: readonly string[]): readonly string[] {
  const nothing = ['touch /mnt/nothing && chmod 0 /mnt/nothing', 'mkdir -m 0 /mnt/nowhere'];
  const hide = words
    .map((word) => word.replace(/^-/, ''))
    .map((path) =>
      [
        `if [ -d ${path} ]; then mount --bind /mnt/nowhere ${path}`,
        `elif [ -e ${path} ]; then mount --bind /mnt/nothing ${path}; fi`,
      ].join('\n'),
    );
  return hide.length === 0 ? [] : [...nothing, ...hide];
}

/** Every mount, the machine's own and those made above; what is named is mounted on itself first, and stays. */
function readOnlyBut(writable: readonly string[]): readonly string[] {
  const keep = writable.map((path) => `${path}|${path}/*`).join('|');
  return [
    ...writable.map((path) => `if [ -d ${path} ]; then mount --bind ${path} ${path}; fi`),
    'cut -d" " -f5 /proc/self/mountinfo | sort -u | while read -r mounted; do',
    `  case $mounted in ${keep}|/proc|/proc/*) ;; *)`,
    // What another mount lies over is out of sight.
    '    if mountpoint -q "$mounted"; then mount -o remount,bind,ro "$mounted"; fi ;;',
    '  esac',
    'done',
  ];
}

function processFolder(service: Section): readonly string[] {
  const visible = lastOf(service, 'ProtectProc') ?? 'default';
  const hidden = visible === 'default' ? [] : [`hidepid=${visible}`];
  const subset = lastOf(service, 'ProcSubset') === 'pid' ? ['subset=pid'] : [];
  const options = [...hidden, ...subset];
  if (options.length > 0) return [`mount -t proc -o ${options.join(',')} proc /proc`];
  return isOn(service, 'ProtectKernelTunables')
    ? ['mount --bind /proc/sys /proc/sys', 'mount -o remount,bind,ro /proc/sys']
    : [];
}
