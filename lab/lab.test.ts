import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { enterLab, isInLab, labProblem } from './enter.ts';
import { Lab } from './lab.ts';
import { until } from './until.ts';

const skip = await enterLab();

test('the process runs among private interfaces and with an empty /run', { skip }, () => {
  const lab = new Lab();
  assert.ok(isInLab());
  assert.equal(labProblem(), undefined);
  assert.match(lab.self.ip('-o', 'link'), /^1: lo:[^\n]*\n$/);
  assert.ok(readdirSync('/run').every((name) => name === 'netns'));
});

test('two hosts on a wire reach each other by IPv4 and IPv6 at once', { skip }, async (t) => {
  const lab = new Lab();
  t.after(() => lab.close());
  const a = lab.host('a');
  const b = lab.host('b');
  const v6 = (address: string) => (lab.hasIpv6 ? [address] : []);
  lab.wire(
    { host: a, addresses: ['10.0.0.1/24', ...v6('fd00::1/64')] },
    { host: b, name: 'wan0', addresses: ['10.0.0.2/24', ...v6('fd00::2/64')] },
  );
  for (const address of ['10.0.0.1', ...v6('fd00::1')]) assert.equal(await greeting(a, b, address), 'hello');
});

test('three hosts on a switch have addresses of their own and reach each other', { skip }, async (t) => {
  const lab = new Lab();
  t.after(() => lab.close());
  const hosts = ['a', 'b', 'c'].map((name) => lab.host(name));
  lab.lan(hosts.map((host, i) => ({ host, addresses: [`192.168.0.${100 + i}/24`] })));
  const [a, b, c] = hosts as [(typeof hosts)[0], (typeof hosts)[0], (typeof hosts)[0]];
  assert.equal(await greeting(a, b, '192.168.0.100'), 'hello');
  assert.equal(await greeting(c, b, '192.168.0.102'), 'hello');
});

test('each host has a firewall of its own', { skip }, async (t) => {
  const lab = new Lab();
  t.after(() => lab.close());
  const a = lab.host('a');
  const b = lab.host('b');
  a.iptables('-P', 'INPUT', 'DROP');
  assert.match(a.iptables('-S', 'INPUT'), /-P INPUT DROP/);
  assert.match(b.iptables('-S', 'INPUT'), /-P INPUT ACCEPT/);
});

test('a failing command says where it ran, its status and what it printed', { skip }, async (t) => {
  const lab = new Lab();
  t.after(() => lab.close());
  const a = lab.host('a');
  await assert.rejects(a.exec('sh', ['-c', 'echo oops >&2; exit 3']), /a: 'sh -c .* status 3:\noops/s);
  assert.throws(() => a.ip('link', 'show', 'nothing'), /nothing/);
  assert.equal((await a.attempt('sh', ['-c', 'exit 4'])).status, 4);
});

test('waiting for words of a program that ended without them fails at once', { skip }, async (t) => {
  const lab = new Lab();
  t.after(() => lab.close());
  const program = lab.host('a').spawn('echo', ['something else']);
  await assert.rejects(
    program.waitFor('ready', { timeoutMs: 60_000 }),
    /ended without 'ready':\nsomething else/,
  );
});

test('closing ends what still runs and takes the hosts away', { skip }, async () => {
  const lab = new Lab();
  const program = lab.host('a').spawn('sleep', ['600']);
  await until(() => existsSync('/run/netns/a'));
  await lab.close();
  assert.equal((await program.ended).signal, 'SIGKILL');
  assert.ok(!existsSync('/run/netns/a'));
});

test('an orphan that ended leaves no process behind', { skip }, async (t) => {
  const lab = new Lab();
  t.after(() => lab.close());
  const pid = (await lab.host('a').exec('sh', ['-c', 'sleep 0.01 >&- 2>&- & echo $!'])).trim();
  await until(() => !existsSync(`/proc/${pid}`), { what: `the end of process ${pid}` });
});

/** What `to` reads from a server on `from`. */
async function greeting(from: import('./host.ts').Host, to: import('./host.ts').Host, address: string) {
  const code = `require('net').createServer((s) => s.end('hello')).listen(5000, '${address}', () => console.log('up'))`;
  const server = from.spawn(process.execPath, ['-e', code]);
  await server.waitFor('up');
  const client = `require('net').connect(5000, '${address}').pipe(process.stdout)`;
  return to.exec(process.execPath, ['-e', client]);
}
