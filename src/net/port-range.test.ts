import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPortRanges, parsePortRange } from './port-range.ts';

test('a port, and ports from one to another, are read and written', () => {
  const cases = ['tcp/22', 'udp/60000-61000', 'tcp/1', 'udp/65535'];
  for (const text of cases) {
    const range = parsePortRange(text);
    assert.equal(range && formatPortRanges([range]), text);
  }
  assert.deepEqual(parsePortRange('TCP/22'), { protocol: 'tcp', first: 22, last: 22 });
  assert.deepEqual(parsePortRange('tcp/22-22'), { protocol: 'tcp', first: 22, last: 22 });
});

test('what is no port is refused', () => {
  const bad = [
    '',
    '22',
    'tcp',
    'tcp/',
    'tcp/0',
    'tcp/65536',
    'icmp/8',
    'tcp/22-',
    'tcp/-22',
    'tcp/9-8',
    'tcp/2 2',
  ];
  for (const text of [...bad, 'tcp/22:udp', ' tcp/22', 'tcp/22-23-24'])
    assert.equal(parsePortRange(text), undefined);
});
