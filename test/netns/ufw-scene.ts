/** A real ufw for the hosts of the lab, with files of its own in place of the machine's. */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from '../../lab/lab.ts';

/** What ufw reads and writes: hidden in the lab by copies. */
const HIDDEN = ['/etc/ufw', '/etc/default'];
const DEFAULTS = '/etc/default/ufw';

/** Only once in a lab. */
export function hideFilesOfUfw(folder: string): void {
  const self = new Lab().self;
  for (const hidden of HIDDEN) {
    const copy = mkdtempSync(join(folder, 'copy-'));
    cpSync(hidden, copy, { recursive: true });
    self.runSync('mount', ['-t', 'tmpfs', 'tmpfs', hidden]);
    cpSync(copy, hidden, { recursive: true });
    rmSync(copy, { recursive: true });
  }
  self.runSync('chmod', ['755', ...HIDDEN]);
  // No settings of the kernel and no modules: those are the machine's.
  setDefault('IPT_SYSCTL', '');
  setDefault('IPT_MODULES', '""');
}

/** A line of ufw's defaults. */
export function setDefault(name: string, value: string): void {
  const text = readFileSync(DEFAULTS, 'utf8').replaceAll(new RegExp(`^${name}=.*\n`, 'gm'), '');
  writeFileSync(DEFAULTS, `${text}${name}=${value}\n`);
}

/** Why it cannot be had; undefined when it can. */
export function missingUfw(): string | undefined {
  const { PATH = '' } = process.env;
  const { error } = spawnSync('ufw', ['version'], { env: { PATH: `${PATH}:/usr/sbin` } });
  if (error !== undefined) return 'not installed: ufw';
  return canRead('/etc/ufw/user.rules') ? undefined : "ordinary users may not read ufw's files";
}

function canRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
