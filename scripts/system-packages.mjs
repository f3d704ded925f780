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
    tell(`installing ${packageNames(missing).join(' ')} with apt-get`);
    const complaint = await install(missing);
    if (complaint !== undefined) tell(`apt-get: ${complaint}`);
  }
  const stillMissing = await missingParts(missing);
  await disableServices(missing.filter((part) => !stillMissing.includes(part)));
  if (stillMissing.length === 0) return;
  const names = stillMissing.map((part) => part.name).join(', ');
  const command = installCommand(packageNames(stillMissing));
  if (stillMissing.some((part) => part.required)) {
    throw new StepError(`missing on this system: ${names}`, { hint: command });
  }
  tell(`not on this system: ${names}; what needs them is skipped. To have them: ${command}`);
}

/**
 * All at once where that works. Else what is required comes first, and each of the others alone: one that this release of
 * the system does not have must not keep the others away.
 * @param {readonly import('./system-parts.mjs').SystemPart[]} parts
 * @returns {Promise<string | undefined>} what apt-get complained about
 */
async function install(parts) {
  const release = forbidServices();
  try {
    const all = packageNames(parts);
    if ((await aptGet('install', all)) === undefined) return undefined;
    const unreachable = await aptGet('update', []); // the lists were missing or old
    const complaint = await aptGet('install', all);
    if (complaint === undefined) return undefined;
    if (unreachable !== undefined) return unreachable;
    const required = packageNames(parts.filter((part) => part.required));
    const others = all.filter((name) => !required.includes(name));
    for (const group of [required, ...others.map((name) => [name])]) await aptGet('install', group);
    return complaint;
  } finally {
    release();
  }
}

/**
 * @param {'install' | 'update'} verb
 * @param {readonly string[]} packages
 * @returns {Promise<string | undefined>} what it complained about
 */
async function aptGet(verb, packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-q', '-y', '--no-install-recommends'];
  const { status, output } = await runQuietly('apt-get', [...options, verb, ...packages], { env });
  if (status === 0) return undefined;
  return output.split('\n').find((line) => line.startsWith('E: ')) ?? `status ${status}`;
}

/**
 * A firewall that a test wanted must not be in force after the next boot.
 * @param {readonly import('./system-parts.mjs').SystemPart[]} installed just now
 */
async function disableServices(installed) {
  const services = installed.flatMap(({ service }) => service ?? []);
  if (services.length > 0 && isProgram('systemctl')) await runQuietly('systemctl', ['disable', ...services]);
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
