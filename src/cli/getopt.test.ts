import assert from 'node:assert/strict';
import test from 'node:test';
import { getopt, type OptionSpec } from './getopt.ts';

const SPECS: readonly OptionSpec[] = [
  { long: 'interface', short: 'i', takesValue: true },
  { long: 'daemon', short: 'd' },
  { long: 'verbose', short: 'v' },
  { long: 'version', short: 'V', final: true },
  { long: 'log', short: 'l' },
  { long: 'logfile', short: 'g', takesValue: true },
];

/** `name` or `name=value` for each option, then `|`, then the operands; or the error. */
function read(...argv: string[]): string {
  const result = getopt(argv, SPECS);
  if (!result.ok) return result.error;
  const words = result.value.options.map(({ name, value }) => (value === '' ? name : `${name}=${value}`));
  return [...words, '|', ...result.value.operands].join(' ');
}

const ACCEPTED: readonly (readonly [title: string, argv: readonly string[], expected: string])[] = [
  ['no words give no options', [], '|'],
  ['short options combine', ['-dv'], 'daemon verbose |'],
  ['a value follows its short option as the next word', ['-i', 'eth0'], 'interface=eth0 |'],
  ['a value is the rest of the word of its short option', ['-ieth0'], 'interface=eth0 |'],
  ['a value ends a group of short options', ['-dvi', 'eth0', 'x'], 'daemon verbose interface=eth0 | x'],
  ['a value keeps the sign of equality after a short option', ['-i=eth0'], 'interface==eth0 |'],
  ['a long option takes its value behind the sign', ['--interface=eth0'], 'interface=eth0 |'],
  ['a long option takes its value as the next word', ['--interface', 'eth0'], 'interface=eth0 |'],
  ['only the first sign of equality separates', ['--interface=a=b'], 'interface=a=b |'],
  ['a value may be empty', ['--interface=', 'x'], 'interface | x'],
  ['a value may look like an option', ['-i', '-d', '--interface', '--'], 'interface=-d interface=-- |'],
  ['a long option may be abbreviated', ['--int=eth0', '--d', '--verb'], 'interface=eth0 daemon verbose |'],
  ['a whole name wins over a longer one', ['--log', '--logf=x'], 'log logfile=x |'],
  ['options may follow operands', ['a', '-d', 'b', '-v'], 'daemon verbose | a b'],
  ['two dashes end the options', ['-d', '--', '-v', '--'], 'daemon | -v --'],
  ['one dash is an operand', ['-', '-d'], 'daemon | -'],
  ['an empty word is an operand', ['', '-d'], 'daemon | '],
  [
    'an option given twice is kept twice',
    ['-i', 'a', '-ib', '-vv'],
    'interface=a interface=b verbose verbose |',
  ],
  ['a long name behind one dash is read as letters', ['-interface'], 'interface=nterface |'],
  ['nothing is read behind a final option', ['-d', '-Vx', '--bogus', 'a'], 'daemon version |'],
];

const REFUSED: readonly (readonly [title: string, argv: readonly string[], expected: string])[] = [
  ['an unknown letter', ['-dx'], "unknown option '-x'"],
  ['a letter outside the basic plane, whole', ['-😀'], "unknown option '-😀'"],
  ['an unknown long option, without its value', ['--secret=1'], "unknown option '--secret'"],
  ['an error before a final option', ['-x', '-V'], "unknown option '-x'"],
  ['a short option without its value', ['-i'], "option '-i' needs a value"],
  ['a long option without its value', ['--interface'], "option '--interface' needs a value"],
  ['a value for an option that has none', ['--verb=3'], "option '--verbose' takes no value"],
  [
    'an ambiguous abbreviation',
    ['--ver'],
    "option '--ver' is ambiguous: it could be '--verbose', '--version'",
  ],
];

for (const [title, argv, expected] of ACCEPTED) {
  test(title, () => assert.equal(read(...argv), expected));
}
for (const [title, argv, expected] of REFUSED) {
  test(`${title} is refused`, () => assert.equal(read(...argv), expected));
}

test('an empty long name matches every option and is refused', () => {
  assert.match(read('--=x'), /^option '--' is ambiguous/);
});
