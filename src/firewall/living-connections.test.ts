import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { test } from 'node:test';
import { formatIpAddress } from '../net/ip-address.ts';
import { readConnection } from './living-connections.ts';

const REST = '00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 20 4 30 10 -1';
const isLittle = endianness() === 'LE';

function text(line: string): string | undefined {
  const found = readConnection(`${line} ${REST}`);
  return found && `${formatIpAddress(found.peer)} ${found.peerPort} ${found.localPort}`;
}

test('lines of /proc/net/tcp and tcp6', {
  skip: isLittle ? undefined : 'these are from a little-endian machine',
}, () => {
  assert.equal(text('   0: 0100090A:0016 0200090A:D431 01'), '10.9.0.2 54321 22');
  const [own, peer] = ['000000FD000000000000000001000000', '000000FD000000000000000001000000'];
  assert.equal(text(` 12: ${own}:08AE ${peer}:0001 08`), 'fd00::1 1 2222');
  const mapped = '0000000000000000FFFF00000200090A';
  assert.equal(text(`  3: ${mapped}:0016 ${mapped}:0016 01`), '10.9.0.2 22 22');
});

test('sockets that listen, wait or ask are no living connections, nor is what is no line', () => {
  for (const state of ['02', '03', '06', '07', '0A']) {
    assert.equal(text(`   0: 0100090A:0016 0200090A:D431 ${state}`), undefined);
  }
  assert.equal(readConnection(''), undefined);
  assert.equal(readConnection('  sl  local_address rem_address   st tx_queue rx_queue'), undefined);
});
