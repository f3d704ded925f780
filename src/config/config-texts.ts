/**
 * A configuration as text again, key by key, defaults included: what `postern config show` prints. Read again it gives the
 * same. Keys that are neither set nor have a default are left out, and so are those that the others make meaningless.
 */

import { FOREVER_MS } from '../base/duration.ts';
import { formatIpAddress } from '../net/ip-address.ts';
import { formatPortRanges } from '../net/port-range.ts';
import { formatPrefix } from '../net/prefix.ts';
import { formatKey } from '../spa/key-bytes.ts';
import { formatTotpSecret } from '../spa/totp-secret.ts';
import type {
  Door,
  DoorOpening,
  IgnoredPorts,
  InterfaceChoice,
  Options,
  Sequence,
  SpaSettings,
  Step,
} from './config.ts';
import { durationText } from './duration-value.ts';
import type { DoorKey, OptionKey } from './keys.ts';
import { flagsText } from './tcp-flags-value.ts';

/** Keys whose values are not for everybody's eyes. */
export const SECRET_KEYS: ReadonlySet<string> = new Set<DoorKey>([
  'Sequence',
  'Totp_Secret',
  'Spa_Key',
  'Spa_Hmac_Key',
]);

export interface Setting<K> {
  readonly key: K;
  /** null: the key stands alone. */
  readonly value: string | null;
}

/** In the order in which they are to be said; undefined: not at all. */
type Texts<K extends string> = { readonly [Key in K]?: string | null | undefined };

export function optionSettings(options: Options): readonly Setting<OptionKey>[] {
  const { firewall, mark } = options;
  return settings<OptionKey>({
    UseSyslog: options.useSyslog ? null : undefined,
    LogFile: options.logFile,
    PidFile: options.pidFile,
    Interface: interfaceText(options.interfaces),
    Reorder_Window: durationText(options.reorderWindowMs),
    Max_Strays: `${options.maxStrays}`,
    Ban_Time: durationText(options.banTimeMs),
    Ignore_Ports: listText(options.ignorePorts.map(ignoredText)),
    Max_Attempts: `${options.maxAttempts}`,
    On_Stop: options.onStop,
    Command_Timeout: durationText(options.commandTimeoutMs),
    StateDir: options.stateDir,
    Firewall: firewall,
    Chain: firewall === 'iptables' ? options.chain : undefined,
    Mark: firewall === 'nftables-mark' ? `${hex(mark.value)}/${hex(mark.mask)}` : undefined,
    Control_Socket: options.controlSocket,
  });
}

export function doorSettings(door: Door): readonly Setting<DoorKey>[] {
  const { sequence, target, opening, ipv4, ipv6 } = door;
  const hasCommands = [ipv4.start, ipv4.stop, ipv6.start, ipv6.stop].some((each) => each !== undefined);
  return settings<DoorKey>({
    ...sequenceTexts(sequence, opening),
    Seq_Timeout: sequence.kind === 'spa' ? undefined : durationText(door.seqTimeoutMs),
    TCPFlags: door.tcpFlags.mask === 0 ? undefined : flagsText(door.tcpFlags),
    Target: target === undefined ? undefined : formatIpAddress(target),
    Allow_From: listText(door.allowFrom.map(formatPrefix)),
    ...openingTexts(opening),
    Close: listText(door.closes),
    Start_Command: ipv4.start,
    Start_Command_6: ipv6.start === ipv4.start ? undefined : (ipv6.start ?? ''),
    Cmd_Timeout: hasCommands ? durationText(door.cmdTimeoutMs) : undefined,
    Stop_Command: ipv4.stop,
    Stop_Command_6: ipv6.stop === ipv4.stop ? undefined : (ipv6.stop ?? ''),
  });
}

function settings<K extends string>(texts: Texts<K>): readonly Setting<K>[] {
  const entries = Object.entries(texts) as [K, string | null | undefined][];
  return entries.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
}

function sequenceTexts(sequence: Sequence, opening: DoorOpening | undefined): Texts<DoorKey> {
  switch (sequence.kind) {
    case 'fixed':
      return { Sequence: stepsText(sequence.steps) };
    case 'one-time':
      return { One_Time_Sequences: sequence.path };
    case 'totp': {
      const { steps, first, last } = sequence.shape;
      const secret = formatTotpSecret(sequence.secret);
      return { Totp_Secret: secret, Totp_Steps: `${steps}`, Totp_Ports: `${first}-${last}` };
    }
    case 'spa':
      return spaTexts(sequence, opening);
  }
}

function spaTexts(spa: SpaSettings, opening: DoorOpening | undefined): Texts<DoorKey> {
  const { hmac, openForMaxMs } = spa;
  const hasLongest = opening !== undefined && openForMaxMs < FOREVER_MS;
  return {
    Spa_Port: `${spa.port}`,
    Spa_Key: formatKey(spa.key),
    Spa_Hmac_Key: hmac === undefined ? undefined : formatKey(hmac.key),
    Spa_Hmac_Type: hmac?.type,
    Spa_Unauthenticated: hmac === undefined ? 'yes' : 'no',
    Spa_User: listText(spa.users),
    Spa_Max_Age: durationText(spa.maxAgeMs),
    Spa_Any_Source: spa.anySource ? 'yes' : 'no',
    Spa_Weak_Digests: spa.weakDigests ? 'yes' : 'no',
    Open_For_Max: hasLongest ? durationText(openForMaxMs) : undefined,
  };
}

function openingTexts(opening: DoorOpening | undefined): Texts<DoorKey> {
  if (opening === undefined) return {};
  const { ports, forMs, ipv6PrefixLength } = opening;
  return {
    Open: formatPortRanges(ports),
    Open_For: forMs >= FOREVER_MS ? 'forever' : durationText(forMs),
    Also_Prefix: `/${ipv6PrefixLength}`,
  };
}

function stepsText(steps: readonly Step[]): string {
  return steps.map(({ port, protocol }) => `${port}:${protocol}`).join(',');
}

function listText(list: readonly string[]): string | undefined {
  return list.length === 0 ? undefined : list.join(', ');
}

function interfaceText(choice: InterfaceChoice): string | undefined {
  switch (choice.kind) {
    case 'default':
      return undefined;
    case 'any':
    case 'auto':
      return choice.kind;
    case 'named':
      return choice.names.join(', ');
  }
}

function ignoredText({ first, last, protocol }: IgnoredPorts): string {
  return `${first}${last === first ? '' : `-${last}`}${protocol === undefined ? '' : `:${protocol}`}`;
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
