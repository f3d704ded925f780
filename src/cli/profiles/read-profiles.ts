/** The text of profiles.conf to profiles; all that is wrong with it is told at once, each fault with its place. Pure. */

import type { Diagnostic } from '../../config/config.ts';
import { Faults } from '../../config/faults.ts';
import { lexLines } from '../../config/lex-lines.ts';
import { nearestWord } from '../../config/nearest-word.ts';
import { type Piece, splitPiece } from '../../config/piece.ts';
import { quote } from '../../config/quote.ts';
import { PROFILE_KEYS, type ProfileKey } from './profile-keys.ts';

export interface Profile {
  readonly name: string;
  /** By the key's name as the table writes it. */
  readonly values: ReadonlyMap<string, string>;
}

export interface ProfilesRead {
  /** The first of each name. */
  readonly profiles: readonly Profile[];
  readonly faults: readonly Diagnostic[];
}

/** More knocks than any sequence has. */
const MAX_LIST = 1024;

/** Of which a profile has one. */
export const METHODS = ['Sequence', 'Totp_Secret', 'One_Time_Sequences', 'Spa_Key'] as const;

const NAMES = PROFILE_KEYS.map(({ name }) => name);

export function readProfiles(text: string, file: string): ProfilesRead {
  const faults = new Faults();
  const sections = readSections(text, file, faults);
  const known = new Set<string>();
  for (const { title, values } of sections) {
    if (known.has(title.text))
      faults.report(title, `a second profile ${quote(title.text)}`, 'rename one of the two');
    known.add(title.text);
    checkWhole(title, values, faults);
  }
  const profiles = sections.map(({ title, values }) => ({ name: title.text, values }));
  return {
    profiles: profiles.filter(({ name }, at) => profiles.findIndex((each) => each.name === name) === at),
    faults: faults.sorted([file]),
  };
}

interface Section {
  readonly title: Piece;
  readonly values: Map<string, string>;
}

function readSections(text: string, file: string, faults: Faults): readonly Section[] {
  const sections: Section[] = [];
  for (const line of lexLines(text, file)) {
    switch (line.kind) {
      case 'torn section':
        faults.report(line.title, `${quote(line.title.text)}: a title ends with ']'`, "write '[home]'");
        break;
      case 'section':
        if (line.name.text === '') faults.report(line.name, 'a profile without a name', "write '[home]'");
        sections.push({ title: line.name, values: new Map() });
        break;
      case 'entry':
        setValue(line.key, line.value, sections.at(-1)?.values, faults);
        break;
    }
  }
  return sections;
}

function setValue(
  at: Piece,
  value: Piece | undefined,
  values: Map<string, string> | undefined,
  faults: Faults,
): void {
  const key = PROFILE_KEYS.find(({ name }) => name.toLowerCase() === at.text.toLowerCase());
  if (key === undefined) reportUnknown(at, faults);
  else if (values === undefined)
    faults.report(at, `${quote(at.text)} stands before any profile`, "begin with a line '[home]'");
  else if (value === undefined || value.text === '')
    faults.report(value ?? at, `${quote(at.text)} needs a value`, `write '${key.name} = VALUE'`);
  else if (values.has(key.name)) faults.report(at, `${quote(at.text)} is set twice`, 'keep one of the two');
  else {
    values.set(key.name, value.text);
    for (const piece of key.isList ? splitPiece(value, ',', MAX_LIST) : [value])
      checkValue(key, piece, faults);
  }
}

function checkValue(key: ProfileKey, value: Piece, faults: Faults): void {
  const fault = key.fault(value.text);
  if (fault !== undefined) faults.report(value, fault.message, fault.hint);
}

function reportUnknown(at: Piece, faults: Faults): void {
  const near = nearestWord(at.text, NAMES);
  faults.report(
    at,
    `unknown key ${quote(at.text)}`,
    near === undefined ? `the keys are ${NAMES.join(', ')}` : `did you mean '${near}'?`,
  );
}

/** What one key wants of the others. */
function checkWhole(at: Piece, values: ReadonlyMap<string, string>, faults: Faults): void {
  const profile = `profile ${quote(at.text)}`;
  if (!values.has('Host')) faults.report(at, `${profile} has no Host`, "write 'Host = NAME'");
  const [method, second] = METHODS.filter((key) => values.has(key));
  if (method === undefined)
    faults.report(at, `${profile} does not say how to knock`, `write one of ${METHODS.join(', ')}`);
  if (second !== undefined)
    faults.report(at, `${profile} has ${method} and ${second}`, 'keep one of the two, or make two profiles');
  if (method === 'Spa_Key' && !values.has('Spa_Hmac_Key') && !isYes(values, 'Spa_Unauthenticated'))
    faults.report(
      at,
      `${profile} has Spa_Key and no Spa_Hmac_Key`,
      "write 'Spa_Hmac_Key = file:/path', or 'Spa_Unauthenticated = yes' where the server's door has none",
    );
  if (isYes(values, 'Close_After') && !values.has('Close_Sequence'))
    faults.report(at, `${profile} has Close_After and no Close_Sequence`, "write 'Close_Sequence = PORTS'");
}

export function isYes(values: ReadonlyMap<string, string>, key: string): boolean {
  return values.get(key)?.toLowerCase() === 'yes';
}
