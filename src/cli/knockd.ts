/** The program `knockd`. Exit status: 0 ended by a signal, 1 wrong usage, a wrong configuration, or it cannot start. */

import { messageOf, OpError } from '../base/op-error.ts';
import type { Config } from '../config/config.ts';
import { formatDiagnostic } from '../config/format-diagnostic.ts';
import { loadConfig } from '../config/load-config.ts';
import { isBackgroundChild, reportStart, startInBackground } from '../daemon/background.ts';
import type { DaemonSettings } from '../daemon/settings.ts';
import { parseKnockdArguments } from './knockd-arguments.ts';

const FAILED = 1;

/** @param argv the arguments after the program's name. @returns the exit status */
export async function main(argv: readonly string[]): Promise<number> {
  const request = parseKnockdArguments(argv);
  if (!request.ok) return complain([`error: ${request.error.message}`, `hint: ${request.error.hint}`]);
  if (request.value.kind === 'run') return start(argv, request.value.settings);
  const { HELP } = await import('./knockd-help.ts');
  const { versionLine } = await import('./version.ts');
  process.stdout.write(request.value.kind === 'help' ? HELP : versionLine('knockd'));
  return 0;
}

async function start(argv: readonly string[], settings: DaemonSettings): Promise<number> {
  const config = loadConfig(settings.configPath);
  if (isBackgroundChild()) {
    return config.ok ? runAsChild(config.value, settings) : FAILED;
  }
  if (!config.ok) return complain(config.error.map(formatDiagnostic));
  if (!settings.inBackground || isUnderServiceManager()) {
    return runHere(config.value, { ...settings, inBackground: false });
  }
  const { started, lines } = await startInBackground(argv);
  for (const line of lines) process.stderr.write(`${line}\n`);
  return started ? 0 : FAILED;
}

/** It waits for word of the process that it has started: `-d` would end that one. */
function isUnderServiceManager(): boolean {
  const { NOTIFY_SOCKET } = process.env;
  return NOTIFY_SOCKET !== undefined;
}

async function runHere(config: Config, settings: DaemonSettings): Promise<number> {
  try {
    const { runDaemon } = await import('../daemon/run-daemon.ts');
    return await (await runDaemon(config, settings)).ended;
  } catch (error) {
    return complain(linesOf(error));
  }
}

async function runAsChild(config: Config, settings: DaemonSettings): Promise<number> {
  try {
    process.chdir('/');
    const { runDaemon } = await import('../daemon/run-daemon.ts');
    const { startLines, ended } = await runDaemon(config, settings);
    await reportStart({ started: true, lines: startLines });
    return await ended;
  } catch (error) {
    await reportStart({ started: false, lines: linesOf(error) });
    return FAILED;
  }
}

function linesOf(error: unknown): readonly string[] {
  if (!(error instanceof OpError)) throw error;
  const { hint } = error;
  return [`error: ${messageOf(error)}`, ...(hint === undefined ? [] : [`hint: ${hint}`])];
}

function complain(lines: readonly string[]): number {
  process.stderr.write(`${lines.join('\n')}\n`);
  return FAILED;
}
