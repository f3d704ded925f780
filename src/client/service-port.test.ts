import assert from 'node:assert/strict';
import test from 'node:test';
import { findService } from './service-port.ts';

const TABLE = `# comment ssh 1/tcp
ssh\t\t22/tcp\t\t\t# Secure Shell
domain  53/tcp
domain  53/udp  nameserver dns # DNS
broken  none
huge    123456/tcp
`;

test('a service is found by name and protocol', () => {
  assert.equal(findService(TABLE, 'ssh', 'tcp'), 22);
  assert.equal(findService(TABLE, 'domain', 'udp'), 53);
});

test('a service is found by an alias', () => {
  assert.equal(findService(TABLE, 'dns', 'udp'), 53);
});

test('another protocol, comments, bad lines and the empty name find nothing', () => {
  assert.equal(findService(TABLE, 'ssh', 'udp'), undefined);
  for (const name of ['Secure', 'comment', '#', 'broken', 'huge', '22/tcp', '', 'ss.']) {
    assert.equal(findService(TABLE, name, 'tcp'), undefined, name);
  }
});
