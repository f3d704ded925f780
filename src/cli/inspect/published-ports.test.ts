import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunProgram } from '../../firewall/run-program.ts';
import { formatPortRanges } from '../../net/port-range.ts';
import { publishedPorts } from './published-ports.ts';

const RULES = `*nat
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
-A DOCKER -d 192.0.2.1/32 ! -i docker0 -p udp -m udp --dport 5000:5010 -j DNAT --to-destination 172.17.0.3
-A PREROUTING -p tcp -m tcp --dport 443 -j REDIRECT --to-ports 8443
COMMIT
`;

const end = (status: number, stdout: string) => ({ kind: 'exited', status, stdout, stderr: '' }) as const;

test('ports that are translated to elsewhere are published, and no others', async () => {
  const machine: RunProgram = async (file) => end(0, file === 'iptables-save' ? RULES : '');
  assert.equal(formatPortRanges(await publishedPorts(machine)), 'tcp/8080,udp/5000-5010');
});

test('what a program says when it fails does not count', async () => {
  assert.deepEqual(await publishedPorts(async () => end(1, RULES)), []);
  const missing: RunProgram = async () => ({
    kind: 'could-not-start',
    code: 'ENOENT',
    error: 'no such program',
  });
  assert.deepEqual(await publishedPorts(missing), []);
});
