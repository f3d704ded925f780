import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fields } from './init-fields.ts';
import { askAll } from './init-questions.ts';

const QUESTIONS = fields({ firewall: 'nftables', interface: 'eth0', server: 'home.example' });

/** Somebody who types one line for each question. */
async function answered(...lines: readonly string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const said = text(output);
  const waiting = [...lines];
  output.on('data', (chunk: Buffer) => {
    if (!chunk.toString().includes('] ')) return;
    const line = waiting.shift();
    setImmediate(() => (line === undefined ? input.end() : input.write(`${line}\n`)));
  });
  const answers = await askAll(QUESTIONS, input, output);
  output.end();
  return { answers, said: await said };
}

test('Enter gives the usual, and what does not fit is asked again', async () => {
  const { answers, said } = await answered('', 'magic', 'spa', 'tcp/443', '', 'ufw', '', 'vpn.example');
  assert.deepEqual(answers, {
    door: 'ssh',
    method: 'spa',
    open: 'tcp/443',
    for: '30s',
    firewall: 'ufw',
    interface: 'eth0',
    server: 'vpn.example',
  });
  assert.match(said, /'magic': expected one of sequence, totp, spa\n/);
});

test('what is typed ahead counts', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  output.resume();
  input.end('home\ntotp\n\n\n\n\nme.example\n');
  const answers = await askAll(QUESTIONS, input, output);
  assert.deepEqual([answers?.door, answers?.method, answers?.server], ['home', 'totp', 'me.example']);
});

test('an input that ends gives no answers', async () => {
  const { answers } = await answered('home');
  assert.equal(answers, undefined);
});
