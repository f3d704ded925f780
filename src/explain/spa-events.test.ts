import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address } from '../../test/support/grant-bench.ts';
import { parsePrefix } from '../net/prefix.ts';
import type { SpaRefusal } from '../spa/refusal.ts';
import { EventMemory } from './event-memory.ts';
import type { SourceFacts } from './source-facts.ts';

const FACTS: SourceFacts = {
  grants: [],
  ban: undefined,
  ignoresIpv6: false,
  otherFamilyDoors: [],
  hindrances: [],
  showsSecrets: false,
};
const HOME = '198.51.100.7';

function memoryOf(...refusals: readonly (readonly [SpaRefusal, string | undefined, string])[]): EventMemory {
  const memory = new EventMemory({ k0: 1, k1: 2 }, 0);
  for (const [index, [refusal, door, source]] of refusals.entries()) {
    memory.spaRefused(refusal, door, address(source), 1000 + index);
  }
  return memory;
}

function explain(memory: EventMemory, source = HOME) {
  const prefix = parsePrefix(source) ?? assert.fail(source);
  return memory.explain(prefix, FACTS, { monotonicMs: 5000, wallMs: 1_800_000_000_000 });
}

test('what was wrong with a packet is the verdict, with what to do', () => {
  const cases: readonly (readonly [SpaRefusal, string | undefined, RegExp])[] = [
    [{ reason: 'replay' }, undefined, /the same packet came before/],
    [{ reason: 'bad-hmac' }, undefined, /no key of this port made it/],
    [{ reason: 'shape', fault: 'alphabet' }, undefined, /it is no SPA packet/],
    [{ reason: 'clock-skew', skewS: -200, maxAgeS: 120 }, 'ssh', /^ssh: .*200/],
    [{ reason: 'address-differs', address: address('10.0.0.1') }, 'ssh', /^ssh: .*10\.0\.0\.1/],
    [{ reason: 'port-not-offered', port: { protocol: 'tcp', port: 23 } }, 'ssh', /^ssh: .*tcp\/23/],
    [{ reason: 'user', user: 'eve' }, 'ssh', /^ssh: .*'eve'/],
  ];
  for (const [refusal, door, text] of cases) {
    const { verdict, events } = explain(memoryOf([refusal, door, HOME]));
    assert.equal(verdict.cause, `spa-${refusal.reason}`);
    assert.equal(verdict.door, door ?? null);
    assert.match(verdict.text, text);
    assert.match(verdict.text, /came 4 s ago/);
    assert.notEqual(verdict.next, '');
    assert.equal(events.length, 1);
  }
});

test('packets of others are not told', () => {
  const memory = memoryOf(
    [{ reason: 'bad-hmac' }, undefined, HOME],
    [{ reason: 'user', user: 'x' }, 'ssh', '10.0.0.1'],
  );
  assert.equal(explain(memory, '10.0.0.2').verdict.cause, 'never-seen');
  assert.equal(explain(memory).events.length, 1);
  assert.equal(explain(memory, '10.0.0.0/8').events.length, 1);
});

test('a flood of strangers washes away nothing of those who have a key, and is bounded', () => {
  const memory = memoryOf([{ reason: 'user', user: 'x' }, 'ssh', HOME]);
  const source = { w0: 0, w1: 0, w2: 0xffff, w3: 0 };
  for (let i = 0; i < 20_000; i++) {
    source.w3 = i;
    memory.spaRefused({ reason: 'bad-hmac' }, undefined, source, 2000);
  }
  assert.equal(explain(memory).verdict.cause, 'spa-user');
  const all = explain(memory, '0.0.0.0/0');
  assert.equal(all.events.length + all.omitted, 4097);
});

test('packets with a key are bounded, too', () => {
  const memory = memoryOf();
  for (let i = 0; i < 5000; i++) memory.spaRefused({ reason: 'user', user: 'x' }, 'ssh', address(HOME), i);
  const { events, omitted } = explain(memory);
  assert.equal(events.length + omitted, 1024);
});

test('an open door behind another chain that may drop is told with what the firewall said', () => {
  const grants = [{ door: 'ssh', endsMs: 1_800_000_060_000 }];
  const now = { monotonicMs: 5000, wallMs: 1_800_000_000_000 };
  const next = (hindrances: SourceFacts['hindrances']) => {
    const prefix = parsePrefix(HOME) ?? assert.fail(HOME);
    return memoryOf().explain(prefix, { ...FACTS, grants, hindrances }, now).verdict.next;
  };
  assert.match(next([]), /whether another rule of the firewall drops the packets/);
  const text = "chain 'input' drops by default";
  assert.match(next([{ door: 'ssh', text }]), /may drop the packets all the same: chain 'input' drops/);
  assert.equal(next([{ door: 'web', text }]), next([]), 'of another door');
});
