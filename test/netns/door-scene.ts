/** The scene of the daemon's tests: a server with Postern's knockd, and two hosts that knock, on one switch. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host, RunOptions } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import { KNOCK, KNOCKD } from '../../lab/programs.ts';
import type { Running } from '../../lab/running.ts';
import { until } from '../../lab/until.ts';

export const SERVER4 = '10.9.0.1';
export const SERVER6 = 'fd00:9::1';
export const CLIENT4 = '10.9.0.2';
export const CLIENT6 = 'fd00:9::2';
export const OTHER4 = '10.9.0.3';

export interface DoorScene {
  readonly lab: Lab;
  readonly server: Host;
  readonly client: Host;
  readonly other: Host;
  /** For this test alone. */
  readonly folder: string;
  /** What the doors' commands write. */
  readonly record: string;
}

export function setDoorScene(t: { after(end: () => Promise<void>): void }): DoorScene {
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
  return { lab, server, client, other, folder, record: join(folder, 'record') };
}

/** A door whose commands write `open NAME IP` and `close NAME IP` to the record. */
export function recordingDoor(scene: DoorScene, name: string, lines: string): string {
  return `[${name}]
${lines}
Start_Command = echo open ${name} %IP% >> ${scene.record}
Stop_Command = echo close ${name} %IP% >> ${scene.record}
`;
}

export function confPath({ folder }: DoorScene): string {
  return join(folder, 'knockd.conf');
}

export function writeConf(scene: DoorScene, doors: string, options = ''): void {
  writeFileSync(confPath(scene), `[options]\nStateDir = ${scene.folder}/state\n${options}\n${doors}`);
}

/** Starts the daemon on eth0 and waits until it listens. */
export async function startDaemon(
  scene: DoorScene,
  args: readonly string[] = ['-i', 'eth0'],
): Promise<Running> {
  const daemon = spawnDaemon(scene, args);
  await daemon.waitFor('starting up, listening on');
  return daemon;
}

export function spawnDaemon(scene: DoorScene, args: readonly string[], options: RunOptions = {}): Running {
  return scene.server.spawn(KNOCKD, ['-v', '-c', confPath(scene), ...args], options);
}

export async function knock(from: Host, ...args: readonly string[]): Promise<void> {
  await from.exec(KNOCK, [...args]);
}

/** The lines that commands have written so far. */
export function recorded({ record }: DoorScene): readonly string[] {
  try {
    return readFileSync(record, 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
}

export async function untilRecorded(
  scene: DoorScene,
  line: string,
  times = 1,
  options: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const count = () => recorded(scene).filter((each) => each === line).length;
  await until(() => count() >= times, {
    ...options,
    what: () => `'${line}' ${times} times in: ${recorded(scene).join(', ')}`,
  });
}
