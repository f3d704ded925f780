/** `postern replay CAPTURE [-c FILE]`. Exit status: 0 the file was read, 1 it or the configuration could not be, 2 wrong usage. */

import type { Diagnostic, Door } from '../../config/config.ts';
import { formatDiagnostic } from '../../config/format-diagnostic.ts';
import { loadConfig } from '../../config/load-config.ts';
import { attemptLine } from '../../daemon/attempt-lines.ts';
import { liveDoorsOf } from '../../daemon/live-doors.ts';
import { type ReplayedPacket, replay } from '../../daemon/replay.ts';
import { OPENED, SCAN } from '../../knock/match-event.ts';
import { formatIpAddress, type IpAddress, parseIpAddress } from '../../net/ip-address.ts';
import type { PacketFields } from '../../packet/packet-fields.ts';
import { DECODED, reasonText } from '../../packet/reason.ts';
import { getopt } from '../getopt.ts';
import { DEFAULT_CONFIG } from '../knockd-arguments.ts';
import { type OpenedDoor, packetJson, packetWords, type ReplaySummary, summaryJson } from './replay-json.ts';

const HELP = `usage: postern replay CAPTURE [options]

Tells what the packets of a capture file (pcap or pcapng) did, and which doors would have opened.
Time comes from the file. Nothing is run, opened or written.

options:
  -c, --config FILE    read this configuration (default ${DEFAULT_CONFIG})
  -a, --address IP     this host's address, may be given again (default: every destination in the file)
  -A, --all            show packets that meant nothing to any door, too
  -j, --json           one JSON object a line: packets, and a summary at the end
  -h, --help           say this

exit status: 0 the file was read, 1 it or the configuration could not be read, 2 wrong usage
`;

/** A time at which time-based doors have no sequence: those of the file's time are long used or over. */
const NO_TIME_MS = 0;

/** Doors opened are listed again at the end, the first so many. */
const MAX_LISTED = 1000;

interface Request {
  readonly capture: string;
  readonly config: string;
  readonly own: readonly IpAddress[] | undefined;
  readonly all: boolean;
  readonly json: boolean;
}

export function replayCommand(argv: readonly string[]): number {
  const request = parse(argv);
  if (request === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (typeof request === 'string') {
    process.stderr.write(`error: ${request}\nhint: 'postern replay --help' says more\n`);
    return 2;
  }
  return run(request);
}

function parse(argv: readonly string[]): Request | string {
  const line = getopt(argv, [
    { long: 'config', short: 'c', takesValue: true },
    { long: 'address', short: 'a', takesValue: true },
    { long: 'all', short: 'A' },
    { long: 'json', short: 'j' },
    { long: 'help', short: 'h', final: true },
  ]);
  if (!line.ok) return line.error;
  const values = (name: string) =>
    line.value.options.filter((each) => each.name === name).map(({ value }) => value);
  if (values('help').length > 0) return 'help';
  const [capture, more] = line.value.operands;
  if (capture === undefined) return 'no capture file is given';
  if (more !== undefined) return `unexpected argument '${more}'`;
  const addresses = values('address');
  const wrong = addresses.find((text) => parseIpAddress(text) === undefined);
  if (wrong !== undefined) return `'${wrong}' is no IP address`;
  const own = addresses.map(parseIpAddress).filter((address) => address !== undefined);
  const config = values('config').at(-1) ?? DEFAULT_CONFIG;
  return {
    capture,
    config,
    own: own.length === 0 ? undefined : own,
    all: values('all').length > 0,
    json: values('json').length > 0,
  };
}

function run({ capture, config, own, all, json }: Request): number {
  const loaded = loadConfig(config);
  if (!loaded.ok) {
    for (const diagnostic of loaded.error) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
    return 1;
  }
  const off = (_door: Door, why: Diagnostic) => process.stderr.write(`${formatDiagnostic(why)}\n`);
  const doors = liveDoorsOf(loaded.value, off, NO_TIME_MS);
  for (const { name, sequence } of loaded.value.doors) {
    if (sequence.kind === 'fixed' || sequence.kind === 'one-time') continue;
    process.stderr.write(
      `${name}: its ${sequence.kind === 'spa' ? 'packets' : 'sequences'} are not judged here\n`,
    );
  }
  const opened: OpenedDoor[] = [];
  let openedCount = 0;
  let scans = 0;
  const packet = (each: ReplayedPacket) => {
    const isScan = each.events.some(({ kind }) => kind === SCAN);
    if (isScan) scans++;
    for (const { kind, door, source } of each.events) {
      if (kind !== OPENED) continue;
      openedCount++;
      if (opened.length < MAX_LISTED)
        opened.push({ timeMs: each.timeMs, door: door ?? '', source: formatIpAddress(source) });
    }
    if (all || each.events.length > 0) process.stdout.write(json ? packetJson(each) : packetText(each));
  };
  const totals = replay(capture, { doors, settings: loaded.value.options, own, packet });
  const summary: ReplaySummary = { totals, doorCount: doors.length, scans, openedCount, opened };
  process.stdout.write(json ? summaryJson(summary) : summaryText(summary));
  return 0;
}

function packetText({ timeMs, fields, events }: ReplayedPacket): string {
  const what = fields === undefined ? '' : ` ${fieldsText(fields)}`;
  const head = `${timeText(timeMs)}${what}`;
  if (events.length === 0) return `${head}: nothing\n`;
  return events
    .map(({ kind, door, stage, source }) => {
      const { text } = attemptLine(kind, door, stage);
      return `${head}${fields === undefined ? ` ${formatIpAddress(source)}` : ''}: ${text}\n`;
    })
    .join('');
}

function fieldsText(fields: PacketFields): string {
  const { source, destination, protocol, flags, port } = packetWords(fields);
  return `${source} > ${destination} ${protocol}${flags === null ? '' : ` [${flags}]`} ${port}`;
}

function summaryText({ totals, doorCount, scans, openedCount, opened }: ReplaySummary): string {
  const { frames, byReason } = totals;
  const lines = [
    `${frames} frames, ${byReason[DECODED]} of them tcp or udp; ${doorCount === 1 ? '1 door' : `${doorCount} doors`}`,
  ];
  for (const [reason, count] of byReason.entries()) {
    if (reason !== DECODED && count > 0) lines.push(`  ${count} not looked at: ${reasonText(reason)}`);
  }
  if (scans > 0) lines.push(`${scans} scans`);
  lines.push(
    openedCount === 0 ? 'no door would have opened' : `doors that would have opened: ${openedCount}`,
    ...opened.map(({ timeMs, door, source }) => `  ${timeText(timeMs)} ${door} for ${source}`),
  );
  if (openedCount > opened.length) lines.push(`  and ${openedCount - opened.length} more`);
  return `${lines.join('\n')}\n`;
}

/** Local time with milliseconds. */
function timeText(timeMs: number): string {
  const date = new Date(timeMs);
  const two = (n: number) => String(n).padStart(2, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
