/** Bans as somebody asked for them: in force, on the disk, in the log and told to those who watch. */

import { wallMs } from '../base/clock.ts';
import { FOREVER_MS } from '../base/duration.ts';
import type { Logger } from '../base/logger.ts';
import { OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { type HandBan, MAX_HAND_BANS } from '../knock/hand-bans.ts';
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import type { BanFile } from './ban-file.ts';
import { endText } from './time-texts.ts';
import type { Watcher } from './watcher.ts';

/** Where scanners are not banned, so that there is no time to go by. */
const DEFAULT_MS = 3_600_000;

export interface BanKeeperOptions {
  readonly watcher: Pick<Watcher, 'ban' | 'unban' | 'handBans'>;
  readonly file: BanFile;
  readonly log: Logger;
  readonly told: (event: 'banned' | 'unbanned', prefix: string, endsAt: string | null) => void;
}

export class BanKeeper {
  readonly #options: BanKeeperOptions;

  /** @param before what the last daemon left; what is over by now is not in force */
  constructor(options: BanKeeperOptions, before: readonly HandBan[]) {
    this.#options = options;
    for (const { prefix, endMs } of before) {
      if (endMs > wallMs()) options.watcher.ban(prefix, endMs);
    }
  }

  /** Gives the end on the wall clock. @param forMs undefined: as long as scanners are banned, else an hour */
  async ban(prefix: Prefix, forMs: number | undefined, scanBanMs: number): Promise<Result<number, OpError>> {
    const lengthMs = forMs ?? (scanBanMs > 0 ? scanBanMs : DEFAULT_MS);
    const endMs = Math.min(wallMs() + lengthMs, FOREVER_MS);
    const text = formatPrefix(prefix);
    if (!this.#options.watcher.ban(prefix, endMs)) return fail(noRoom(text));
    const until = endText(endMs);
    this.#options.log.log(
      'notice',
      `${text}: banned ${until === null ? 'for ever' : `until ${until}`}, as asked`,
      { source: text, kind: 'banned', endsAt: until },
    );
    this.#options.told('banned', text, until);
    const saved = await this.#save();
    return saved.ok ? ok(endMs) : saved;
  }

  /** Gives how many bans were lifted, those of scanners included. */
  async unban(prefix: Prefix): Promise<Result<number, OpError>> {
    const count = this.#options.watcher.unban(prefix);
    if (count === 0) return ok(0);
    const text = formatPrefix(prefix);
    this.#options.log.log('notice', `${text}: no longer banned, as asked`, {
      source: text,
      kind: 'unbanned',
    });
    this.#options.told('unbanned', text, null);
    const saved = await this.#save();
    return saved.ok ? ok(count) : saved;
  }

  async #save(): Promise<Result<void, OpError>> {
    const { file, watcher, log } = this.#options;
    const saved = await file.save(() => watcher.handBans());
    if (!saved.ok) log.log('error', `${saved.error.message}: the next start will not know of it`);
    return saved;
  }
}

function noRoom(prefix: string): OpError {
  const hint = "ban prefixes instead of addresses, or lift bans with 'postern unban'";
  return new OpError({ op: 'ban', target: prefix, code: `there are ${MAX_HAND_BANS} bans already`, hint });
}
