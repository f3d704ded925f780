import assert from 'node:assert/strict';
import test from 'node:test';
import { diagnosticsOf, faultsOf, SEQUENCE } from '../../test/support/config-text.ts';
import { MAX_DIAGNOSTICS } from './faults.ts';
import { formatDiagnostic } from './format-diagnostic.ts';
import { MAX_DOORS } from './read-sections.ts';

const AT = { file: '/etc/k', line: 3, column: 7, message: 'no', hint: undefined };

test('a diagnostic is file:line:column: error: message, and its hint a line of its own', () => {
  assert.equal(formatDiagnostic(AT), '/etc/k:3:7: error: no');
  assert.equal(formatDiagnostic({ ...AT, hint: 'do' }), '/etc/k:3:7: error: no\nhint: do');
});

test('a diagnostic without a column or a line leaves them out', () => {
  assert.equal(formatDiagnostic({ ...AT, column: 0 }), '/etc/k:3: error: no');
  assert.equal(formatDiagnostic({ ...AT, line: 0, column: 0 }), '/etc/k: error: no');
});

test('all errors of a file are told in one run, in the order of their places', () => {
  const text = [
    'orphan = 1',
    '[options]',
    '  Interfce = eth0',
    'Max_Strays = lots',
    '[a]',
    'Sequence = 0,7000:icmp',
    'Seq_Timeout = soon',
    'TCPFlags = syn,ackk',
    '[b]',
    'Command = x',
    'Cmd_Timeout = -5',
    '[a]',
    SEQUENCE,
    'Target = here',
  ].join('\n');
  assert.deepEqual(
    faultsOf(text).map((fault) => fault.replace(/ \|.*/, '')),
    [
      "1:1 'orphan' stands before the first section",
      "3:3 unknown key 'Interfce'",
      "4:14 'lots' does not fit",
      "6:12 '0' is no port",
      "6:19 'icmp' is no protocol that a knock can use",
      "7:15 'soon' is no duration",
      "8:16 'ackk' is no TCP flag",
      "9:2 door 'b' has no sequence",
      "11:15 '-5' is no duration",
      "12:2 door 'a' is there already, in line 5",
      "14:10 'here' is no IP address",
    ],
  );
});

test('messages show bad values on one line, short and without control characters', () => {
  const [fault] = faultsOf(`[a]\n${SEQUENCE}\nTarget = a\u001b]0;\u202e${'x'.repeat(100)}`);
  assert.equal(fault?.replace(/ \|.*/, ''), `3:10 'a\\u{1b}]0;\\u{202e}${'x'.repeat(54)}…' is no IP address`);
});

test('of more errors than anybody reads the number is told', () => {
  const found = diagnosticsOf(`[a]\n${SEQUENCE}\n${'bad\n'.repeat(MAX_DIAGNOSTICS + 5)}`);
  assert.equal(found.length, MAX_DIAGNOSTICS + 1);
  assert.deepEqual(found.at(-1), {
    file: '/etc/knockd.conf',
    line: 0,
    column: 0,
    message: '5 more errors are not shown',
    hint: 'put these right first',
  });
});

test('one door more than the matcher can number is one error', () => {
  const doors = Array.from({ length: MAX_DOORS + 3 }, (_, i) => `[d${i}]\nSequence=1`);
  assert.deepEqual(faultsOf(doors.slice(0, MAX_DOORS).join('\n')), []);
  assert.deepEqual(faultsOf(doors.join('\n')), ['131071:2 there are too many doors | 65535 is the most']);
});
