import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FakeFirewall } from '../../test/support/fake-firewall.ts';
import { portDoor, testDoor } from '../../test/support/grant-bench.ts';
import type { Config, Door, Options } from '../config/config.ts';
import { DEFAULT_OPTIONS } from '../config/options-section.ts';
import type { GrantDoor } from '../grant/grant.ts';
import { samePlace } from './last-firewall.ts';
import { PortDoors } from './port-doors.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-port-doors-'));
after(() => rmSync(root, { recursive: true, force: true }));

const END = 1_800_000_000_000;
const A = { door: 'ssh', source: '192.0.2.7', endMs: END };

class Bench {
  readonly stateDir = mkdtempSync(join(root, 'state-'));
  readonly firewalls = new Map<string, FakeFirewall>();
  readonly logged: string[] = [];
  doors = this.newDoors();

  /** As after a restart: the firewalls are as they were. */
  newDoors(): PortDoors {
    return new PortDoors({
      stateDir: this.stateDir,
      log: { log: (level, message) => this.logged.push(`${level} ${message}`) },
      now: () => ({ monotonicMs: 0, wallMs: END - 30_000 }),
      create: ({ firewall }) => this.firewall(firewall),
    });
  }

  firewall(kind: Options['firewall']): FakeFirewall {
    const known = this.firewalls.get(kind) ?? new FakeFirewall(kind);
    this.firewalls.set(kind, known);
    return known;
  }
}

function config(firewall: Options['firewall'], ...doors: readonly GrantDoor[]): Config {
  return { options: { ...DEFAULT_OPTIONS, firewall }, doors: doors as readonly Door[], files: [] };
}

test('without doors that have ports the firewall is left alone', async () => {
  const bench = new Bench();
  assert.equal((await bench.doors.apply(config('nftables', testDoor('cmd')), [])).ok, true);
  assert.equal(bench.firewalls.size, 0);
  assert.equal(existsSync(join(bench.stateDir, 'firewall.json')), false);
});

test('the firewall is made to fit doors and grants, and opens and closes', async () => {
  const bench = new Bench();
  const firewall = bench.firewall('nftables');
  firewall.grants.set('stale', { door: 'ssh', source: '10.0.0.1', endMs: END });
  assert.equal((await bench.doors.apply(config('nftables', portDoor('ssh')), [A])).ok, true);
  assert.deepEqual([...firewall.grants.keys()], ['ssh 192.0.2.7']);
  assert.deepEqual(bench.logged, [
    'notice nftables: took out 1 that nobody has',
    'notice nftables: put in 1 that were missing',
  ]);
  assert.equal((await bench.doors.open({ ...A, source: '192.0.2.8' })).kind, 'ok');
  assert.equal((await bench.doors.close(A)).kind, 'ok');
  assert.deepEqual([...firewall.grants.keys()], ['ssh 192.0.2.8']);
});

test('the last door with ports takes everything of ours out of the firewall, also after a restart', async () => {
  for (const restart of [false, true]) {
    const bench = new Bench();
    await bench.doors.apply(config('nftables', portDoor('ssh')), [A]);
    const doors = restart ? bench.newDoors() : bench.doors;
    assert.equal((await doors.apply(config('nftables'), [])).ok, true);
    assert.equal(bench.firewall('nftables').asked.at(-1), 'remove');
    assert.equal(existsSync(join(bench.stateDir, 'firewall.json')), false);
    assert.equal((await doors.open(A)).kind, 'firewall-failed');
    assert.equal((await doors.close(A)).kind, 'ok');
  }
});

test('another firewall is put up before the old one is cleaned, also after a restart', async () => {
  for (const restart of [false, true]) {
    const bench = new Bench();
    await bench.doors.apply(config('iptables', portDoor('ssh')), [A]);
    const doors = restart ? bench.newDoors() : bench.doors;
    assert.equal((await doors.apply(config('nftables', portDoor('ssh')), [A])).ok, true);
    assert.deepEqual([...bench.firewall('iptables').grants.keys()], []);
    assert.deepEqual([...bench.firewall('nftables').grants.keys()], ['ssh 192.0.2.7']);
    assert.match(readFileSync(join(bench.stateDir, 'firewall.json'), 'utf8'), /"nftables"/);
  }
});

test('a firewall that cannot be used leaves the one before in force', async () => {
  const bench = new Bench();
  await bench.doors.apply(config('iptables', portDoor('ssh')), [A]);
  bench.firewall('nftables').error = 'not installed';
  const applied = await bench.doors.apply(config('nftables', portDoor('ssh')), [A]);
  assert.match(applied.ok ? '' : applied.error.message, /not installed/);
  assert.deepEqual([...bench.firewall('iptables').grants.keys()], ['ssh 192.0.2.7']);
  assert.match(readFileSync(join(bench.stateDir, 'firewall.json'), 'utf8'), /"iptables"/);
  assert.equal((await bench.doors.open({ ...A, source: '192.0.2.8' })).kind, 'ok');
  assert.equal(bench.firewall('iptables').grants.size, 2);
});

test('with other settings of the same firewall the old part is cleaned only where it lies elsewhere', async () => {
  const settings = { firewall: 'nftables', chain: 'INPUT', mark: { value: 1, mask: 1 } } as const;
  assert.ok(samePlace(settings, { ...settings, chain: 'knocks', mark: { value: 2, mask: 2 } }));
  assert.ok(!samePlace(settings, { ...settings, firewall: 'nftables-mark' }));
  assert.ok(
    samePlace({ ...settings, firewall: 'iptables' }, { ...settings, firewall: 'iptables', chain: 'knocks' }),
  );
});

test('an old firewall that cannot be cleaned is told', async () => {
  const bench = new Bench();
  await bench.doors.apply(config('iptables', portDoor('ssh')), []);
  bench.firewall('iptables').error = 'busy';
  assert.equal((await bench.doors.apply(config('nftables', portDoor('ssh')), [])).ok, true);
  assert.match(bench.logged.at(-1) ?? '', /error iptables was used before and keeps its rules: .*busy/);
});

test('a state file that cannot be read is told, and the daemon goes on', async () => {
  for (const text of ['', '{"firewall":"pf"}', '[]', 'null', '{"firewall":"ufw","chain":1}']) {
    const bench = new Bench();
    writeFileSync(join(bench.stateDir, 'firewall.json'), text);
    assert.equal((await bench.doors.apply(config('nftables', portDoor('ssh')), [])).ok, true);
    assert.match(bench.logged[0] ?? '', /^warning failed to read the state file/, text);
  }
});
