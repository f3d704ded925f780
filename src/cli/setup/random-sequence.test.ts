import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomSequence, sequenceText } from './random-sequence.ts';

test('no drawn sequence has what the rules warn of', () => {
  for (let turn = 0; turn < 2000; turn++) {
    const steps = randomSequence(4 + (turn % 5), () => false);
    const ports = steps.map(({ port }) => port);
    const text = sequenceText(steps);
    assert.ok(ports.length >= 4, text);
    assert.ok(
      ports.every((port) => port >= 1024 && port <= 65_535),
      text,
    );
    assert.equal(new Set(steps.map(({ protocol }) => protocol)).size, 2, text);
    const signs = new Set(ports.slice(1).map((port, at) => Math.sign(port - ports[at]!)));
    assert.deepEqual([...signs].toSorted(), [-1, 1], text);
    for (const [at, port] of ports.entries())
      for (const other of ports.slice(at + 1)) assert.ok(Math.abs(port - other) > 1000, text);
  }
});

test('ports that are taken, well known or in order are drawn anew', () => {
  // Each step is a draw of a port and one of a protocol.
  const sequence = (...steps: readonly (readonly [number, number])[]) =>
    steps.flatMap(([port, protocol]) => [port - 1024, protocol]);
  const draws = [
    ...sequence([2000, 0], [12_000, 1], [30_123, 0], [40_000, 1]), // ascending
    ...sequence([45_001, 0], [2222, 1], [30_123, 0], [17_000, 1]), // well known
    ...sequence([45_001, 0], [9001, 0], [30_123, 0], [17_000, 0]), // one protocol
    ...sequence([45_001, 0], [9001, 1], [30_123, 0], [30_124, 1]), // neighbours
    ...sequence([45_001, 0], [9001, 1], [30_124, 0], [17_000, 1]), // taken
    ...sequence([45_001, 0], [9001, 1], [30_123, 0], [17_000, 1]),
  ];
  const drawn = randomSequence(
    4,
    ({ port, protocol }) => port === 30_124 && protocol === 'tcp',
    () => draws.shift()!,
  );
  assert.equal(sequenceText(drawn), '45001,9001:udp,30123,17000:udp');
  assert.deepEqual(draws, []);
});
