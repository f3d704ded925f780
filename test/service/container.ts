/**
 * A machine of its own for the service: systemd as the first process of private namespaces, on a copy of this machine's files
 * that is thrown away, with an unpacked package laid over it. Its control group lies in one of its own below this process's root.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleDropIn, UNIT } from './unit-file.ts';

const SYSTEMD = '/lib/systemd/systemd';
/** A boot takes three seconds, and a start that is tried again five. */
const LIMIT_MS = 120_000;

/** Of this machine's units, those that a container has no need of, or that would look for devices. */
const MASKED = [
  ...['systemd-udevd', 'systemd-udev-trigger', 'systemd-udev-settle', 'systemd-logind', 'systemd-sysusers'],
  ...['systemd-tmpfiles-setup', 'systemd-tmpfiles-setup-dev', 'systemd-update-utmp', 'systemd-random-seed'],
  ...['systemd-sysctl', 'systemd-modules-load', 'systemd-remount-fs', 'systemd-binfmt', 'ldconfig'],
  ...['systemd-machine-id-commit', 'systemd-journal-catalog-update', 'systemd-update-done'],
];

const TARGET = '[Unit]\nWants=knockd.service script.service\n';
const SCRIPT_UNIT = `[Unit]
After=knockd.service
[Service]
Type=oneshot
TimeoutStartSec=100
ExecStart=/bin/bash /opt/script
StandardOutput=append:/opt/output
StandardError=append:/opt/output
ExecStopPost=/bin/systemctl --force --force poweroff
`;

export interface Boot {
  /** An unpacked package. */
  readonly programs: string;
  readonly config: string;
  /** For bash, once the service has started or failed. */
  readonly script: string;
  /** An empty directory. */
  readonly folder: string;
}

/** @returns what the script printed */
export function bootAndRun({ programs, config, script, folder }: Boot): string {
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  writeFileSync(join(shared, 'script'), script);
  writeFileSync(join(shared, 'output'), '');
  writeFileSync(join(shared, 'knockd.conf'), config, { mode: 0o600 });
  writeFileSync(join(shared, 'script.service'), SCRIPT_UNIT);
  writeFileSync(join(shared, 'script.target'), TARGET);
  cpSync(UNIT, join(shared, 'knockd.service'));
  cpSync(exampleDropIn('commands.conf'), join(shared, 'commands.conf'));
  const [file, ...args] = ['unshare', '--mount', '--propagation', 'private', 'bash', '-c', OUTER, 'bash'];
  const { stdout, stderr } = spawnSync(file!, [...args, INNER, folder, programs], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const said = readFileSync(join(shared, 'output'), 'utf8');
  if (said === '') throw new Error(`the machine said nothing:\n${stdout}${stderr}`);
  return said;
}

/** Its own control group, gone at the end with all that is in it. */
const OUTER = `set -u
inner=$1 folder=$2 programs=$3
mount -t cgroup2 cgroup2 /sys/fs/cgroup || exit 1
own=/sys/fs/cgroup/postern-boot-$$
mkdir "$own" || exit 1
bash -c 'echo $$ > "$0/cgroup.procs" && exec unshare --mount --pid --fork --kill-child --net --ipc --uts --cgroup \\
  --propagation private bash -c "$@"' "$own" "$inner" bash "$folder" "$programs"
for tries in $(seq 50); do
  find "$own" -depth -type d -exec rmdir {} + 2>/dev/null
  [ -d "$own" ] || exit 0
  sleep 0.1
done
exit 1`;

const INNER = `set -eu
folder=$1 programs=$2
machine=$folder/machine
mkdir "$machine"
mount -t tmpfs tmpfs "$machine"
mkdir "$machine/upper" "$machine/work" "$machine/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$machine/upper,workdir=$machine/work" "$machine/root"
root=$machine/root
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
for each in run tmp dev; do mount -t tmpfs tmpfs "$root/$each"; done
for each in null zero full random urandom tty; do touch "$root/dev/$each"; mount --bind "/dev/$each" "$root/dev/$each"; done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mkdir -p "$root/opt"
mount --bind "$folder/shared" "$root/opt"
rm -rf "$root/var/lib/postern" "$root/var/lib/private/postern" "$root/etc/default/knockd" "$root/lib/systemd/system/knockd.service"
rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/systemd/system/*.requires
cp -a "$programs/usr/lib/postern" "$root/usr/lib/"
for each in bin/knock bin/postern sbin/knockd; do ln -sf "../lib/postern/bin/\${each#*/}" "$root/usr/$each"; done
cp "$folder/shared/"*.service "$folder/shared/"*.target "$root/etc/systemd/system/"
cp "$folder/shared/knockd.conf" "$root/etc/knockd.conf"
chmod 600 "$root/etc/knockd.conf"
for each in ${MASKED.join(' ')}; do ln -sf /dev/null "$root/etc/systemd/system/$each.service"; done
echo 0123456789abcdef0123456789abcdef > "$root/etc/machine-id"
ip link set lo up
ip address add 10.5.5.5/32 dev lo
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" ${SYSTEMD} --unit=script.target --show-status=no`;
