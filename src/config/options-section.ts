/** The settings of all `[options]` sections, with their defaults. */

import type { Options } from './config.ts';
import { countValue } from './count-value.ts';
import { durationValue } from './duration-value.ts';
import type { Entries } from './entries.ts';
import type { Faults } from './faults.ts';
import { firewallOptions } from './firewall-options.ts';
import { ignorePortsValue } from './ignore-ports-value.ts';
import { interfaceValue } from './interface-value.ts';
import type { OptionKey } from './keys.ts';
import { absolutePathValue, pathValue, socketPathValue } from './path-value.ts';
import { quote } from './quote.ts';
import { wordValue } from './word-value.ts';

export const DEFAULT_OPTIONS: Options = {
  useSyslog: false,
  logFile: undefined,
  pidFile: '/var/run/knockd.pid',
  interfaces: { kind: 'default' },
  reorderWindowMs: 100,
  maxStrays: 16,
  banTimeMs: 0,
  ignorePorts: [],
  maxAttempts: 1_048_576,
  onStop: 'close',
  commandTimeoutMs: 30_000,
  stateDir: '/var/lib/postern',
  firewall: 'nftables',
  chain: 'INPUT',
  mark: { value: 1, mask: 1 },
  controlSocket: '/run/postern/control.sock',
};

/** Packets that swap on their way do so within moments; a longer hold only helps a guesser. */
const reorderWindow = durationValue({ unit: 'ms', leastMs: 0, greatestMs: 10_000 });

/** What the attempt table has bits for. */
const maxStrays = countValue(0, 1000);

/** The attempt table counts its times in 32 bits of milliseconds: 24 days. */
const banTime = durationValue({ unit: 's', leastMs: 0, greatestMs: 7 * 86_400_000 });

/** Below, a small flood would push knockers out; the greatest takes half a gigabyte. */
const maxAttempts = countValue(1024, 16_777_216);

const onStop = wordValue(['close', 'keep'] as const);

/** A command that runs for a day hangs. */
const commandTimeout = durationValue({ unit: 's', leastMs: 1, greatestMs: 86_400_000 });

export function buildOptions(entries: Entries<OptionKey>, faults: Faults): Options {
  const preset = DEFAULT_OPTIONS;
  return {
    useSyslog: useSyslog(entries, faults),
    logFile: entries.read('LogFile', pathValue, preset.logFile, faults),
    pidFile: entries.read('PidFile', pathValue, preset.pidFile, faults),
    interfaces: entries.read('Interface', interfaceValue, preset.interfaces, faults),
    reorderWindowMs: entries.read('Reorder_Window', reorderWindow, preset.reorderWindowMs, faults),
    maxStrays: entries.read('Max_Strays', maxStrays, preset.maxStrays, faults),
    banTimeMs: entries.read('Ban_Time', banTime, preset.banTimeMs, faults),
    ignorePorts: entries.read('Ignore_Ports', ignorePortsValue, preset.ignorePorts, faults),
    maxAttempts: entries.read('Max_Attempts', maxAttempts, preset.maxAttempts, faults),
    onStop: entries.read('On_Stop', onStop, preset.onStop, faults),
    commandTimeoutMs: entries.read('Command_Timeout', commandTimeout, preset.commandTimeoutMs, faults),
    stateDir: entries.read('StateDir', absolutePathValue, preset.stateDir, faults),
    ...firewallOptions(entries, preset, faults),
    controlSocket: entries.read('Control_Socket', socketPathValue, preset.controlSocket, faults),
  };
}

/** A switch, as in knockd: a value is refused, since `UseSyslog = no` would be read as yes. */
function useSyslog(entries: Entries<OptionKey>, faults: Faults): boolean {
  const entry = entries.get('UseSyslog');
  if (entry === undefined) return false;
  if (entry.value !== undefined) {
    const what = `${quote(entry.key.text)} takes no value`;
    faults.report(entry.value, what, "write 'UseSyslog' alone, or leave the line out");
  }
  return true;
}
