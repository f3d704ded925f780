import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccessClaims } from './access-claims.ts';

const grant = (door: string, endMs: number) => ({ door, source: '192.0.2.1', endMs });

test('a rule is held by the grant that lasts longest, while one lasts', () => {
  const claims = new AccessClaims();
  assert.equal(claims.holderOf('rule', 0), undefined);
  assert.equal(claims.claim('rule', grant('a', 50)), undefined);
  claims.claim('rule', grant('b', 90));
  claims.claim('rule', grant('c', 70));
  assert.equal(claims.holderOf('rule', 0)?.door, 'b');
  claims.release('rule', grant('b', 0));
  assert.equal(claims.holderOf('rule', 0)?.door, 'c');
  assert.equal(claims.holderOf('rule', 69)?.door, 'c');
  assert.equal(claims.holderOf('rule', 70), undefined);
  assert.equal(claims.holderOf('other', 0), undefined);
});

test('a door has one claim on a rule, and its last one counts', () => {
  const claims = new AccessClaims();
  claims.claim('rule', grant('a', 90));
  assert.deepEqual(claims.claim('rule', grant('a', 50)), grant('a', 90));
  assert.equal(claims.holderOf('rule', 0)?.endMs, 50);
  claims.claim('rule 2', grant('a', 50));
  assert.deepEqual(claims.grants(0), [grant('a', 50)]);
  assert.deepEqual(claims.grants(50), []);
});
