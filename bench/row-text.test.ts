import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, atMost, figure, notMeasured, type Row } from './row.ts';
import { counted, numberText, rowText, summaryText } from './row-text.ts';

const ROW: Row = {
  id: 'P4',
  title: 'processor time',
  method: '3 rounds, all in turn',
  figures: [figure('postern', 0.32151, 'µs a packet'), figure('postern, rate', 937_512, 'packets/s')],
  bars: [atMost('times tcpdump', 6.889, 4), atLeast('served', 100, 100)],
  notes: ['no knockd on this machine: apt-get install knockd'],
};
const ABSENT: Row = { id: 'P8', title: 'later', ...notMeasured('not there yet') };

test('a row has its figures in a column, its bars with a mark, and what is missing', () => {
  assert.equal(
    rowText(ROW),
    [
      'P4  processor time',
      '    3 rounds, all in turn',
      '    postern        0.3215 µs a packet',
      '    postern, rate  937,500 packets/s',
      '    ✗ times tcpdump: 6.889 (at most 4)',
      '    ✓ served: 100 (at least 100)',
      '    ! no knockd on this machine: apt-get install knockd',
    ].join('\n'),
  );
});

test('the table has a line for each bar, and for each row of which nothing was measured', () => {
  assert.equal(
    summaryText([ROW, ABSENT]),
    [
      'row  what           measured  bar',
      'P4   times tcpdump     6.889  at most 4     ✗',
      'P4   served              100  at least 100  ✓',
      'P8   not there yet                          !',
      '',
      '1 of 2 bars met',
    ].join('\n'),
  );
});

test('a value that is no number meets no bar', () => {
  assert.equal(atMost('nothing', Number.NaN, 1).met, false);
  assert.equal(atLeast('nothing', Number.NaN, 1).met, false);
});

test('what is counted has its number and its plural', () => {
  assert.equal(counted(1, 'door'), '1 door');
  assert.equal(counted(10_000, 'door'), '10,000 doors');
});

test('numbers are short and in groups', () => {
  assert.equal(numberText(1_048_576), '1,049,000');
  assert.equal(numberText(0.006469), '0.006469');
  assert.equal(numberText(-0.25), '-0.25');
});
