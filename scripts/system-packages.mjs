/** Gets missing system packages: as root with apt-get, without starting any service; else by saying how. */

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { runQuietly, StepError } from './run.mjs';
import { isProgram, missingParts } from './system-parts.mjs';

/** Debian asks this program before it starts a service; 101 means no. It is there only while packages are installed. */
const POLICY = '/usr/sbin/policy-rc.d';
const NO_SERVICES = '#!/bin/sh\n# Left by an interrupted set-up of Postern; may be deleted.\nexit 101\n';

/**
 * @param {readonly import('./system-parts.mjs').SystemPart[]} parts
 * @param {(line: string) => void} tell
 */
export async function providePackages(parts, tell) {
  const missing = await missingParts(parts);
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && isProgram('apt-get')) {
    const packages = packageNames(missing);
    tell(`installing ${packages.join(' ')} with apt-get`);
    const complaint = await install(packages);
    if (complaint !== undefined) tell(`apt-get could not install them: ${complaint}`);
  }
  const stillMissing = await missingParts(missing);
  if (stillMissing.length === 0) return;
  const names = stillMissing.map((part) => part.name).join(', ');
  const command = installCommand(packageNames(stillMissing));
  if (stillMissing.some((part) => part.required)) {
    throw new StepError(`missing on this system: ${names}`, { hint: command });
  }
  tell(`not on this system: ${names}; what needs them is skipped. To have them: ${command}`);
}

/**
 * @param {readonly string[]} packages
 * @returns {Promise<string | undefined>} what apt-get complained about
 */
async function install(packages) {
  const release = forbidServices();
  try {
    const first = await aptGet(['install', ...packages]);
    if (first === undefined) return undefined;
    const update = await aptGet(['update']); // the lists may be missing or old
    return (await aptGet(['install', ...packages])) && (update ?? first);
  } finally {
    release();
  }
}

/** @param {readonly string[]} args */
async function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-q', '-y', '--no-install-recommends'];
  const { status, output } = await runQuietly('apt-get', [...options, ...args], { env });
  if (status === 0) return undefined;
  return output.split('\n').find((line) => line.startsWith('E: ')) ?? `status ${status}`;
}

/** @returns {() => void} allows them again */
function forbidServices() {
  if (existsSync(POLICY)) return () => {};
  writeFileSync(POLICY, NO_SERVICES, { mode: 0o755 });
  const release = () => rmSync(POLICY, { force: true });
  const interrupted = () => {
    release();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  return () => {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    release();
  };
}

/** @param {readonly import('./system-parts.mjs').SystemPart[]} parts */
function packageNames(parts) {
  return [...new Set(parts.map((part) => part.debianPackage))];
}

/** @param {readonly string[]} packages */
function installCommand(packages) {
  const root = process.getuid?.() === 0 ? '' : 'sudo ';
  if (isProgram('apt-get')) return `${root}apt-get install ${packages.join(' ')}`;
  return `install what Debian calls ${packages.join(' ')} with your package manager`;
}
