/** profiles.conf to command lines of `knock`: a profile says what its options and operands would say. Pure. */

import { fail, ok, type Result } from '../../base/result.ts';
import type { Diagnostic } from '../../config/config.ts';
import { Faults } from '../../config/faults.ts';
import { lexLines } from '../../config/lex-lines.ts';
import { nearestWord } from '../../config/nearest-word.ts';
import type { Piece } from '../../config/piece.ts';
import { quote } from '../../config/quote.ts';

/** The option of `knock` that a key stands for; Host and Sequence are operands. */
const OPTION_OF: Readonly<Record<string, string>> = {
  Spa_Key: '--key',
  Spa_Hmac_Key: '--hmac-key',
  Spa_Hmac_Type: '--hmac-type',
  Access: '--access',
  Spa_Port: '--port',
  Spa_User: '--user',
  For: '--for',
  Own_Address: '--own-address',
  Resolve: '--resolve',
  Totp_Secret: '--totp',
  Totp_Steps: '--totp-steps',
  Totp_Ports: '--totp-ports',
  One_Time_Sequences: '--one-time',
  Delay: '--delay',
};

const KEYS = ['Host', 'Sequence', ...Object.keys(OPTION_OF)];

/** The arguments of `knock` for the profile `name`; undefined when there is none. Faults anywhere in the text count. */
export function profileArguments(
  text: string,
  file: string,
  name: string,
): Result<readonly string[] | undefined, readonly Diagnostic[]> {
  const faults = new Faults();
  const profiles = readProfiles(text, file, faults);
  if (!faults.isEmpty) return fail(faults.sorted([file]));
  const values = profiles.get(name);
  return ok(values === undefined ? undefined : argumentsOf(values));
}

type Values = Map<string, string>;

function readProfiles(text: string, file: string, faults: Faults): ReadonlyMap<string, Values> {
  const profiles = new Map<string, Values>();
  const titles: { readonly at: Piece; readonly values: Values }[] = [];
  let values: Values | undefined;
  for (const line of lexLines(text, file)) {
    if (line.kind === 'torn section') faults.report(line.title, "a section ends with ']'", "write '[home]'");
    else if (line.kind === 'entry') setValue(line.key, line.value, values, faults);
    else {
      if (profiles.has(line.name.text)) faults.report(line.name, `a second profile ${quote(line.name.text)}`);
      values = new Map();
      profiles.set(line.name.text, values);
      titles.push({ at: line.name, values });
    }
  }
  for (const { at, values: found } of titles) {
    if (!found.has('Host')) faults.report(at, `profile ${quote(at.text)} has no Host`, "write 'Host = NAME'");
  }
  return profiles;
}

function setValue(key: Piece, value: Piece | undefined, values: Values | undefined, faults: Faults): void {
  const known = KEYS.find((each) => each.toLowerCase() === key.text.toLowerCase());
  if (known === undefined) {
    const near = nearestWord(key.text, KEYS);
    faults.report(
      key,
      `unknown key ${quote(key.text)}`,
      near === undefined ? undefined : `did you mean '${near}'?`,
    );
  } else if (values === undefined) {
    faults.report(key, `${quote(key.text)} stands before any profile`, "begin with a line '[home]'");
  } else if (value === undefined || value.text === '') {
    faults.report(value ?? key, `${quote(key.text)} needs a value`);
  } else if (values.has(known)) faults.report(key, `${quote(key.text)} is set twice`, 'keep one of the two');
  else values.set(known, value.text);
}

function argumentsOf(values: Values): readonly string[] {
  const options = Object.entries(OPTION_OF).flatMap(([key, option]) => {
    const value = values.get(key);
    return value === undefined ? [] : [option, value];
  });
  const spa = values.has('Spa_Key') ? ['--spa'] : [];
  const steps = (values.get('Sequence') ?? '').split(',').flatMap((step) => step.trim() || []);
  return [...spa, ...options, '--', values.get('Host') ?? '', ...steps];
}
