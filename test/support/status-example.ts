/** A status with something of everything. */

import type { StatusAnswer } from '../../src/control/status.ts';

export const STATUS: StatusAnswer = {
  kind: 'status',
  version: '0.1.0',
  pid: 42,
  startedAt: '2026-11-25T09:00:00.000Z',
  uptimeMs: 90_061_000,
  config: { file: '/etc/knockd.conf', loadedAt: '2026-11-25T09:00:00.000Z', failedReload: null },
  interfaces: [
    { name: 'eth0', state: 'listening' },
    { name: 'wg0', state: 'waiting' },
  ],
  doors: {
    count: 1002,
    shown: [
      {
        name: 'ssh',
        state: 'on',
        does: 'ports',
        ports: ['tcp/22'],
        opensForMs: 30_000,
        closes: [],
        allowFrom: ['192.0.2.0/24'],
        opensBy: 'sequence',
        matches: 3,
      },
      {
        name: 'a "b" \\c',
        state: 'off',
        why: 'no sequence is left',
        does: 'closes',
        ports: [],
        opensForMs: null,
        closes: ['ssh'],
        allowFrom: [],
        opensBy: 'one-time',
        matches: 0,
        sequence: '',
      },
    ],
  },
  attempts: { count: 5, shown: [{ source: '192.0.2.9', doors: ['ssh', 'web'], stage: 1, ageMs: 1500 }] },
  grants: {
    count: 2,
    shown: [
      { door: 'ssh', source: '192.0.2.7', phase: 'open', endsAt: '2026-11-25T09:00:10.000Z' },
      { door: 'ssh', source: '2001:db8::/64', phase: 'closing', endsAt: null },
    ],
  },
  bans: { count: 1, shown: [{ prefix: '198.51.100.0/24', by: 'hand', endsAt: null }] },
  counters: {
    packetsReceived: 100,
    packetsDropped: 1,
    matches: 3,
    timeouts: 2,
    scans: 1,
    opened: 2,
    refreshed: 1,
    closed: 1,
    refused: { 'not-allowed': 4, 'door-off': 1 },
    spaRefused: { 'bad-hmac': 2 },
    commandsStarted: 7,
    commandsFailed: {},
  },
  journal: { path: '/var/lib/postern/journal', healthy: false, writes: 9 },
};
