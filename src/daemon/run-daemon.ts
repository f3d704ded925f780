/** Runs the daemon in this process until a signal ends it. */

import { setFlagsFromString } from 'node:v8';
import type { Config } from '../config/config.ts';
import { trimMemory } from '../native/trim-memory.ts';
import { compileEarly } from './compile-early.ts';
import { Daemon } from './daemon.ts';
import { Rehearsal } from './rehearsal.ts';
import type { DaemonSettings } from './settings.ts';

/**
 * Bytecode that the compiler takes into one function: the way of a packet fits in whole. It costs a fifth less for each
 * packet than with V8's own 920.
 */
const INLINED_BYTES = 2000;

/** By then V8 has collected what only the start needed. */
const TRIM_AFTER_MS = 20_000;

export interface RunningDaemon {
  /** Warnings and errors of a start in the background. */
  readonly startLines: readonly string[];
  /** The exit status. */
  readonly ended: Promise<number>;
}

/** Resolves once it is up. @throws OpError when it cannot start */
export async function runDaemon(config: Config, settings: DaemonSettings): Promise<RunningDaemon> {
  process.title = 'knockd';
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${INLINED_BYTES}`);
  compileEarly();
  const signals = new SignalQueue();
  const daemon = await Daemon.start(config, settings);
  setTimeout(trimMemory, TRIM_AFTER_MS).unref();
  const rehearsal = new Rehearsal();
  if (hasCompiler()) {
    rehearsal.start();
    daemon.whenSpaIsUsed(() => rehearsal.addSpa());
  }
  const ended = signals.serve(daemon).finally(() => rehearsal.stop());
  return { startLines: await daemon.startLines(), ended };
}

/** False under `--jitless`, which takes WebAssembly away, too: there is nothing to prepare. */
function hasCompiler(): boolean {
  return 'WebAssembly' in globalThis;
}

/** Signals that come before the daemon is up are not lost. */
class SignalQueue {
  readonly #early: NodeJS.Signals[] = [];
  #take = (signal: NodeJS.Signals): void => {
    this.#early.push(signal);
  };

  constructor() {
    for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT', 'SIGUSR2'] as const) {
      process.on(signal, () => this.#take(signal));
    }
    // At this one Node would open its debugger, through which every local user commands this process.
    process.on('SIGUSR1', () => undefined);
  }

  serve(daemon: Daemon): Promise<number> {
    return new Promise((resolve) => {
      const crash = (error: unknown) => {
        daemon.crashed(error);
        process.exit(1);
      };
      process.on('uncaughtException', crash);
      let isStopping = false;
      this.#take = (signal) => {
        if (isStopping) return;
        if (signal === 'SIGHUP') {
          daemon.reload().catch(crash);
          return;
        }
        isStopping = true;
        // SIGUSR2 comes before a start that follows at once, of an upgrade for instance: doors that are open stay so.
        daemon.stop(signal === 'SIGUSR2' ? 'keep' : undefined).then(() => resolve(0), crash);
      };
      for (const signal of this.#early.splice(0)) this.#take(signal);
    });
  }
}
