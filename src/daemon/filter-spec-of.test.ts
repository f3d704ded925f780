import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnockDoor } from '../knock/knock-door.ts';
import { parseIpAddress } from '../net/ip-address.ts';
import { filterSpecOf } from './filter-spec-of.ts';

const ANY_FLAGS = { mask: 0, value: 0 };
const SYN = { mask: 2, value: 2 };
const OWN = [parseIpAddress('192.0.2.1')!];

function door(steps: KnockDoor['steps'], more: Partial<KnockDoor> = {}): KnockDoor {
  return { name: 'a', steps, seqTimeoutMs: 1000, tcpFlags: ANY_FLAGS, target: undefined, ...more };
}

function specOf(doors: readonly KnockDoor[], onlyIpv4 = false) {
  return filterSpecOf({ doors, ignorePorts: [], onlyIpv4 }, OWN);
}

test('doors without a UDP step pass no UDP at all', () => {
  const { udp, udpStrays, synStrays } = specOf([door([{ port: 7000, protocol: 'tcp' }])]);
  assert.deepEqual({ udp, udpStrays, synStrays }, { udp: [], udpStrays: false, synStrays: true });
});

test('one UDP step passes UDP to every port, so that strays are seen', () => {
  const { udp, udpStrays } = specOf([door([{ port: 7000, protocol: 'udp' }])]);
  assert.deepEqual({ udp, udpStrays }, { udp: [7000], udpStrays: true });
});

test('ports are passed by the flags that their doors ask for', () => {
  const { tcp } = specOf([
    door([{ port: 1, protocol: 'tcp' }]),
    door([{ port: 2, protocol: 'tcp' }], { tcpFlags: SYN }),
    door([{ port: 3, protocol: 'tcp' }], { tcpFlags: SYN }),
  ]);
  assert.deepEqual(tcp, [
    { ...ANY_FLAGS, ports: [1] },
    { ...SYN, ports: [2, 3] },
  ]);
});

test('destinations are the own addresses and the targets', () => {
  const target = parseIpAddress('198.51.100.7')!;
  assert.deepEqual(specOf([door([{ port: 1, protocol: 'tcp' }], { target })]).addresses, [...OWN, target]);
});

test('doors that are off pass nothing; -4 passes no IPv6', () => {
  const { synStrays, ipv6 } = specOf([door([])], true);
  assert.deepEqual({ synStrays, ipv6 }, { synStrays: false, ipv6: false });
});
