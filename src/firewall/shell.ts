/** The shell of commands, and what it gets from the daemon's environment. */

export const SHELL = '/bin/sh';

/** What a daemon started by hand or by an init without an environment lacks. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function shellEnvironment(): Readonly<Record<string, string | undefined>> {
  const { PATH = DEFAULT_PATH } = process.env;
  return { ...process.env, PATH };
}
