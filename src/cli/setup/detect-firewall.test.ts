import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunProgram } from '../../firewall/run-program.ts';
import { detectFirewall } from './detect-firewall.ts';

/** A machine where these programs say that; others are missing. */
function machine(said: Readonly<Record<string, string>>): RunProgram {
  return async (file) => {
    const stdout = said[file];
    return stdout === undefined
      ? { kind: 'could-not-start', code: 'ENOENT', error: 'no such program' }
      : { kind: 'exited', status: 0, stdout, stderr: '' };
  };
}

const OPEN = '-P INPUT ACCEPT\n-A INPUT -p tcp --dport 80 -j DROP\n';

test('what runs on the machine decides', async () => {
  const cases = [
    [{}, 'nftables'],
    [{ iptables: OPEN }, 'nftables'],
    [{ iptables: '-P INPUT DROP\n' }, 'nftables-mark'],
    [{ iptables: `${OPEN}-A INPUT -j REJECT --reject-with icmp-port-unreachable\n` }, 'nftables-mark'],
    [{ ufw: 'Status: inactive\n', iptables: OPEN }, 'nftables'],
    [{ ufw: 'Status: active\n\nTo  Action  From\n', iptables: '-P INPUT DROP\n' }, 'ufw'],
    [{ 'firewall-cmd': 'running\n', iptables: '-P INPUT DROP\n' }, 'firewalld'],
    [{ 'firewall-cmd': 'not running\n' }, 'nftables'],
  ] as const;
  for (const [said, kind] of cases) {
    const choice = await detectFirewall(machine(said));
    assert.equal(choice.kind, kind, JSON.stringify(said));
  }
});

test('what a program says when it fails does not count', async () => {
  const failing: RunProgram = async () => ({
    kind: 'exited',
    status: 1,
    stdout: 'running\nStatus: active\n-P INPUT DROP\n',
    stderr: '',
  });
  assert.equal((await detectFirewall(failing)).kind, 'nftables');
});
