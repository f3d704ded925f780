import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Syslog } from './syslog.ts';

/** A syslog daemon that can be away. */
function receiver() {
  const sent: string[] = [];
  const state = { isAway: false };
  const send = (path: string, bytes: Uint8Array) => {
    if (state.isAway) throw new Error('ECONNREFUSED');
    sent.push(`${path} ${Buffer.from(bytes).toString()}`);
  };
  return { sent, state, log: new Syslog({ send, now: () => new Date(2026, 10, 4, 2, 5, 9) }) };
}

test('a line is a datagram in the form of syslog(3), facility daemon, of knockd', () => {
  const { sent, log } = receiver();
  log.log('notice', '192.0.2.7: openSSH: OPEN SESAME');
  assert.deepEqual(sent, ['/dev/log <29>Nov  4 02:05:09 knockd: 192.0.2.7: openSSH: OPEN SESAME']);
});

test('the severity is that of the line, and what -D says is left out', () => {
  const { sent, log } = receiver();
  for (const level of ['error', 'warning', 'notice', 'info', 'debug'] as const) log.log(level, level);
  const priorities = sent.map((line) => /<(\d+)>.*: (\w+)$/.exec(line)?.slice(1).join(' '));
  assert.deepEqual(priorities, ['27 error', '28 warning', '29 notice', '30 info']);
});

test('a line break makes no second line, and a long line is cut', () => {
  const { sent, log } = receiver();
  log.log('notice', 'one\n<0>two');
  log.log('notice', 'ä'.repeat(10_000));
  assert.match(sent[0] ?? '', /knockd: one\\x0a<0>two$/);
  assert.ok(Buffer.byteLength(sent[1] ?? '') < 8192);
});

test('what a syslog daemon missed is told by number when it is back', () => {
  const { sent, state, log } = receiver();
  state.isAway = true;
  log.log('notice', 'one');
  log.log('notice', 'two');
  state.isAway = false;
  log.log('notice', 'three');
  log.log('notice', 'four');
  assert.deepEqual(
    sent.map((line) => line.replace(/^.*knockd: /, '')),
    ['2 log lines were lost, syslog did not take them', 'three', 'four'],
  );
});
