/**
 * A process of its own on a test host that holds a firewall backend. Its argument is the settings as JSON; on standard
 * input come calls, `{"call": METHOD, "with": [ARGUMENT...]}` a line, and each is answered by a line: `{"ok": …}` as
 * results are, errors as `{message, code, hint}`. `{"repaired": …}` comes before the answer of the call that repaired.
 */

import { createInterface } from 'node:readline';
import type { OpError } from '../../src/base/op-error.ts';
import type { Result } from '../../src/base/result.ts';
import { createFirewall, type FirewallSettings } from '../../src/firewall/create-firewall.ts';

type Calls = Readonly<Record<string, (...args: unknown[]) => Promise<Result<unknown, OpError>>>>;

const firewall = createFirewall(JSON.parse(process.argv[2] ?? '') as FirewallSettings, (repaired) =>
  say({ repaired }),
);
const calls = firewall as unknown as Calls;

createInterface(process.stdin).on('line', async (line) => {
  const request = JSON.parse(line) as { readonly call: string; readonly with: readonly unknown[] };
  const now = { monotonicMs: performance.now(), wallMs: Date.now() };
  say(plain(await calls[request.call]?.(...request.with, now)));
});
say('ready');

function plain(result: Result<unknown, OpError> | undefined): unknown {
  if (result?.ok !== false) return result;
  const { message, code, hint } = result.error;
  return { ok: false, error: { message, code, hint } };
}

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
