/** Keys and secrets. No diagnostic quotes them. */

import type { Result } from '../base/result.ts';
import type { KeyFault } from '../spa/key-fault.ts';
import type { SecretKey } from '../spa/secret-key.ts';
import type { Faults } from './faults.ts';
import type { Piece } from './piece.ts';

export function secretValue(
  parse: (text: string) => Result<SecretKey, KeyFault>,
): (value: Piece, faults: Faults) => SecretKey | undefined {
  return (value, faults) => {
    const key = parse(value.text);
    if (key.ok) return key.value;
    faults.report(value, key.error.message, key.error.hint);
    return undefined;
  };
}
