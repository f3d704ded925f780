/** `Totp_Secret`, `Totp_Steps` and `Totp_Ports`: time-based sequences. */

import type { Result } from '../base/result.ts';
import type { KeyFault } from '../spa/key-fault.ts';
import { readSecretText } from '../spa/key-text.ts';
import type { SecretKey } from '../spa/secret-key.ts';
import { parseTotpSecret } from '../spa/totp-secret.ts';
import { DEFAULT_SHAPE, type SequenceShape } from '../spa/totp-sequence.ts';
import type { Sequence } from './config.ts';
import { countValue } from './count-value.ts';
import type { Entries } from './entries.ts';
import type { Faults } from './faults.ts';
import { ignorePortsValue } from './ignore-ports-value.ts';
import type { DoorKey } from './keys.ts';
import type { Piece } from './piece.ts';
import { quote } from './quote.ts';
import { secretValue } from './secret-value.ts';
import { MAX_STEPS } from './sequence-value.ts';

/** Beside `Totp_Secret`. */
export const TOTP_KEYS: readonly DoorKey[] = ['Totp_Steps', 'Totp_Ports'];

/** With fewer a scan would meet them. */
const LEAST_STEPS = 2;
/** A narrower range can be tried through within one step of time. */
const LEAST_PORTS = 1000;

const totpSteps = countValue(LEAST_STEPS, MAX_STEPS);

type PortSpan = Pick<SequenceShape, 'first' | 'last'>;

export function totpOf(entries: Entries<DoorKey>, faults: Faults): Sequence | undefined {
  const secret = entries.read('Totp_Secret', secretValue(totpSecret), undefined, faults);
  const steps = entries.read('Totp_Steps', totpSteps, DEFAULT_SHAPE.steps, faults);
  const { first, last } = entries.read<PortSpan>('Totp_Ports', portSpan, DEFAULT_SHAPE, faults);
  return secret === undefined
    ? undefined
    : { kind: 'totp', secret, shape: { ...DEFAULT_SHAPE, steps, first, last } };
}

/** Base32, or `file:/path` to a file that only its owner can read. */
function totpSecret(text: string): Result<SecretKey, KeyFault> {
  const secret = readSecretText(text);
  return secret.ok ? parseTotpSecret(secret.value) : secret;
}

function portSpan(value: Piece, faults: Faults): PortSpan | undefined {
  const ranges = ignorePortsValue(value, faults);
  if (ranges === undefined) return undefined;
  const [range, ...more] = ranges;
  const isOne = range !== undefined && more.length === 0 && range.protocol === undefined;
  if (isOne && range.last - range.first + 1 >= LEAST_PORTS) return { first: range.first, last: range.last };
  const what = isOne
    ? `${quote(value.text)} has fewer than ${LEAST_PORTS} ports`
    : `${quote(value.text)} is no range of ports`;
  faults.report(value, what, "write one range, such as '10000-60000'");
  return undefined;
}
