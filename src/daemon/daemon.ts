/**
 * The daemon: what is seen (watcher), what it means (grants), what is done (commands) and what is said (teller), with
 * its files, its reload and its end. Signals are the caller's.
 */

import { monotonicMs, wallMs } from '../base/clock.ts';
import { messageOf } from '../base/op-error.ts';
import { refuseWithoutPermission } from '../capture/capture-set.ts';
import type { Config, Diagnostic, Door } from '../config/config.ts';
import { formatDiagnostic } from '../config/format-diagnostic.ts';
import type { WatchClient } from '../control/server.ts';
import { EventMemory } from '../explain/event-memory.ts';
import type { Explanation } from '../explain/explanation.ts';
import { createFirewall } from '../firewall/create-firewall.ts';
import { ShellCommands } from '../firewall/shell-command.ts';
import type { Decision } from '../grant/decision.ts';
import { stillOpen } from '../grant/grant.ts';
import { Grants } from '../grant/grants.ts';
import { sendUnixDatagram } from '../native/unix-datagram.ts';
import type { Prefix } from '../net/prefix.ts';
import type { ReplayStore } from '../spa/replay-store.ts';
import { Audience } from './audience.ts';
import { BanKeeper } from './ban-keeper.ts';
import { ControlDesk } from './control-desk.ts';
import type { ConfigState, ControlHost, Reloaded } from './control-host.ts';
import { Counters } from './counters.ts';
import { DoorKeeper } from './door-keeper.ts';
import { DoorOpener } from './door-opener.ts';
import { runsCommands } from './door-status.ts';
import { DueTimer } from './due-timer.ts';
import { factsAbout } from './facts-about.ts';
import { HostNames } from './host-names.ts';
import { Housekeeping } from './housekeeping.ts';
import { KnockAudience } from './knock-audience.ts';
import { LogSinks } from './log-sinks.ts';
import { momentNow as now } from './moment-now.ts';
import { openReplay } from './open-replay.ts';
import { PidFile } from './pid-file.ts';
import { PortDoors } from './port-doors.ts';
import { reloadedConfig } from './reloaded-config.ts';
import { ServiceManager } from './service-manager.ts';
import { type DaemonSettings, namesPidFile, withCommandLine } from './settings.ts';
import { SpaDesk } from './spa-desk.ts';
import { SpaWatch } from './spa-watch.ts';
import { openState, type State } from './state-directory.ts';
import { Teller } from './teller.ts';
import { WatchHub } from './watch-hub.ts';
import { randomHashKey, Watcher } from './watcher.ts';

export class Daemon {
  readonly #settings: DaemonSettings;
  readonly #log: LogSinks;
  readonly #teller: Teller;
  readonly #audience: Audience;
  readonly #opener: DoorOpener;
  readonly #house: Housekeeping;
  readonly #watcher: Watcher;
  readonly #keeper: DoorKeeper;
  readonly #spa: SpaDesk;
  readonly #spaWatch: SpaWatch;
  readonly #commands: ShellCommands;
  readonly #ports: PortDoors;
  readonly #grants: Grants;
  /** Its directory is that of the start: a reload does not change it. */
  readonly #state: State;
  readonly #grantTimer: DueTimer = new DueTimer(() => this.#grants.expire(now()));
  readonly #counters = new Counters();
  readonly #bans: BanKeeper;
  readonly #memory = new EventMemory(randomHashKey(), monotonicMs());
  readonly #hub: WatchHub;
  readonly #desk: ControlDesk;
  readonly #manager: ServiceManager;
  #config: Config;
  #configState: ConfigState;
  #pidFile: PidFile | undefined;
  #replay: ReplayStore | undefined;
  #reloading: Promise<unknown> = Promise.resolve();
  #spaIsUsed: () => void = () => undefined;

  /**
   * Starts it. What the last daemon left open is closed, or kept for what is left of its time.
   * @throws OpError
   */
  static async start(config: Config, settings: DaemonSettings): Promise<Daemon> {
    refuseWithoutPermission();
    const effective = withCommandLine(config, settings);
    const log = new LogSinks(settings);
    log.configure(effective.options);
    const state = await openState(effective.options.stateDir, log);
    const daemon = new Daemon(effective, settings, log, state);
    try {
      await daemon.#begin();
    } catch (error) {
      await daemon.#giveUp();
      throw error;
    }
    return daemon;
  }

