/**
 * fwknop's access.conf to doors, as its manual page describes it (fwknopd(8), ACCESS.CONF VARIABLES). Pure. What has no
 * counterpart is told, and nothing is made laxer than it was.
 */

import { parsePortRange } from '../../net/port-range.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { parseDigestName } from '../../spa/digest.ts';
import { parseKey } from '../../spa/key-text.ts';

export interface AccessNote {
  readonly line: number;
  readonly message: string;
}

export interface ImportedDoors {
  /** Sections for knockd.conf. */
  readonly text: string;
  readonly doors: number;
  readonly notes: readonly AccessNote[];
}

interface Setting {
  readonly line: number;
  readonly value: string;
}

/** One authorization stanza. */
interface Stanza {
  readonly line: number;
  readonly settings: ReadonlyMap<string, Setting>;
}

/** fwknopd's own. */
const DEFAULT_TIMEOUT_S = 30;
const DEFAULT_MAX_TIMEOUT_S = 300;

/** An address that nobody has on a network: where no source could be read, none may come in. */
const NOBODY = '127.255.255.255';

/** What a stanza may say that doors have as well. */
const KNOWN = new Set([
  ...[
    'SOURCE',
    'DESTINATION',
    'OPEN_PORTS',
    'RESTRICT_PORTS',
    'KEY',
    'KEY_BASE64',
    'HMAC_KEY',
    'HMAC_KEY_BASE64',
  ],
  ...[
    'HMAC_DIGEST_TYPE',
    'FW_ACCESS_TIMEOUT',
    'MAX_FW_TIMEOUT',
    'REQUIRE_USERNAME',
    'REQUIRE_SOURCE_ADDRESS',
  ],
]);

/** What it may say that means the same as without it. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  ENCRYPTION_MODE: /^cbc$/i,
  ENABLE_CMD_EXEC: /^n$/i,
  ENABLE_CMD_SUDO_EXEC: /^n$/i,
  FORCE_MASQUERADE: /^n$/i,
  FORWARD_ALL: /^n$/i,
  DISABLE_DNAT: /^n$/i,
};

/** With these the packet opens something else than this host's ports. */
const ELSEWHERE = ['FORCE_NAT', 'CMD_CYCLE_OPEN'] as const;

/** @param nowMs wall clock: a stanza that has expired must not come to life again */
export function importAccess(text: string, nowMs: number): ImportedDoors {
  const notes: AccessNote[] = [];
  const stanzas = stanzasOf(text, notes);
  const names = new Set<string>();
  const doors = stanzas.map((stanza) => doorOf(stanza, names, notes, nowMs));
  const sorted = notes.toSorted((a, b) => a.line - b.line);
  return {
    text: doors.join('\n'),
    doors: doors.filter((door) => door.startsWith('[')).length,
    notes: sorted,
  };
}

function stanzasOf(text: string, notes: AccessNote[]): readonly Stanza[] {
  const stanzas: { line: number; settings: Map<string, Setting> }[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const [, key = '', value = ''] = /^\s*(%?[A-Za-z_0-9]+):?\s*(.*?)\s*;?\s*$/.exec(raw) ?? [];
    if (key === '' || raw.trimStart().startsWith('#')) continue;
    const name = key.toUpperCase();
    if (name.startsWith('%'))
      notes.push({ line, message: `'${key} ${value}' is not followed: import that file by itself` });
    else if (name === 'SOURCE') stanzas.push({ line, settings: new Map([[name, { line, value }]]) });
    else if (stanzas.length === 0) notes.push({ line, message: `'${key}' stands before the first SOURCE` });
    else stanzas.at(-1)?.settings.set(name, { line, value });
  }
  return stanzas;
}

