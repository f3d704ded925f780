/**
 * Runs the command lines of the service's unit as systemd would, in a lab: user, capabilities, mounts, environment and system calls
 * are what the unit says. What a lab cannot do, or has no need of, is named in `LEFT_OUT`.
 */

import { chownSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host, Outcome } from '../../lab/host.ts';
import { KNOCKD, POSTERN } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import { mountScript } from './sandbox-mounts.ts';
import { filtersOf } from './seccomp-rules.ts';
import { isOn, lastOf, readSection, type Section, UNIT, wordsOf } from './unit-file.ts';

/** As systemd gives one to DynamicUser=. */
export const SERVICE_UID = 64_321;
/** Somebody else. */
export const OTHER_UID = 64_322;

/** Where the tests put the configuration. */
export const CONFIG = '/mnt/etc/knockd.conf';
const KNOCKD_OPTS = `-v -i eth0 -c ${CONFIG}`;
/** In the lab's own /run. */
export const NOTIFY_PATH = '/run/notify';
/** Far below the unit's, for tests that wait for it. */
const WATCHDOG_USEC = 400_000;
export const RUNTIME_DIRECTORY = '/run/postern';

const SOURCE = fileURLToPath(new URL('../../../', import.meta.url));
const { POSTERN_PROGRAMS: PROGRAM_FOLDER = SOURCE } = process.env;
const PROGRAMS: Readonly<Record<string, string>> = {
  '/usr/sbin/knockd': join('/mnt/programs', relative(PROGRAM_FOLDER, KNOCKD)),
  '/usr/bin/postern': join('/mnt/programs', relative(PROGRAM_FOLDER, POSTERN)),
};
const LAUNCHER = '/mnt/source/dist/test/service/seccomp-launcher.js';
const PATH = '/mnt/node:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Directives that the sandbox does not act upon, and why that is no gap in what is shown. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  Type: 'the tests read the messages themselves',
  EnvironmentFile: 'the tests give KNOCKD_OPTS',
  Restart: 'the tests start it again themselves',
  RestartSec: 'the same',
  OOMScoreAdjust: 'takes nothing away',
  KillMode: 'the tests send signals themselves',
  RestartKillSignal: 'the same',
  User: 'a number will do',
  Group: 'the same',
  DevicePolicy: "control groups are the machine's; there are no devices in /dev to use",
  IPAddressDeny: "control groups are the machine's; sockets of these families cannot be made",
  RemoveIPC: 'takes away only what is left at the end',
  PrivateMounts: 'the sandbox has a mount namespace in any case',
  ProtectClock: 'takes away a capability and system calls that the other lists do not have',
  ProtectControlGroups: 'ProtectSystem=strict makes them read-only already',
  ProtectKernelLogs: 'as ProtectClock',
  ProtectKernelModules: 'as ProtectClock; /usr/lib/modules stays visible',
  SystemCallArchitectures: 'libseccomp filters the native one, and ends programs of others',
};

/** Directives that this file and the two beside it act upon. */
export const APPLIED: readonly string[] = [
  ...['Environment', 'ExecStartPre', 'ExecStart', 'ExecReload', 'WatchdogSec', 'DynamicUser', 'UMask'],
  ...['AmbientCapabilities', 'CapabilityBoundingSet', 'NoNewPrivileges'],
  ...['StateDirectory', 'StateDirectoryMode', 'RuntimeDirectory', 'RuntimeDirectoryMode'],
  ...['LogsDirectory', 'LogsDirectoryMode', 'ProtectSystem', 'ProtectHome', 'PrivateTmp', 'PrivateDevices'],
  ...['InaccessiblePaths', 'ProtectProc', 'ProcSubset', 'ProtectKernelTunables', 'ProtectHostname'],
  ...['RestrictAddressFamilies', 'RestrictNamespaces', 'RestrictRealtime', 'RestrictSUIDSGID'],
  ...['LockPersonality', 'MemoryDenyWriteExecute', 'SystemCallFilter', 'SystemCallErrorNumber'],
];

export interface SandboxOptions {
  readonly host: Host;
  /** Of the test alone; what is in its folder `etc` is seen at /mnt/etc. */
  readonly folder: string;
  readonly dropIns?: readonly string[];
}

