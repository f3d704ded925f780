/** A real firewalld on the server of a scene, with a message bus, configuration and log of its own. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';
import { type RunProgram, runProgram } from '../../src/firewall/run-program.ts';

/** What firewalld would write to: hidden in the lab by empty folders. */
const HIDDEN = ['/etc/firewalld', '/var/log'];

/** Starting takes a second or two. */
const START_MS = 60_000;

export class RealFirewalld {
  readonly #host: Host;
  readonly #bus: string;
  #daemon: Running | undefined;

  private constructor(host: Host, bus: string) {
    this.#host = host;
    this.#bus = bus;
  }

  static async start(host: Host, folder: string): Promise<RealFirewalld> {
    const self = new Lab().self;
    for (const hidden of HIDDEN) self.runSync('mount', ['-t', 'tmpfs', 'tmpfs', hidden]);
    mkdirSync('/etc/firewalld/zones');
    const bus = join(folder, 'bus');
    writeFileSync(`${bus}.conf`, busConfiguration(bus));
    const dbus = host.spawn('dbus-daemon', [
      `--config-file=${bus}.conf`,
      '--nofork',
      '--nopidfile',
      '--print-address',
    ]);
    await dbus.waitFor('unix:path=');
    const firewalld = new RealFirewalld(host, `unix:path=${bus}`);
    await firewalld.restart();
    return firewalld;
  }

  async restart(): Promise<void> {
    await this.stop();
    const daemon = this.#host.spawn('firewalld', ['--nofork', '--nopid'], { env: this.env });
    this.#daemon = daemon;
    await until(
      async () => {
        if (!daemon.isRunning) throw new Error(`firewalld ended:\n${daemon.output}`);
        return (await this.#host.attempt('firewall-cmd', ['--state'], { env: this.env })).status === 0;
      },
      { what: () => `firewalld, which printed:\n${daemon.output}`, timeoutMs: START_MS },
    );
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop('SIGTERM');
  }

  /** firewall-cmd; gives standard output. */
  cmd(...args: readonly string[]): Promise<string> {
    return this.#host.exec('firewall-cmd', args, { env: this.env });
  }

  get run(): RunProgram {
    return (file, args, options) => {
      const [first, ...rest] = this.#host.command('env', [
        `DBUS_SYSTEM_BUS_ADDRESS=${this.#bus}`,
        file,
        ...args,
      ]);
      return runProgram(first, rest, options);
    };
  }

  /** For programs that talk to it. */
  get env() {
    return { DBUS_SYSTEM_BUS_ADDRESS: this.#bus };
  }
}

/** Why it cannot be had; undefined when it can. */
export function missingForFirewalld(): string | undefined {
  const { PATH = '' } = process.env;
  const missing = ['firewalld', 'firewall-cmd', 'dbus-daemon'].filter((program) => {
    const { error } = spawnSync(program, ['--help'], { env: { PATH: `${PATH}:/usr/sbin` } });
    return error !== undefined;
  });
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

function busConfiguration(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="*"/>
  </policy>
</busconfig>
`;
}
