import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MAX_DELAY_MS, MAX_KNOCKS, parseDelayMs, planKnocks, type ServiceLookup } from './plan.ts';

const SERVICES: ServiceLookup = (name, protocol) => {
  if (name === 'ssh' && protocol === 'tcp') return 22;
  return name === 'domain' ? 53 : undefined;
};

/** `host knock knock...` with every knock as `protocol/port`; or the error and its hint. */
function plan(operands: readonly string[], allUdp = false): string {
  const result = planKnocks(operands, allUdp, SERVICES);
  if (!result.ok) return `${result.error.message} | ${result.error.hint}`;
  const { host, knocks } = result.value;
  return [host, ...knocks.map(({ protocol, port }) => `${protocol}/${port}`)].join(' ');
}

const ACCEPTED: readonly (readonly [fact: string, operands: string, expected: string])[] = [
  ['a port alone is tcp', 'h 7000', 'h tcp/7000'],
  ['the order and repetitions are kept', 'h 2 1:udp 2 2', 'h tcp/2 udp/1 tcp/2 tcp/2'],
  ['the protocol is read in any case', 'h 1:TCP 2:Udp', 'h tcp/1 udp/2'],
  ['the first and the last port are taken', 'h 1 65535', 'h tcp/1 tcp/65535'],
  ['leading zeros are decimal', 'h 07000', 'h tcp/7000'],
  ['a service name is looked up for its protocol', 'h ssh domain:udp', 'h tcp/22 udp/53'],
  ['an IPv6 literal is a host', '2001:db8::1 7', '2001:db8::1 tcp/7'],
  ['an IPv6 literal keeps its interface', 'fe80::1%eth0 7', 'fe80::1%eth0 tcp/7'],
  ['an IPv6 literal may stand in brackets', '[::1] 7', '::1 tcp/7'],
  ['brackets around anything else are left to the resolver', '[host] 7', '[host] tcp/7'],
];

for (const [fact, operands, expected] of ACCEPTED) {
  test(fact, () => assert.equal(plan(operands.split(' ')), expected));
}

test('with --udp every knock is a datagram, even one that says tcp', () => {
  assert.equal(plan(['h', '1', '2:tcp', '3:udp'], true), 'h udp/1 udp/2 udp/3');
});

test('the port is kept as it was written', () => {
  const result = planKnocks(['h', '07', 'ssh'], false, SERVICES);
  assert.deepEqual(result.ok && result.value.knocks.map(({ portText }) => portText), ['07', 'ssh']);
});

const REFUSED: readonly (readonly [fact: string, operands: readonly string[], expected: RegExp])[] = [
  ['no operand', [], /^no host given \| .*HOST PORT/],
  ['an empty host', ['', '1'], /^host '': expected a name or an address/],
  ['a host alone', ['h'], /^no port given for host 'h' \| .*HOST PORT/],
  ['port 0', ['h', '0'], /^knock '0': expected a port from 1 to 65535 or a tcp service name/],
  ['a port above 65535', ['h', '65536'], /^knock '65536': expected a port/],
  ['a number too long for a port', ['h', '00007000'], /^knock '00007000': expected a port/],
  ['a sign', ['h', '+7000'], /^knock '\+7000': expected a port/],
  ['a word that is no service', ['h', '7000x'], /^knock '7000x': expected a port/],
  ['a service of another protocol', ['h', 'ssh:udp'], /^knock 'ssh:udp': .* or a udp service name/],
  ['an empty word', ['h', ''], /^knock '': expected a port/],
  ['an empty port', ['h', ':udp'], /^knock ':udp': expected a port/],
  ['an empty protocol', ['h', '7000:'], /^knock '7000:': expected 'tcp' or 'udp' after the colon/],
  ['another protocol', ['h', '7000:icmp'], /^knock '7000:icmp': .* \| write '7000:udp'/],
  ['two protocols', ['h', '7000:tcp:udp'], /^knock '7000:tcp:udp': expected 'tcp' or 'udp'/],
  ['commas between ports', ['h', '7000,8000'], /^knock '7000,8000': .* \| separate ports by spaces/],
  ['an option behind --', ['h', '-v'], /^knock '-v': .* \| options stand before --/],
];

for (const [fact, operands, expected] of REFUSED) {
  test(`${fact} is refused with what was expected`, () => assert.match(plan(operands), expected));
}

test('one fault anywhere refuses the whole plan', () => {
  assert.match(plan(['h', '1', '2', 'x', '3']), /^knock 'x'/);
});

test('the number of knocks is bounded', () => {
  const ports = Array.from({ length: MAX_KNOCKS }, () => '7');
  assert.ok(planKnocks(['h', ...ports], false, SERVICES).ok);
  assert.match(plan(['h', ...ports, '7']), /^1025 ports: expected at most 1024 \| send them in several runs/);
});

test('any operands give a plan with ports in range, or an error of one line with a hint', () => {
  const word = fc.oneof(
    fc.string(),
    fc.nat(70_000).map(String),
    fc.constantFrom('7:udp', 'ssh', ':', '1:tcp'),
  );
  const { POSTERN_SEED } = process.env;
  const seed = Number(POSTERN_SEED ?? Date.now() % 2 ** 31);
  console.log(`seed ${seed}: POSTERN_SEED=${seed} repeats this run`);
  fc.assert(
    fc.property(fc.array(word), fc.boolean(), (operands, allUdp) => {
      const result = planKnocks(operands, allUdp, SERVICES);
      if (!result.ok) return result.error.hint !== '' && result.error.message !== '';
      return result.value.knocks.every(({ port }) => port >= 1 && port <= 65_535);
    }),
    { seed, numRuns: 2000 },
  );
});

test('a delay is whole milliseconds up to an hour', () => {
  for (const text of ['0', '200', '007', String(MAX_DELAY_MS)]) {
    assert.deepEqual(parseDelayMs(text), { ok: true, value: Number(text) });
  }
  for (const text of ['', '-5', '0.5', '1e3', 'x', '200ms', '3600001', '99999999999999999999']) {
    const result = parseDelayMs(text);
    assert.ok(!result.ok && result.error.message.startsWith(`delay '${text}': expected whole milliseconds`));
  }
});