function doorOf({ line, settings }: Stanza, names: Set<string>, notes: AccessNote[], nowMs: number): string {
  const name = nameFor(settings.get('REQUIRE_USERNAME')?.value, names);
  const tell = (at: number, message: string) => notes.push({ line: at, message: `${name}: ${message}` });
  for (const [key, setting] of settings) {
    if (KNOWN.has(key) || HARMLESS[key]?.test(setting.value) === true) continue;
    tell(setting.line, `${key} has no counterpart and is left out`);
  }
  const keys = keyLines(settings, line, tell);
  const who = whoLines(settings, tell);
  const opened = openLines(settings, line, tell);
  const lines = [...keys.lines, ...who, ...opened.lines].map((each) => `    ${each}`);
  const section = [`[${name}]`, ...lines, ''].join('\n');
  const faults = [
    keys.isGood ? undefined : 'it has no key that can be used',
    opened.isGood ? undefined : 'it opens no port',
    isExpired(settings, nowMs) ? 'it has expired' : undefined,
    ...ELSEWHERE.map((key) => (settings.has(key) ? `${key} does something else than a door` : undefined)),
  ].filter((fault) => fault !== undefined);
  if (faults.length === 0) return section;
  tell(line, `the door is written as a comment, since ${faults.join(' and ')}`);
  return `${section.trimEnd().replaceAll(/^/gm, '# ')}\n`;
}