export class ServiceSandbox {
  readonly #options: SandboxOptions;
  readonly #service: Section;
  readonly #uid: number;
  readonly #environment: readonly string[];

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#service = readSection('Service', [UNIT, ...(options.dropIns ?? [])]);
    this.#uid = isOn(this.#service, 'DynamicUser') ? SERVICE_UID : 0;
    this.#environment = [
      ...(this.#service.get('Environment') ?? []),
      `KNOCKD_OPTS=${KNOCKD_OPTS}`,
      `NOTIFY_SOCKET=${NOTIFY_PATH}`,
      `WATCHDOG_USEC=${WATCHDOG_USEC}`,
      `PATH=${PATH}`,
    ];
    mkdirSync(join(options.folder, 'etc'));
    this.#makeDirectory('lib', 'State');
    this.#makeDirectory('log', 'Logs');
  }

  /** ExecStart. As systemd does, it makes the runtime directory anew. */
  start(): Running {
    rmSync(RUNTIME_DIRECTORY, { recursive: true, force: true });
    makeOwn(RUNTIME_DIRECTORY, lastOf(this.#service, 'RuntimeDirectoryMode'), this.#uid);
    const [file, args] = this.#command(this.#line('ExecStart'));
    return this.#options.host.spawn(file, args);
  }

  /** Any other command line of the unit, by its key, to its end. */
  attempt(key: string): Promise<Outcome> {
    return this.probe(...this.#line(key));
  }

  /** Another program in the place of the service's. */
  probe(...words: readonly string[]): Promise<Outcome> {
    const [file, args] = this.#command(words);
    return this.#options.host.attempt(file, args);
  }

  /** The words of a line, with variables put in their places and programs where they are seen. */
  #line(key: string): readonly string[] {
    return wordsOf(this.#service, key).flatMap((word) => {
      const program = PROGRAMS[word];
      if (program !== undefined) return [program];
      if (word === '$KNOCKD_OPTS') return KNOCKD_OPTS.split(' ');
      return [word.replace(/\$\{KNOCKD_OPTS\}/, KNOCKD_OPTS)];
    });
  }

  #command(words: readonly string[]): [string, readonly string[]] {
    const { folder } = this.#options;
    const script = mountScript(this.#service, {
      seen: {
        source: SOURCE,
        programs: PROGRAM_FOLDER,
        node: dirname(process.execPath),
        etc: join(folder, 'etc'),
      },
      replaced: { '/var/lib': join(folder, 'lib'), '/var/log': join(folder, 'log') },
      writable: [RUNTIME_DIRECTORY],
    });
    const program = ['/bin/sh', '-c', 'umask "$0" && exec "$@"', lastOf(this.#service, 'UMask') ?? '0022'];
    return [
      'unshare',
      [
        ...['--mount', '--uts', '--ipc', '/bin/sh', '-c', script, 'sandbox'],
        ...privileges(this.#service, this.#uid),
        ...['env', '-i', `PATH=${PATH}`, 'node', '--jitless', LAUNCHER],
        ...[JSON.stringify(filtersOf(this.#service)), '/usr/bin/env', ...this.#environment],
        ...[...program, ...words],
      ],
    ];
  }

  /** StateDirectory= and its like, of which DynamicUser= makes a link at the usual place. */
  #makeDirectory(folder: string, kind: 'State' | 'Logs'): void {
    const above = join(this.#options.folder, folder);
    const isLink = isOn(this.#service, 'DynamicUser');
    const name = lastOf(this.#service, `${kind}Directory`) ?? '';
    mkdirSync(join(above, 'private'), { recursive: true });
    const mode = lastOf(this.#service, `${kind}DirectoryMode`);
    makeOwn(join(above, isLink ? `private/${name}` : name), mode, this.#uid);
    if (isLink) symlinkSync(`private/${name}`, join(above, name));
  }
}

function makeOwn(path: string, mode: string | undefined, uid: number): void {
  mkdirSync(path, { mode: Number.parseInt(mode ?? '0755', 8) });
  chownSync(path, uid, uid);
}

function privileges(service: Section, uid: number): readonly string[] {
  const words = wordsOf(service, 'CapabilityBoundingSet');
  const ambient = wordsOf(service, 'AmbientCapabilities').map(nameOf);
  return [
    'setpriv',
    ...(uid === 0 ? [] : [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']),
    ...(words.includes('~') ? [] : [`--bounding-set=${['-all', ...words.map(nameOf)].join(',')}`]),
    ...(ambient.length === 0 ? [] : [`--inh-caps=-all,${ambient}`, `--ambient-caps=-all,${ambient}`]),
    ...(isOn(service, 'NoNewPrivileges') ? ['--no-new-privs'] : []),
  ];
}

/** CAP_NET_RAW is setpriv's +net_raw. */
function nameOf(capability: string): string {
  return capability.replace('CAP_', '+').toLowerCase();
}
