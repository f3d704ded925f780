/** What the command line says, over what the configuration says. */

import type { Config } from '../config/config.ts';
import { DEFAULT_OPTIONS } from '../config/options-section.ts';

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
}

export function withCommandLine(config: Config, { commandLine }: DaemonSettings): Config {
  const { interfaces, pidFile, logFile } = commandLine;
  const { options } = config;
  return {
    ...config,
    options: {
      ...options,
      interfaces: interfaces ?? options.interfaces,
      pidFile: pidFile ?? options.pidFile,
      logFile: logFile ?? options.logFile,
    },
  };
}

/** Whether somebody named a pid file: in the foreground knockd writes none by itself. */
export function namesPidFile({ options }: Config): boolean {
  return options.pidFile !== DEFAULT_OPTIONS.pidFile;
}
