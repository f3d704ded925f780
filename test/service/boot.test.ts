/**
 * The service under systemd itself. It takes half a minute and wants an unpacked package: `npm run test:installed DIRECTORY`.
 */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bootAndRun } from './container.ts';

const { POSTERN_PROGRAMS: programs = '' } = process.env;
const skip = missing();

const CONFIG = `[options]\nInterface = any\n
[ssh]\nSequence = 7301,4812:udp,5904\nTCPFlags = syn\nOpen = tcp/22\nOpen_For = 10m\n`;

/** Waits until a process other than the one before is up. */
const SCRIPT = `
pid() { systemctl show knockd -p MainPID --value; }
again() { old=$(pid); systemctl kill -s KILL knockd
  for try in $(seq 300); do
    case $(pid) in 0 | $old) ;; *) [ "$(systemctl is-active knockd)" = active ] && return ;; esac; sleep 0.1
  done; }
say() { echo "$1: $(tr '\\n' ' ')"; }
systemctl is-active knockd | say start
[ "$(systemctl is-active knockd)" = active ] || { journalctl --no-pager -u knockd; exit; }
systemctl show knockd -p StatusText --value | say status
grep -E '^(Uid|CapEff|NoNewPrivs|Seccomp):' /proc/$(pid)/status | tr '\\t' ' ' | say process
knock -d 30 10.5.5.5 7301 4812:udp 5904
for try in $(seq 100); do postern status | grep -q '^  10.5.5.5' && break; sleep 0.1; done
postern status | grep '^  10.5.5.5' | say open
postern ban 192.0.2.5 > /dev/null
echo '[web]
Sequence = 6301,6122:udp,5904
Command = id -u > /etc/witness' >> /etc/knockd.conf
systemctl reload knockd; echo "reload: $?"
cp /etc/knockd.conf /etc/good; echo '[bad' >> /etc/knockd.conf
systemctl reload knockd 2> /dev/null; echo "bad reload: $? $(systemctl is-active knockd)"
cp /etc/good /etc/knockd.conf
setpriv --reuid 12345 --clear-groups postern status 2>&1 | head -n 1 | say other
again; postern status | grep -E '^  (10.5.5.5|192.0.2.5)' | say killed
install -D -m 644 /opt/commands.conf /etc/systemd/system/knockd.service.d/commands.conf; systemctl daemon-reload
again; postern status | grep -E '^  (10.5.5.5|192.0.2.5)' | say root
knock -d 30 10.5.5.5 6301 6122:udp 5904
for try in $(seq 100); do [ -s /etc/witness ] && break; sleep 0.1; done
say command < /etc/witness
rm /etc/systemd/system/knockd.service.d/commands.conf; systemctl daemon-reload
again; postern status | grep -E '^  (10.5.5.5|192.0.2.5)' | say back
systemctl stop knockd; systemctl show knockd -p Result --value | say stop
nft list ruleset | grep -c 10.5.5.5 | say left
`;

test('under systemd it starts, reloads, is started again, changes its user, and keeps what is open', {
  skip,
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-boot-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const said = bootAndRun({ programs, config: CONFIG, script: SCRIPT, folder });
  const line = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(said)?.[1]?.trim() ?? said;
  assert.equal(line('start'), 'active', said);
  assert.equal(line('status'), 'listening on any; doors: 1 on; open: 0');
  assert.match(line('process'), /Uid: [1-9].*CapEff: 0000000000003004 NoNewPrivs: 1 Seccomp: 2$/);
  assert.match(line('open'), /^10\.5\.5\.5 {2}ssh/);
  assert.equal(line('reload'), '0');
  assert.equal(line('bad reload'), '1 active');
  assert.match(line('other'), /permission denied$/);
  for (const time of ['killed', 'root', 'back'])
    assert.match(line(time), /10\.5\.5\.5 {2}ssh.* 192\.0\.2\.5/);
  assert.equal(line('command'), '0');
  assert.equal(line('stop'), 'success');
  assert.equal(line('left'), '0');
});

function missing(): string | undefined {
  if (!existsSync(join(programs, 'usr/lib/postern'))) return 'POSTERN_PROGRAMS names no unpacked package';
  if (process.getuid?.() !== 0) return 'only root can do it';
  return existsSync('/lib/systemd/systemd') ? undefined : 'systemd is not installed';
}