  private constructor(config: Config, settings: DaemonSettings, log: LogSinks, state: State) {
    const watching = new Set<WatchClient>();
    const hub = new WatchHub(watching);
    this.#hub = hub;
    this.#config = config;
    this.#configState = { file: settings.configPath, loadedMs: wallMs(), failedReload: undefined };
    this.#settings = settings;
    this.#log = log;
    this.#state = state;
    this.#manager = new ServiceManager(process.env, { send: sendUnixDatagram, log, pid: process.pid });
    const names = settings.lookup ? new HostNames() : undefined;
    this.#teller = new Teller(log, names, settings.debug);
    this.#teller.setBanTimeMs(config.options.banTimeMs);
    this.#commands = new ShellCommands({
      limitMs: config.options.commandTimeoutMs,
      now,
      onOutput: ({ door, source }, line) => this.#teller.output(door, source, line),
    });
    const teller = this.#teller;
    this.#audience = new Audience({ teller, counters: this.#counters, memory: this.#memory, hub });
    const report = (decision: Decision) => this.#audience.decision(decision);
    this.#ports = new PortDoors({ stateDir: state.directory, log, now, create: createFirewall });
    this.#grants = new Grants({
      commands: this.#commands,
      ports: this.#ports,
      journal: state.journal,
      report,
      dueChanged: () => this.#grantTimer.set(this.#grants.nextDueMs()),
    });
    this.#keeper = new DoorKeeper({
      off: (door, why) => this.#doorIsOff(door, why),
      changed: (doors) => this.#watcher.setDoors(doors, this.#watchSettings()),
    });
    this.#opener = new DoorOpener({ keeper: this.#keeper, grants: this.#grants, report, now });
    this.#spa = new SpaDesk({
      audience: this.#audience,
      open: (door, address, forMs) => this.#opener.open(door, address, forMs),
      failed: (door, address, error) => this.#opener.refuse(door, address, 'replay-failed', error.message),
      gone: (door, address) => this.#opener.refuse(door, address, 'door-off'),
    });
    this.#spaWatch = new SpaWatch({ desk: this.#spa, onlyIpv4: settings.onlyIpv4 });
    this.#watcher = new Watcher([], config.options, {
      log,
      onlyIpv4: settings.onlyIpv4,
      tellsDetails: settings.debug,
      memory: this.#memory,
      audience: new KnockAudience(this.#audience, this.#opener),
    });
    this.#bans = new BanKeeper(
      {
        watcher: this.#watcher,
        file: state.banFile,
        log,
        told: (event, prefix, endsAt) => hub.event({ event, prefix, endsAt }),
      },
      state.bans,
    );
    this.#desk = new ControlDesk(this.#controlHost(wallMs()), log, watching);
    this.#house = new Housekeeping({
      ...{ log, teller, hub, ports: this.#ports, manager: this.#manager },
      statusLine: () => this.#statusLine(),
      dropped: () => this.#captured().dropped,
    });
  }

  /** Warnings and errors of a start in the background, for the terminal. */
  startLines(): Promise<readonly string[]> {
    return this.#log.startLines();
  }

  /** Calls once doors with single packet authorization are there: now, or after the reload that brings them, and after each later one. */
  whenSpaIsUsed(call: () => void): void {
    this.#spaIsUsed = call;
    this.#tellWhetherSpaIsUsed();
  }

  /** A file with faults changes nothing. Reloads that come meanwhile follow. */
  reload(): Promise<Reloaded> {
    const reloaded = this.#reloading.then(async () => {
      this.#manager.reloading();
      const outcome = await this.#reload();
      this.#manager.reloaded(this.#statusLine());
      this.#hub.event({ event: 'reloaded', ok: outcome.ok });
      return outcome;
    });
    this.#reloading = reloaded;
    return reloaded;
  }

  /** Closes what is open, or leaves it to the next start, as `On_Stop` or the caller says. */
  async stop(onStop: Config['options']['onStop'] = this.#config.options.onStop): Promise<void> {
    this.#log.log('notice', 'shutting down', { kind: 'stopping' });
    this.#house.stop();
    this.#manager.stopping();
    this.#desk.stop();
    this.#keeper.stop();
    this.#watcher.stop();
    this.#spaWatch.stop();
    await this.#grants.stop(onStop, now());
    this.#commands.keepReady(false);
    this.#grantTimer.set(undefined);
    await this.#state.journal.close();
    await this.#state.banFile.close();
    await this.#replay?.close();
    await this.#teller.close();
    await this.#log.close();
    this.#manager.stop();
    this.#pidFile?.remove();
  }

  /** After a start that failed: whatever stays open or set keeps the process from ending. */
  async #giveUp(): Promise<void> {
    this.#commands.keepReady(false);
    this.#spaWatch.stop();
    this.#desk.stop();
    this.#keeper.stop();
    this.#watcher.stop();
    this.#grantTimer.set(undefined);
    this.#pidFile?.remove();
    await this.#state.journal.close();
    await this.#state.banFile.close();
    await this.#replay?.close();
    await this.#log.close();
  }

  /** A bug, or memory at its end: says so in every log. The journal serves the next start. */
  crashed(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log.log('error', `internal error: ${text.replaceAll('\n', ' | ')}`);
    this.#log.flushSync();
  }

  #controlHost(startedMs: number): ControlHost {
    const daemon = this;
    return {
      startedMs,
      counters: this.#counters,
      watcher: this.#watcher,
      get config() {
        return daemon.#config;
      },
      get configState() {
        return daemon.#configState;
      },
      get journal() {
        return daemon.#state.journal.health;
      },
      stats: () => this.#captured(),
      whyOff: (door) => this.#keeper.whyOff.get(door),
      grants: (limit) => this.#grants.newest(limit),
      open: (door, source, forMs) => this.#grants.open(door, source, now(), { forMs, byHand: true }),
      close: (door, source) => this.#grants.close(door, source, now()),
      ban: (prefix, forMs) => this.#bans.ban(prefix, forMs, this.#config.options.banTimeMs),
      unban: (prefix) => this.#bans.unban(prefix),
      explain: (source, showsSecrets) => this.#explain(source, showsSecrets),
      reload: () => this.reload(),
    };
  }

  #explain(source: Prefix, showsSecrets: boolean): Explanation {
    const { doors } = this.#config;
    const given = { doors, ignoresIpv6: this.#settings.onlyIpv4, showsSecrets };
    const facts = factsAbout(source, {
      ...given,
      grants: this.#grants.list(),
      ban: this.#watcher.banOf(source),
      hindrances: this.#ports.hindrances,
    });
    return this.#memory.explain(source, facts, now());
  }

  async #begin(): Promise<void> {
    const { options, doors } = this.#config;
    const left = this.#state.journal.liveGrants();
    const applied = await this.#ports.apply(this.#config, stillOpen(left, doors, now()));
    if (!applied.ok) throw applied.error;
    await this.#openReplay(this.#config);
    this.#setDoors(this.#config);
    const names = this.#watcher.start(options.interfaces);
    this.#spaWatch.start(options.interfaces);
    if (this.#settings.inBackground || namesPidFile(this.#config)) {
      this.#pidFile = new PidFile(options.pidFile, process.pid);
    }
    await this.#desk.start(options.controlSocket);
    this.#log.log('notice', `starting up, listening on ${names.join(', ') || 'no interface yet'}`, {
      kind: 'started',
    });
    this.#grants.restore(left, now());
    this.#grants.doorsChanged(doors, now());
    this.#house.start();
    this.#opener.start();
    this.#manager.ready(this.#statusLine(), () => this.#watcher.beat());
  }

  async #reload(): Promise<Reloaded> {
    const { configPath } = this.#settings;
    this.#log.log('notice', `re-reading config file: ${configPath}`, { kind: 'reloading' });
    this.#log.reopen();
    const loaded = reloadedConfig(configPath, this.#config);
    if (!loaded.ok) {
      for (const diagnostic of loaded.error) this.#logDiagnostic(diagnostic);
      return this.#stays(loaded.error, undefined);
    }
    const config = withCommandLine(loaded.value, this.#settings);
    const applied = await this.#ports.apply(config, this.#grants.portRequests());
    if (!applied.ok) return this.#stays([], applied.error);
    const before = this.#config;
    try {
      await this.#openReplay(config);
      return { ok: true, warnings: this.#apply(config) };
    } catch (error) {
      this.#config = before;
      await this.#ports.apply(before, this.#grants.portRequests());
      return this.#stays([], error);
    }
  }

  #stays(diagnostics: readonly Diagnostic[], error: unknown): Reloaded {
    const message = error === undefined ? undefined : messageOf(error);
    if (message !== undefined) this.#log.log('error', message);
    this.#log.log('error', 'the configuration stays as it was', { kind: 'not-reloaded' });
    const errors = Math.max(1, diagnostics.length);
    this.#configState = { ...this.#configState, failedReload: { atMs: wallMs(), errors } };
    return { ok: false, diagnostics, message };
  }

  /** Gives what somebody who asked for it should hear. */
  #apply(config: Config): readonly string[] {
    const before = this.#config.options;
    this.#config = config;
    const { options } = config;
    this.#log.configure(options);
    this.#commands.setLimitMs(options.commandTimeoutMs);
    this.#teller.setBanTimeMs(options.banTimeMs);
    this.#setDoors(config);
    this.#spaWatch.start(options.interfaces);
    this.#tellWhetherSpaIsUsed();
    this.#grants.doorsChanged(config.doors, now());
    if (JSON.stringify(before.interfaces) !== JSON.stringify(options.interfaces)) {
      const names = this.#watcher.start(options.interfaces);
      this.#log.log('notice', `listening on ${names.join(', ')}`);
    }
    const waiting = (['stateDir', 'pidFile', 'controlSocket'] as const)
      .filter((key) => before[key] !== options[key])
      .map((key) => `'${before[key]}' stays in use until the next start, not '${options[key]}'`);
    for (const text of waiting) this.#log.log('warning', text);
    this.#counters.keepDoors(new Set(config.doors.map(({ name }) => name)));
    this.#configState = { ...this.#configState, loadedMs: wallMs(), failedReload: undefined };
    return [
      ...Array.from(this.#keeper.whyOff, ([door, why]) => `${door}: the door is off: ${why}`),
      ...waiting,
    ];
  }

  /** Time-based and SPA doors remember what was used, also when this daemon is long gone. */
  async #openReplay({ doors }: Config): Promise<void> {
    this.#replay ??= await openReplay(doors, this.#state.directory, this.#log);
  }

  #setDoors(config: Config): void {
    this.#commands.keepReady(config.doors.some(runsCommands));
    this.#spa.setDoors(config.doors, this.#replay);
    this.#watcher.setDoors(this.#keeper.setDoors(config, this.#replay), this.#watchSettings());
  }

  #tellWhetherSpaIsUsed(): void {
    if (this.#spa.ports.length > 0) this.#spaIsUsed();
  }

  /** What is sent to SPA doors is no stray. */
  #watchSettings(): Config['options'] {
    const { options } = this.#config;
    const spa = this.#spa.ports.map((port) => ({ first: port, last: port, protocol: 'udp' }) as const);
    return { ...options, ignorePorts: [...options.ignorePorts, ...spa] };
  }

  #doorIsOff(door: Door, why: Diagnostic): void {
    this.#logDiagnostic(why);
    const fields = { door: door.name, kind: 'door-off' };
    this.#log.log('error', `${door.name}: the door is off, the others are not affected`, fields);
  }

  /** For `systemctl status`. */
  #statusLine(): string {
    const names = this.#watcher.interfaces.filter(({ isListening }) => isListening).map(({ name }) => name);
    const doors = this.#config.doors.length - this.#keeper.whyOff.size;
    const off = this.#keeper.whyOff.size === 0 ? '' : `, ${this.#keeper.whyOff.size} off`;
    const where = names.length === 0 ? 'waiting for an interface' : `listening on ${names.join(', ')}`;
    return `${where}; doors: ${doors} on${off}; open: ${this.#grants.size}`;
  }

  #logDiagnostic(diagnostic: Diagnostic): void {
    for (const line of formatDiagnostic(diagnostic).split('\n')) this.#log.log('error', line);
  }

  #captured(): { readonly received: number; readonly dropped: number } {
    const [knocks, packets] = [this.#watcher.stats(), this.#spaWatch.stats()];
    return { received: knocks.received + packets.received, dropped: knocks.dropped + packets.dropped };
  }
}
