import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySource } from '../../../test/support/config-text.ts';
import { parseConfigWithPlaces } from '../../config/parse-config.ts';
import { lint } from '../../lint/lint.ts';
import { FIREWALLS } from './init-fields.ts';
import { initText, METHODS } from './init-plan.ts';

/** Sequences are drawn at random: a fault of one draw in a hundred shows. */
const DRAWS = 500;

for (const method of METHODS) {
  test(`no first configuration with ${method} has a warning`, () => {
    for (let turn = 0; turn < DRAWS; turn++) {
      const firewall = FIREWALLS[turn % FIREWALLS.length]!;
      const plan = { door: 'ssh', open: 'tcp/22', openFor: '30s', method, firewall, interfaceName: 'auto' };
      const text = initText(plan, () => false);
      const parsed = parseConfigWithPlaces(text, '/etc/knockd.conf', memorySource());
      assert.ok(parsed.ok, text);
      const context = { isListening: () => false, published: [], modeOf: () => 0o100600 };
      assert.deepEqual(lint({ ...parsed.value, context }), [], text);
    }
  });
}
