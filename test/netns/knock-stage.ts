/** The scene of the client's tests: a client and a server on a wire, and a witness at the server's end. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Host, Outcome } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import { KNOCK } from '../../lab/programs.ts';
import { KnockWitness } from './knock-witness.ts';

/** The knock of Debian's package knockd. */
export const ORIGINAL = '/usr/bin/knock';

export const SERVER4 = '10.9.0.2';
export const SERVER6 = 'fd00:9::2';

export interface Stage {
  readonly lab: Lab;
  readonly client: Host;
  readonly server: Host;
  readonly witness: KnockWitness;
}

export interface Knocked extends Outcome {
  /** What the server's interface saw of it; see KnockWitness.scene. */
  readonly seen: readonly string[];
}

export async function setStage(t: { after(end: () => Promise<void>): void }): Promise<Stage> {
  const lab = new Lab();
  t.after(() => lab.close());
  const client = lab.host('client');
  const server = lab.host('server');
  const v6 = (address: string) => (lab.hasIpv6 ? [address] : []);
  lab.wire(
    { host: client, addresses: ['10.9.0.1/24', ...v6('fd00:9::1/64')] },
    { host: server, addresses: [`${SERVER4}/24`, ...v6(`${SERVER6}/64`)] },
  );
  return { lab, client, server, witness: await KnockWitness.watch(server) };
}

/** Runs Postern's client, or another program in its place, on the client's host. */
export async function knock(stage: Stage, args: readonly string[], program = KNOCK): Promise<Knocked> {
  const outcome = await stage.client.attempt(program, args);
  return { ...outcome, seen: await stage.witness.scene(stage.client, SERVER4) };
}

/** Why these tests cannot run here; undefined when they can. */
export function missingTools(): string | undefined {
  const missing = ['tcpdump', 'iptables', 'ss'].filter(
    (tool) => spawnSync(tool, ['--version']).error !== undefined,
  );
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`;
}

export function missingOriginal(): string | undefined {
  return existsSync(ORIGINAL) ? undefined : "Debian's knock is not installed (package knockd)";
}
