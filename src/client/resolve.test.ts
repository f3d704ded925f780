import assert from 'node:assert/strict';
import test from 'node:test';
import { OpError } from '../base/op-error.ts';
import { type Family, resolveHost } from './resolve.ts';

async function failure(host: string, family: Family): Promise<OpError> {
  try {
    await resolveHost(host, family);
  } catch (error) {
    assert.ok(error instanceof OpError);
    return error;
  }
  assert.fail(`'${host}' was resolved`);
}

test('an address literal is itself, of its own family or of any', async () => {
  for (const literal of ['192.0.2.1', '2001:db8::1', 'fe80::1%lo', '::ffff:192.0.2.1']) {
    const family = literal.includes(':') ? 6 : 4;
    assert.deepEqual(await resolveHost(literal, 0), [literal]);
    assert.deepEqual(await resolveHost(literal, family), [literal]);
  }
});

test('a literal of the family that is not forced is refused with a hint', async () => {
  const v6 = await failure('::1', 4);
  assert.equal(v6.message, "failed to resolve '::1': it is an IPv6 address, and IPv4 is forced");
  assert.equal(v6.hint, 'leave out -4');
  assert.equal((await failure('192.0.2.1', 6)).hint, 'leave out -6');
});

test('numbers that the C library takes as IPv4 addresses are resolved as it does', async () => {
  assert.deepEqual(await resolveHost('127.1', 0), ['127.0.0.1']);
  assert.deepEqual(await resolveHost('0x7f000001', 4), ['127.0.0.1']);
});

test('a name of this machine gives addresses of the forced family alone', async () => {
  assert.deepEqual(await resolveHost('localhost', 4), ['127.0.0.1']);
});

test('a name that cannot be one is an error that quotes it', async () => {
  const error = await failure('bad..name', 0);
  assert.match(error.message, /^failed to resolve 'bad\.\.name': /);
  assert.ok(error.hint !== undefined);
});
