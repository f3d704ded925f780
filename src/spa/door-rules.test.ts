/** What a door allows of an authentic packet. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { access, address, door, HOME, packet, port } from '../../test/support/spa-yard.ts';
import { formatIpAddress } from '../net/ip-address.ts';
import { parsePrefix } from '../net/prefix.ts';
import { applyRules } from './door-rules.ts';
import type { SpaDoor } from './spa-door.ts';
import type { SpaMessage, SpaPacket } from './spa-packet.ts';

function ruled(changes: Partial<SpaDoor>, what: Partial<SpaPacket> = {}, source = HOME) {
  return applyRules(door(changes), { ...packet(what), digest: 'sha256' }, address(source));
}

function prefixes(...texts: readonly string[]) {
  return texts.map((text) => parsePrefix(text) ?? assert.fail(text));
}

const asks = (message: SpaMessage) => ({ message });

const GIVEN: readonly (readonly [string, ReturnType<typeof ruled>, string])[] = [
  ['its own address and port', ruled({}), HOME],
  ['an allowed user', ruled({ users: ['bob', 'alice'] }), HOME],
  ['any source, where the door says so', ruled({ anySource: true }, asks(access('tcp/22', '0.0.0.0'))), HOME],
  ['another address, where the door says so', ruled({ otherAddress: true }, {}, '203.0.113.9'), HOME],
  ['an allowed source', ruled({ allowFrom: prefixes('203.0.113.0/24', '198.51.100.0/24') }), HOME],
  ['the longest timeout', ruled({}, asks(access('tcp/22', HOME, 60))), HOME],
  ['an IPv6 address', ruled({}, asks(access('tcp/22', '2001:db8::7')), '2001:db8::7'), '2001:db8::7'],
  [
    'ports of several ranges',
    ruled(
      {
        ports: [
          { protocol: 'tcp', first: 20, last: 29 },
          { protocol: 'udp', first: 53, last: 53 },
        ],
      },
      asks(access('tcp/20,tcp/29,udp/53')),
    ),
    HOME,
  ],
];

for (const [name, result, opens] of GIVEN) {
  test(`given: ${name}`, () => {
    assert.ok(result.ok, JSON.stringify(result));
    assert.equal(formatIpAddress(result.value.address), opens);
  });
}

const REFUSED: readonly (readonly [string, ReturnType<typeof ruled>, object])[] = [
  ['another user', ruled({ users: ['bob'] }), { reason: 'user', user: 'alice' }],
  ['a user in other case', ruled({ users: ['Alice'] }), { reason: 'user', user: 'alice' }],
  ['any user where there is none', ruled({ users: [] }), { reason: 'user', user: 'alice' }],
  [
    'a source that is not allowed',
    ruled({ allowFrom: prefixes('203.0.113.0/24', '2001:db8::/32') }),
    { reason: 'source-not-allowed' },
  ],
  [
    'a command',
    ruled({}, asks({ kind: 'command', address: address(HOME), command: 'reboot' })),
    { reason: 'command' },
  ],
  ...(['nat', 'local-nat'] as const).map(
    (kind) =>
      [
        kind,
        ruled(
          {},
          asks({
            kind,
            address: address(HOME),
            ports: [port('tcp/22')],
            timeoutS: undefined,
            nat: { host: '10.0.0.1', port: 22 },
          }),
        ),
        { reason: 'nat' },
      ] as const,
  ),
  ['an address left open', ruled({}, asks(access('tcp/22', '0.0.0.0'))), { reason: 'any-source' }],
  ['another address', ruled({}, {}, '203.0.113.9'), { reason: 'address-differs', address: address(HOME) }],
  [
    'an IPv6 packet for an IPv4 address',
    ruled({ anySource: true }, {}, '2001:db8::7'),
    { reason: 'address-differs', address: address(HOME) },
  ],
  [
    'a port below the offer',
    ruled({}, asks(access('tcp/21'))),
    { reason: 'port-not-offered', port: port('tcp/21') },
  ],
  [
    'another protocol',
    ruled({}, asks(access('udp/22'))),
    { reason: 'port-not-offered', port: port('udp/22') },
  ],
  [
    'one port too many',
    ruled({}, asks(access('tcp/22,tcp/23'))),
    { reason: 'port-not-offered', port: port('tcp/23') },
  ],
  [
    'a longer time',
    ruled({}, asks(access('tcp/22', HOME, 61))),
    { reason: 'timeout-too-long', timeoutS: 61, maxTimeoutS: 60 },
  ],
];

for (const [name, result, refusal] of REFUSED) {
  test(`refused: ${name}`, () => {
    assert.deepEqual(result, { ok: false, error: refusal });
  });
}
