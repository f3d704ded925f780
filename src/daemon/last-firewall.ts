/**
 * Which firewall the doors with ports were last on, in the state directory: a daemon whose configuration names another
 * one takes its rules out of the old one first.
 */

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errnoName, OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { FirewallKind } from '../config/config.ts';
import type { FirewallSettings } from '../firewall/create-firewall.ts';

const KINDS: readonly FirewallKind[] = ['nftables', 'nftables-mark', 'iptables', 'firewalld', 'ufw'];

export class LastFirewall {
  readonly #path: string;

  constructor(stateDir: string) {
    this.#path = join(stateDir, 'firewall.json');
  }

  /** Undefined: none was used. */
  read(): Result<FirewallSettings | undefined, OpError> {
    try {
      const settings = settingsFrom(JSON.parse(readFileSync(this.#path, 'utf8')));
      if (settings !== undefined) return ok(settings);
      return fail(this.#error('read', new Error('it does not say which firewall was used')));
    } catch (cause) {
      return errnoName(cause) === 'ENOENT' ? ok(undefined) : fail(this.#error('read', cause));
    }
  }

  /** Durable when it returns. @throws OpError */
  write({ firewall, chain, mark }: FirewallSettings): void {
    const text = `${JSON.stringify({ firewall, chain, mark })}\n`;
    const next = `${this.#path}.new`;
    try {
      const fd = openSync(next, 'w', 0o600);
      try {
        writeSync(fd, text);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(next, this.#path);
    } catch (cause) {
      throw this.#error('write', cause);
    }
  }

  forget(): void {
    rmSync(this.#path, { force: true });
  }

  #error(verb: string, cause: unknown): OpError {
    const hint = "'postern firewall remove' takes out what an earlier daemon may have left";
    return new OpError({ op: `${verb} the state file`, target: this.#path, cause, hint });
  }
}

/** Whether a firewall with the one settings puts right what one with the others has left, other chains included. */
export function samePlace(a: FirewallSettings, b: FirewallSettings): boolean {
  return a.firewall === b.firewall;
}

export function sameSettings(a: FirewallSettings, b: FirewallSettings): boolean {
  const { mark } = a;
  return (
    a.firewall === b.firewall &&
    a.chain === b.chain &&
    mark.value === b.mark.value &&
    mark.mask === b.mark.mask
  );
}

function settingsFrom(value: unknown): FirewallSettings | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { firewall, chain, mark } = value as Readonly<Record<string, unknown>>;
  const kind = KINDS.find((known) => known === firewall);
  if (kind === undefined || typeof chain !== 'string' || !isMark(mark)) return undefined;
  return { firewall: kind, chain, mark: { value: mark.value, mask: mark.mask } };
}

function isMark(value: unknown): value is FirewallSettings['mark'] {
  if (typeof value !== 'object' || value === null) return false;
  const { value: bits, mask } = value as Readonly<Record<string, unknown>>;
  return Number.isSafeInteger(bits) && Number.isSafeInteger(mask);
}
