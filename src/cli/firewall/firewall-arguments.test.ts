import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firewallArguments } from './firewall-arguments.ts';

function read(line: string) {
  const result = firewallArguments(line.split(' ').filter((word) => word !== ''));
  return result.ok ? result.value : result.error;
}

test('actions and their options', () => {
  const config = '/etc/knockd.conf';
  assert.deepEqual(read('show'), { action: 'show', config, confirmMs: undefined, json: false });
  assert.deepEqual(read('-c a plan'), { action: 'plan', config: 'a', confirmMs: undefined, json: false });
  assert.deepEqual(read('apply --confirm 60'), { action: 'apply', config, confirmMs: 60_000, json: false });
  assert.deepEqual(read('apply --confirm=2m'), { action: 'apply', config, confirmMs: 120_000, json: false });
  assert.deepEqual(read('-j show'), { action: 'show', config, confirmMs: undefined, json: true });
  assert.equal(read('apply -h nonsense'), 'help');
});

test('what cannot be read is told', () => {
  assert.equal(read(''), 'nothing to do is given');
  assert.equal(read('flush'), "unknown action 'flush'");
  assert.equal(read('show me'), "unexpected argument 'me'");
  assert.equal(read('remove --confirm 5'), "'--confirm' does not go with 'remove'");
  for (const time of ['0', '0.5', '2d', 'x', '-1']) {
    assert.equal(read(`apply --confirm ${time}`), `'${time}' is no time from 1s to 1d`);
  }
  assert.equal(read('apply --confirm'), "option '--confirm' needs a value");
});
