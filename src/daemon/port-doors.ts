/** Doors with `Open`: keeps the machine's firewall to the configuration and the grants, and opens and closes there. */

import type { Logger } from '../base/logger.ts';
import { messageOf, OpError } from '../base/op-error.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Config, Door } from '../config/config.ts';
import type { FirewallSettings } from '../firewall/create-firewall.ts';
import type { Firewall, GuardedDoor, Hindrance, Reconciled } from '../firewall/firewall.ts';
import type { PortBackend, PortOutcome, PortRequest } from '../grant/backend.ts';
import type { Moment } from '../grant/moment.ts';
import { LastFirewall, samePlace, sameSettings } from './last-firewall.ts';

export interface PortDoorsOptions {
  readonly stateDir: string;
  readonly log: Logger;
  readonly now: () => Moment;
  readonly create: (settings: FirewallSettings, repaired: (what: Reconciled) => void) => Firewall;
}

interface InUse {
  readonly settings: FirewallSettings;
  readonly firewall: Firewall;
}

export class PortDoors implements PortBackend {
  readonly #options: PortDoorsOptions;
  readonly #last: LastFirewall;
  #inUse: InUse | undefined;
  #hindrances: readonly Hindrance[] = [];
  #checkError: string | undefined;

  constructor(options: PortDoorsOptions) {
    this.#options = options;
    this.#last = new LastFirewall(options.stateDir);
  }

  /**
   * Makes the firewall fit these doors and grants; with no door that has ports, nothing of ours stays in it. After a
   * failure the firewall is as it was before, as far as it can be told.
   */
  async apply({ doors, options }: Config, grants: readonly PortRequest[]): Promise<Result<void, OpError>> {
    const guarded = guardedDoors(doors);
    const before = this.#inUse ?? this.#leftBehind();
    if (guarded.length === 0) return this.#leave(before);
    const settings = { firewall: options.firewall, chain: options.chain, mark: options.mark };
    const isSame = before !== undefined && sameSettings(before.settings, settings);
    const next = isSame ? before : this.#create(settings);
    try {
      if (!isSame) this.#last.write(settings);
    } catch (error) {
      return fail(asOpError(error));
    }
    const reconciled = await next.firewall.reconcile({ doors: guarded, grants }, this.#options.now());
    if (!reconciled.ok) {
      if (!isSame) this.#remember(before);
      return reconciled;
    }
    this.#inUse = next;
    const { removed, added, warnings, hindrances = [] } = reconciled.value;
    this.#hindrances = hindrances;
    for (const warning of warnings) this.#options.log.log('warning', `${next.settings.firewall}: ${warning}`);
    if (removed.length > 0)
      this.#tell(`${next.settings.firewall}: took out ${removed.length} that nobody has`);
    if (added.length > 0) this.#tell(`${next.settings.firewall}: put in ${added.length} that were missing`);
    if (before !== undefined && !samePlace(before.settings, settings)) await this.#clean(before);
    return ok(undefined);
  }

  /** What may drop packets that doors let in, as of when the firewall was last made to fit. */
  get hindrances(): readonly Hindrance[] {
    return this.#hindrances;
  }

  open(request: PortRequest): Promise<PortOutcome> {
    const { now } = this.#options;
    const firewall = this.#inUse?.firewall;
    if (firewall === undefined) return this.#outcome(fail('no door with ports is configured'));
    return this.#outcome(firewall.open(request, now()));
  }

  /** In a turn of the event loop of its own: thousands may end at one moment. */
  async close(request: PortRequest): Promise<PortOutcome> {
    await new Promise((resolve) => setImmediate(resolve));
    const firewall = this.#inUse?.firewall;
    return this.#outcome(firewall === undefined ? ok(undefined) : firewall.close(request));
  }

  async #outcome(
    result: Result<void, OpError | string> | Promise<Result<void, OpError>>,
  ): Promise<PortOutcome> {
    const done = await result;
    const at = this.#options.now();
    if (done.ok) return { kind: 'ok', at };
    const error = typeof done.error === 'string' ? done.error : done.error.message;
    return { kind: 'firewall-failed', error, at };
  }

  #create(settings: FirewallSettings): InUse {
    const repaired = ({ added, hindrances = [] }: Reconciled) => {
      this.#hindrances = hindrances;
      const what = `somebody took Postern's part away; it is back, with ${added.length} open`;
      this.#options.log.log('warning', `${settings.firewall}: ${what}`);
    };
    return { settings, firewall: this.#options.create(settings, repaired) };
  }

  /** Every few seconds: what others took away is put back. An error that stays is told once. */
  async check(): Promise<void> {
    const inUse = this.#inUse;
    const checked = await inUse?.firewall.check?.(this.#options.now());
    const error = checked?.ok === false ? checked.error.message : undefined;
    if (error !== undefined && error !== this.#checkError)
      this.#options.log.log('error', `${inUse?.settings.firewall}: ${error}`);
    this.#checkError = error;
  }

  /** What a daemon before this one used. */
  #leftBehind(): InUse | undefined {
    const last = this.#last.read();
    if (!last.ok) this.#options.log.log('warning', messageOf(last.error));
    if (!last.ok || last.value === undefined) return undefined;
    return this.#create(last.value);
  }

  async #leave(before: InUse | undefined): Promise<Result<void, OpError>> {
    if (before === undefined) return ok(undefined);
    const removed = await before.firewall.remove();
    if (!removed.ok) return removed;
    this.#inUse = undefined;
    this.#hindrances = [];
    this.#last.forget();
    return ok(undefined);
  }

  /** The other firewall is in force by now: what stays behind is told, and harms nobody but its order. */
  async #clean({ settings, firewall }: InUse): Promise<void> {
    const removed = await firewall.remove();
    if (removed.ok) return;
    const { log } = this.#options;
    log.log('error', `${settings.firewall} was used before and keeps its rules: ${removed.error.message}`);
  }

  #remember(before: InUse | undefined): void {
    if (before === undefined) this.#last.forget();
    else this.#last.write(before.settings);
  }

  #tell(message: string): void {
    this.#options.log.log('notice', message);
  }
}

/** Doors with ports, as the firewall sees them. */
export function guardedDoors(doors: readonly Door[]): readonly GuardedDoor[] {
  return doors.flatMap(({ name, opening }) => {
    if (opening === undefined) return [];
    const { ports, ipv6PrefixLength } = opening;
    return [{ name, ports, ipv6PrefixLength }];
  });
}

function asOpError(error: unknown): OpError {
  if (error instanceof OpError) return error;
  throw error;
}
