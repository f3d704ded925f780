import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Announcer } from './announcer.ts';
import { HostNames } from './host-names.ts';

/** A name server that answers when the test says so, or never. */
class NameServer {
  readonly asked: string[] = [];
  readonly #answers = new Map<string, (name: string | undefined) => void>();

  readonly lookUp = (address: string, signal: AbortSignal): Promise<string | undefined> => {
    this.asked.push(address);
    return new Promise((resolve) => {
      this.#answers.set(address, resolve);
      signal.addEventListener('abort', () => resolve(undefined));
    });
  };

  answer(address: string, name: string | undefined): void {
    this.#answers.get(address)?.(name);
  }
}

/** Everything that can go on without an answer has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const FOR_EVER_MS = 1_000_000;

test('the name stands behind the address, and is asked for once', async () => {
  const server = new NameServer();
  const names = new HostNames({ lookUp: server.lookUp, patienceMs: FOR_EVER_MS });
  const labels = [names.label('192.0.2.7'), names.label('192.0.2.7')];
  await settled();
  server.answer('192.0.2.7', 'host.example');
  assert.deepEqual(await Promise.all(labels), Array(2).fill('192.0.2.7 (host.example)'));
  assert.equal(names.label('192.0.2.7'), '192.0.2.7 (host.example)');
  assert.deepEqual(server.asked, ['192.0.2.7']);
});

test('the end of a look-up gives its place to the next', async () => {
  const server = new NameServer();
  const names = new HostNames({ lookUp: server.lookUp, patienceMs: FOR_EVER_MS });
  const addresses = Array.from({ length: 10 }, (_, i) => `192.0.2.${i}`);
  const labels = addresses.map((address) => names.label(address));
  await settled();
  const atOnce = server.asked.length;
  assert.ok(atOnce < addresses.length, `${atOnce} look-ups at once`);
  for (const [i, address] of addresses.entries()) {
    server.answer(address, `h${i}.example`);
    await labels[i];
    await settled();
  }
  assert.deepEqual(server.asked, addresses);
});

test('a name server that never answers costs each address the patience once, however many wait', {
  timeout: 60_000,
}, async () => {
  const server = new NameServer();
  const names = new HostNames({ lookUp: server.lookUp, patienceMs: 20 });
  const addresses = Array.from({ length: 200 }, (_, i) => `192.0.2.${i}`);
  assert.deepEqual(await Promise.all(addresses.map((address) => names.label(address))), addresses);
  const asked = server.asked.length;
  assert.equal(names.label('192.0.2.0'), '192.0.2.0');
  assert.equal(server.asked.length, asked, 'it is not asked again at once');
});

test('at the end the lines that wait for names come out, in order and without them', {
  timeout: 60_000,
}, async () => {
  const server = new NameServer();
  const names = new HostNames({ lookUp: server.lookUp, patienceMs: FOR_EVER_MS });
  const lines: string[] = [];
  const announcer = new Announcer({ log: (_, line) => lines.push(line) }, names);
  const expected = Array.from({ length: 20 }, (_, i) => `192.0.2.${i}: a: Stage 1`);
  for (const line of expected)
    announcer.about('notice', line.split(':')[0] ?? '', (label) => `${label}: a: Stage 1`);
  assert.deepEqual(lines, []);
  names.close();
  await announcer.flush();
  assert.deepEqual(lines, expected);
  assert.equal(names.label('198.51.100.1'), '198.51.100.1', 'nothing is asked after the end');
});

test('the machine itself is asked, /etc/hosts with it', async () => {
  assert.equal(await new HostNames().label('127.0.0.1'), '127.0.0.1 (localhost)');
});
