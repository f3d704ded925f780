/** What the command line says, over what the configuration says. */

import { resolve } from 'node:path';
import type { Config, Door } from '../config/config.ts';
import { DEFAULT_OPTIONS } from '../config/options-section.ts';
import type { LogFormat } from '../log/line-format.ts';

export interface CommandLineSettings {
  /** -i */
  readonly interfaces: Config['options']['interfaces'] | undefined;
  /** -p */
  readonly pidFile: string | undefined;
  /** -g */
  readonly logFile: string | undefined;
}

export interface DaemonSettings {
  /** Absolute, for a reload from another directory. */
  readonly configPath: string;
  /** Where it was started: paths in the configuration are relative to it, in the background too. */
  readonly directory: string;
  readonly commandLine: CommandLineSettings;
  /** -v */
  readonly verbose: boolean;
  /** -D */
  readonly debug: boolean;
  /** -l */
  readonly lookup: boolean;
  /** -4 */
  readonly onlyIpv4: boolean;
  /** -d */
  readonly inBackground: boolean;
  /** --log-format */
  readonly logFormat: LogFormat;
}

/** With paths made absolute. */
export function withCommandLine(config: Config, { commandLine, directory }: DaemonSettings): Config {
  const { options } = config;
  const interfaces = commandLine.interfaces ?? options.interfaces;
  const pidFile = resolve(directory, commandLine.pidFile ?? options.pidFile);
  const log = commandLine.logFile ?? options.logFile;
  const logFile = log === undefined ? undefined : resolve(directory, log);
  return {
    ...config,
    options: { ...options, interfaces, pidFile, logFile },
    doors: config.doors.map((door) => doorIn(directory, door)),
  };
}

function doorIn(directory: string, door: Door): Door {
  const { sequence } = door;
  if (sequence.kind !== 'one-time') return door;
  return { ...door, sequence: { ...sequence, path: resolve(directory, sequence.path) } };
}

/** Whether somebody named a pid file: in the foreground knockd writes none by itself. */
export function namesPidFile({ options }: Config): boolean {
  return options.pidFile !== DEFAULT_OPTIONS.pidFile;
}
