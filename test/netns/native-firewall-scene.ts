/**
 * The scene of the firewall backends' tests: a server with a service that echoes, and two clients, on one switch. The
 * backend runs in the test and its programs on the server. Doors are shut by a reset, so that no test waits for silence.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import type { OpError } from '../../src/base/op-error.ts';
import type { Result } from '../../src/base/result.ts';
import { type RunProgram, runProgram } from '../../src/firewall/run-program.ts';
import type { Moment } from '../../src/grant/moment.ts';
import { startEchoServer } from './line.ts';

export const SERVER4 = '10.9.0.1';
export const SERVER6 = 'fd00:9::1';
export const CLIENT4 = '10.9.0.2';
export const CLIENT6 = 'fd00:9::2';
export const OTHER4 = '10.9.0.3';

export const SERVICE_PORT = 2222;

export interface NativeScene {
  readonly lab: Lab;
  readonly server: Host;
  readonly client: Host;
  readonly other: Host;
  /** For this test alone. */
  readonly folder: string;
}

export interface TestEnd {
  after(end: () => Promise<void>): void;
}

export async function setNativeScene(t: TestEnd): Promise<NativeScene> {
  const lab = new Lab();
  const folder = mkdtempSync(join(tmpdir(), 'postern-'));
  t.after(async () => {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const [server, client, other] = [lab.host('server'), lab.host('client'), lab.host('other')];
  const v6 = (address: string) => (lab.hasIpv6 ? [`${address}/64`] : []);
  lab.lan([
    { host: server, addresses: [`${SERVER4}/24`, ...v6(SERVER6)] },
    { host: client, addresses: [`${CLIENT4}/24`, ...v6(CLIENT6)] },
    { host: other, addresses: [`${OTHER4}/24`] },
  ]);
  await startEchoServer(server, SERVICE_PORT);
  return { lab, server, client, other, folder };
}

/** Runs programs on this host. Their names are first looked for in `folder`. */
export function runOn(host: Host, folder?: string): RunProgram {
  const { PATH = '' } = process.env;
  const env = folder === undefined ? [] : ['env', `PATH=${folder}:${PATH}`];
  return (file, args, options) => {
    const [first, ...rest] = host.command([...env, file][0]!, [...[...env, file].slice(1), ...args]);
    return runProgram(first, rest, options);
  };
}

/** A folder in which `iptables-save` and its like are those of one of the two variants. */
export function folderOfVariant({ folder }: NativeScene, variant: 'nft' | 'legacy'): string {
  const names = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);
  for (const name of names) {
    symlinkSync(`/usr/sbin/${name.replace('tables', `tables-${variant}`)}`, join(folder, name));
  }
  return folder;
}

/** Whether a new connection gets an answer; one that is refused gets none at once. */
export async function isOpen(from: Host, address: string, port = SERVICE_PORT): Promise<boolean> {
  const script = `exec 3<>/dev/tcp/${address}/${port} && printf hello >&3 && read -r -N 5 word <&3 && echo "$word"`;
  const { stdout } = await from.attempt('timeout', ['2', 'bash', '--norc', '-c', script]);
  return stdout === 'hello\n';
}

export function momentNow(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

export function must<T>(result: Result<T, OpError>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

export function errorOf<T>(result: Result<T, OpError>): OpError {
  assert.ok(!result.ok, 'it should have failed');
  return result.error;
}
