import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programError } from './program-error.ts';
import { runProgram } from './run-program.ts';

const sh = (script: string, options = {}) => runProgram('sh', ['-c', script], options);

test('status, both outputs and the input are passed on; words go through unchanged', async () => {
  const end = await runProgram('sh', ['-c', 'cat; printf %s "$1" >&2; exit 3', 'sh', '$(id) "; *'], {
    input: 'given',
  });
  assert.deepEqual(end, { kind: 'exited', status: 3, stdout: 'given', stderr: '$(id) "; *' });
});

test('a program that does not read its input is no trouble', async () => {
  const end = await sh('exec <&-; exit 0', { input: 'x'.repeat(1_000_000) });
  assert.equal(end.kind === 'exited' && end.status, 0);
});

test('a signal is a status', async () => {
  const end = await sh('kill -KILL $$');
  assert.equal(end.kind === 'exited' && end.status, 137);
});

test('programs speak English', async () => {
  const end = await sh('echo $LC_ALL $LANGUAGE');
  assert.equal(end.kind === 'exited' && end.stdout, 'C.UTF-8 C\n');
});

test('a program over its time is ended with its children', async () => {
  const end = await sh('trap "" TERM; sleep 600 & sleep 600', { limitMs: 100 });
  assert.deepEqual(end, { kind: 'time-limit', limitMs: 100 });
});

test('a program that prints without end is ended', async () => {
  const end = await runProgram('yes', []);
  assert.equal(end.kind, 'too-much-output');
});

test('a missing program is named, with its package', async () => {
  const end = await runProgram('no-such-program', []);
  const error = programError('no-such-program', 'its-package', end);
  assert.equal(error.code, 'ENOENT');
  assert.equal(error.message, "failed to run 'no-such-program': it is not on this system");
  assert.match(error.hint ?? '', /Debian's package 'its-package'/);
});

test('an impossible argument is an outcome', async () => {
  assert.equal((await runProgram('true', ['\0'])).kind, 'could-not-start');
});

test('a complaint is one short line without control characters', async () => {
  const end = await sh(
    'printf "first\\nse\\033[2Jcond\\n" >&2; head -c 5000 /dev/zero | tr "\\0" x >&2; exit 4',
  );
  const { message, hint } = programError('prog', 'package', end);
  assert.match(message, /^failed to run 'prog': status 4: first se \[2Jcond x+…$/);
  assert.ok(message.length < 500);
  assert.equal(hint, undefined);
});

test('a lack of rights says which', async () => {
  const end = await sh('echo "iptables: Permission denied (you must be root)." >&2; exit 4');
  assert.match(programError('iptables', 'iptables', end).hint ?? '', /CAP_NET_ADMIN/);
});
