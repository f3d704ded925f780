/** Every refusal has words; those that people can do something about say what. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, HOME, port } from '../../test/support/spa-yard.ts';
import type { SpaRefusal } from './refusal.ts';
import { refusalText } from './refusal-text.ts';

const TEXTS: readonly (readonly [SpaRefusal, RegExp])[] = [
  [{ reason: 'clock-skew', skewS: -200, maxAgeS: 120 }, /its time is 200 s old, at most 120 s .*Spa_Max_Age/],
  [{ reason: 'clock-skew', skewS: 3600, maxAgeS: 120 }, /its time is 3600 s in the future/],
  [{ reason: 'replay' }, /the same packet came before/],
  [{ reason: 'bad-hmac' }, /no key of this port made it.*Spa_Hmac_Key/],
  [{ reason: 'address-differs', address: address(HOME) }, /made for '198\.51\.100\.7'/],
  [{ reason: 'port-not-offered', port: port('tcp/80') }, /'tcp\/80' is not offered.*Open/],
  [{ reason: 'user', user: 'bob' }, /user 'bob' is not allowed.*Spa_User/],
  [
    { reason: 'timeout-too-long', timeoutS: 90, maxTimeoutS: 60 },
    /asks for 90 s, at most 60 s.*Open_For_Max/,
  ],
  [{ reason: 'any-source' }, /names no address.*Spa_Any_Source/],
  [{ reason: 'weak-digest', digest: 'md5' }, /'md5'.*sha256/],
  [{ reason: 'malformed', field: 'nat' }, /its NAT field/],
  [{ reason: 'shape', fault: 'prefix' }, /prefix/],
];

for (const [refusal, text] of TEXTS) {
  test(`in words: ${JSON.stringify(refusal)}`, () => {
    const { what, hint = '' } = refusalText(refusal);
    assert.match(`${what} ${hint}`, text);
    assert.match(what, /^[a-z']/, 'lower case');
  });
}
