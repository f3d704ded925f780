/** Waits for an administrator's word about a guard on trial. The kernel ends the trial; here it is only watched. */

import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { unwrap } from '../../base/result.ts';
import type { GuardTrial } from '../../firewall/guard-trial.ts';

const POLL_MS = 200;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type TrialEnd = 'confirmed' | 'fallen' | 'interrupted';

/** Enter confirms, the end of the input does not; a lost terminal (SIGHUP) and Ctrl-C end the trial. */
export async function awaitConfirmation(trial: GuardTrial): Promise<TrialEnd> {
  const input = createInterface(process.stdin);
  let word: 'confirmed' | 'interrupted' | undefined;
  input.once('line', () => {
    word ??= 'confirmed';
  });
  const interrupted = () => {
    word ??= 'interrupted';
  };
  const ignored = () => {};
  for (const signal of SIGNALS) process.on(signal, interrupted);
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', ignored);
  try {
    for (;;) {
      if (word === 'interrupted') return word;
      if (word === 'confirmed') return await confirmed(trial);
      const { kind } = unwrap(await trial.state());
      if (kind === 'stands') return 'confirmed';
      if (kind !== 'on trial') return 'fallen';
      await delay(POLL_MS);
    }
  } finally {
    input.close();
    for (const signal of SIGNALS) process.off(signal, interrupted);
  }
}

async function confirmed(trial: GuardTrial): Promise<TrialEnd> {
  const before = unwrap(await trial.confirm());
  return before.kind === 'on trial' || before.kind === 'stands' ? 'confirmed' : 'fallen';
}