/** ACCESS_EXPIRE has a day, MM/DD/YYYY, ACCESS_EXPIRE_EPOCH a moment. What cannot be read counts as over. */
function isExpired(settings: Stanza['settings'], nowMs: number): boolean {
  const day = settings.get('ACCESS_EXPIRE')?.value;
  const epoch = settings.get('ACCESS_EXPIRE_EPOCH')?.value;
  const [, month = '', date = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(day ?? '') ?? [];
  const ends = [
    day === undefined
      ? Number.POSITIVE_INFINITY
      : new Date(Number(year), Number(month) - 1, Number(date)).getTime(),
    epoch === undefined ? Number.POSITIVE_INFINITY : Number(epoch) * 1000,
  ];
  return (day !== undefined && year === '') || ends.some((end) => !(end > nowMs));
}

type Tell = (line: number, message: string) => void;

function keyLines(
  settings: Stanza['settings'],
  line: number,
  tell: Tell,
): { readonly lines: readonly string[]; readonly isGood: boolean } {
  const cipher = keyText(settings, 'KEY');
  const hmac = keyText(settings, 'HMAC_KEY');
  if (cipher === undefined) tell(line, 'it has neither KEY nor KEY_BASE64: GnuPG has no counterpart');
  if (hmac === undefined)
    tell(line, 'it has no HMAC key: strangers make the daemon decrypt; give client and door one');
  const faults = [
    cipher === undefined ? undefined : faultOf(cipher, 'cipher'),
    hmac === undefined ? undefined : faultOf(hmac, 'hmac'),
  ].filter((fault) => fault !== undefined);
  const digest = settings.get('HMAC_DIGEST_TYPE');
  const type = parseDigestName(digest?.value ?? 'sha256');
  if (type === undefined) faults.push(`HMAC_DIGEST_TYPE '${digest?.value}' is not known`);
  for (const fault of faults) tell(line, fault);
  return {
    isGood: cipher !== undefined && faults.length === 0,
    lines: [
      `Spa_Key = ${cipher?.text ?? ''}`,
      hmac === undefined ? 'Spa_Unauthenticated = yes' : `Spa_Hmac_Key = ${hmac.text}`,
      ...(digest === undefined || hmac === undefined ? [] : [`Spa_Hmac_Type = ${type}`]),
    ],
  };
}

function keyText(
  settings: Stanza['settings'],
  key: 'KEY' | 'HMAC_KEY',
): { readonly text: string } | undefined {
  const base64 = settings.get(`${key}_BASE64`)?.value;
  const plain = settings.get(key)?.value;
  if (base64 !== undefined) return { text: `base64:${base64}` };
  return plain === undefined ? undefined : { text: `plain:${plain}` };
}

function faultOf({ text }: { readonly text: string }, use: 'cipher' | 'hmac'): string | undefined {
  const parsed = parseKey(text, use);
  return parsed.ok ? undefined : parsed.error.message;
}

function whoLines(settings: Stanza['settings'], tell: Tell): readonly string[] {
  const lines: string[] = [];
  const source = settings.get('SOURCE');
  if (source !== undefined && source.value.toUpperCase() !== 'ANY') {
    const prefixes = prefixList(source, 'SOURCE', tell);
    lines.push(`Allow_From = ${prefixes.length === 0 ? NOBODY : prefixes.join(', ')}`);
  }
  const destination = settings.get('DESTINATION');
  if (destination !== undefined && destination.value.toUpperCase() !== 'ANY') {
    const [target, ...more] = prefixList(destination, 'DESTINATION', tell);
    if (target !== undefined && more.length === 0 && !target.includes('/')) lines.push(`Target = ${target}`);
    else tell(destination.line, 'DESTINATION is more than one address, and a Target is one: it is left out');
  }
  const user = settings.get('REQUIRE_USERNAME')?.value;
  if (user !== undefined) lines.push(`Spa_User = ${user}`);
  const requires = settings.get('REQUIRE_SOURCE_ADDRESS');
  if (requires?.value.toUpperCase() !== 'Y') {
    tell(
      requires?.line ?? source?.line ?? 0,
      "packets that leave their address open (fwknop -s) are refused; 'Spa_Any_Source = yes' takes them",
    );
  }
  return lines;
}

function prefixList({ line, value }: Setting, key: string, tell: Tell): readonly string[] {
  const words = value.split(',').map((word) => word.trim());
  for (const word of words)
    if (parsePrefix(word) === undefined) tell(line, `${key}: '${word}' is no address or network`);
  return words.filter((word) => parsePrefix(word) !== undefined);
}

function openLines(
  settings: Stanza['settings'],
  line: number,
  tell: Tell,
): { readonly lines: readonly string[]; readonly isGood: boolean } {
  const open = settings.get('OPEN_PORTS');
  const refused = new Set(portWords(settings.get('RESTRICT_PORTS')?.value ?? ''));
  const wanted = portWords(open?.value ?? 'tcp/22');
  for (const word of wanted)
    if (parsePortRange(word) === undefined) tell(open?.line ?? line, `OPEN_PORTS: '${word}' is no port`);
  const good = wanted.filter((word) => parsePortRange(word) !== undefined && !refused.has(word));
  if (open === undefined)
    tell(
      line,
      "without OPEN_PORTS fwknopd opens whatever is asked for; 'Open = tcp/22' is written, change it",
    );
  const seconds = secondsOf(settings.get('FW_ACCESS_TIMEOUT'), DEFAULT_TIMEOUT_S, 'FW_ACCESS_TIMEOUT', tell);
  const most = secondsOf(settings.get('MAX_FW_TIMEOUT'), DEFAULT_MAX_TIMEOUT_S, 'MAX_FW_TIMEOUT', tell);
  return {
    isGood: good.length > 0,
    lines: [
      `Open = ${good.join(', ')}`,
      `Open_For = ${seconds}s`,
      `Open_For_Max = ${Math.max(most, seconds)}s`,
    ],
  };
}

/** Each once. */
function portWords(list: string): readonly string[] {
  return [...new Set(list.split(',').map((word) => word.trim().toLowerCase()))];
}

function secondsOf(setting: Setting | undefined, usual: number, key: string, tell: Tell): number {
  if (setting === undefined) return usual;
  const seconds = /^\d{1,8}$/.test(setting.value) ? Number(setting.value) : 0;
  if (seconds >= 1 && seconds <= 365 * 86_400) return seconds;
  tell(setting.line, `${key}: '${setting.value}' is no time that doors have; ${usual}s is written`);
  return usual;
}

function nameFor(user: string | undefined, names: Set<string>): string {
  const base =
    user !== undefined && /^[A-Za-z0-9._-]+$/.test(user) && user.toLowerCase() !== 'options'
      ? user
      : 'fwknop';
  let name = base;
  for (let number = 2; names.has(name); number++) name = `${base}-${number}`;
  names.add(name);
  return name;
}
