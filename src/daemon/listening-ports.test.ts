import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { PortSet } from '../knock/port-set.ts';
import { TCP, UDP } from '../net/protocol.ts';
import { ListeningPorts, portsInState } from './listening-ports.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:0CEA 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
 102: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0 0 0 3
`;

test('only sockets in the state are listed, IPv4 and IPv6', () => {
  assert.deepEqual(portsInState(TABLE, '0A'), [22, 8080]);
});

test('a port on which this machine listens is found, and only for its protocol', async (t) => {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  const { port } = server.address() as { readonly port: number };
  let found: PortSet | undefined;
  const ports = new ListeningPorts((set) => {
    found = set;
  });
  await ports.refresh(0);
  assert.equal(found?.has(TCP, port), true);
  assert.equal(found?.has(UDP, port), false);
});

test('the tables are read at most once a second', async () => {
  let reads = 0;
  const ports = new ListeningPorts(() => {
    reads++;
  });
  await ports.refresh(0);
  await ports.refresh(999);
  assert.equal(reads, 1);
  await ports.refresh(1000);
  assert.equal(reads, 2);
});
