/** What a rehearsal judges with: the daemon's own parts, with nobody behind them. */

import { monotonicMs } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { fail, ok } from '../base/result.ts';
import type { Config } from '../config/config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { EventMemory } from '../explain/event-memory.ts';
import { Grants } from '../grant/grants.ts';
import { Audience } from './audience.ts';
import type { Counters } from './counters.ts';
import { DoorKeeper } from './door-keeper.ts';
import { DoorOpener } from './door-opener.ts';
import { momentNow as now } from './moment-now.ts';
import { Teller } from './teller.ts';
import { WatchHub } from './watch-hub.ts';
import { randomHashKey } from './watcher.ts';

export class RehearsalParts {
  readonly config: Config;
  readonly log: Logger = { log: () => undefined };
  readonly memory = new EventMemory(randomHashKey(), monotonicMs());
  readonly audience: Audience;
  readonly grants: Grants;
  readonly keeper = new DoorKeeper({ off: () => undefined, changed: () => undefined });
  readonly opener: DoorOpener;

  constructor(config: string, counters: Counters) {
    this.config = parsed(config);
    const { memory, keeper } = this;
    const teller = new Teller(this.log, undefined, false);
    const audience = new Audience({ teller, counters, memory, hub: new WatchHub(new Set()) });
    const done = () => Promise.resolve({ kind: 'ok', at: now() } as const);
    let id = 0;
    const grants = new Grants({
      commands: { open: done, close: done },
      ports: { open: done, close: done },
      journal: {
        nextId: () => ++id,
        opened: () => Promise.resolve(ok(undefined)),
        refreshed: () => undefined,
        closed: () => undefined,
      },
      report: (decision) => audience.decision(decision),
      dueChanged: () => undefined,
    });
    const report = () => undefined;
    this.audience = audience;
    this.grants = grants;
    this.opener = new DoorOpener({ keeper, grants, report, now });
    this.opener.start();
  }
}

function parsed(text: string): Config {
  const nothing = { read: () => fail('there is no such file'), list: () => ok([]), isSame: () => false };
  const config = parseConfig(text, 'rehearsal', nothing);
  if (!config.ok) throw new Error(`the rehearsal's configuration: ${config.error[0]?.message}`);
  return config.value;
}
