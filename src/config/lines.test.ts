import assert from 'node:assert/strict';
import test from 'node:test';
import { doorOf, faultsOf, MAIN, parsed, SEQUENCE } from '../../test/support/config-text.ts';

const ACCEPTED: readonly (readonly [title: string, text: string])[] = [
  ['lines are trimmed', '  [door]  \n\t Sequence\t=  7000,8000,9000 \t'],
  ['empty lines are skipped', '\n\n[door]\n   \n\t\nSequence = 7000,8000,9000\n\n'],
  ['lines that begin with # are skipped', '# a\n  # b = c\n[door]\n#[x\nSequence = 7000,8000,9000'],
  ['lines may end as on Windows', '[door]\r\nSequence = 7000,8000,9000\r\n'],
  ['a mark of the byte order may begin the file', '\ufeff[door]\nSequence = 7000,8000,9000'],
  ['no space is needed around the =', '[door]\nSequence=7000,8000,9000'],
  ['keys are written in any case', '[door]\nsEQUENCE = 7000,8000,9000'],
  ['a name may have spaces around it', '[ door ]\nSequence = 7000,8000,9000'],
];

for (const [title, text] of ACCEPTED) {
  test(title, () => assert.deepEqual(parsed(text).doors, [doorOf(SEQUENCE)]));
}

test('an empty file is a configuration without doors', () => {
  const { doors, files } = parsed('');
  assert.deepEqual({ doors, files }, { doors: [], files: [MAIN] });
});

test('[options] is the global section in any case and any number, every other name is a door in the order of the file', () => {
  const text = `[b]\n${SEQUENCE}\n[OPTIONS]\nUseSyslog\n[a]\n${SEQUENCE}\n[options]\nMax_Strays = 3`;
  const { options, doors } = parsed(text);
  assert.deepEqual(
    doors.map(({ name }) => name),
    ['b', 'a'],
  );
  assert.equal(options.useSyslog, true);
  assert.equal(options.maxStrays, 3);
});

test('door names keep their case, and differ by it', () => {
  const { doors } = parsed(`[SSH]\n${SEQUENCE}\n[ssh]\n${SEQUENCE}`);
  assert.deepEqual(
    doors.map(({ name }) => name),
    ['SSH', 'ssh'],
  );
});

test('a value holds further signs of equality and # as they stand', () => {
  const command = 'A=1 run --set x=%IP% # not a comment \\';
  assert.equal(doorOf(SEQUENCE, `Command = ${command}`).ipv4.start, command);
});

const REFUSED: readonly (readonly [title: string, text: string, ...faults: readonly string[]])[] = [
  [
    'a line that is neither section nor setting is an error',
    `[door]\n${SEQUENCE}\n  what is this`,
    "3:3 'what is this' is neither a section nor 'key = value'",
  ],
  [
    'a setting before the first section is an error',
    'UseSyslog\n',
    "1:1 'UseSyslog' stands before the first section | put '[options]' before it",
  ],
  [
    'a door key before the first section is an error',
    'Sequence = 1',
    "1:1 'Sequence' stands before the first section | put '[name]' before it",
  ],
  [
    'other comment signs are an error with a hint',
    `; a\n[door]\n${SEQUENCE}\n// b`,
    "1:1 '; a' stands before the first section | comments begin with '#'",
    "4:1 '// b' is neither a section nor 'key = value' | comments begin with '#'",
  ],
  [
    'a comment after a title is an error',
    `[door] # ssh\n${SEQUENCE}`,
    "1:1 '[door] # ssh' does not end with ']' | nothing may follow the ']', not even a comment",
  ],
  [
    'a title without its end is an error',
    `[door\n${SEQUENCE}`,
    "1:1 '[door' does not end with ']' | a section begins with '[name]' on a line of its own",
  ],
  [
    'a title without a name is an error',
    `[ ]\n${SEQUENCE}`,
    "1:3 the section has no name | write '[name]', or '[options]' for settings of the whole daemon",
  ],
  [
    'two doors of one name are an error',
    `[a]\n${SEQUENCE}\n[a]\n${SEQUENCE}`,
    "3:2 door 'a' is there already, in line 1 | give it another name",
  ],
  ['a value without its key is an error', `[door]\n${SEQUENCE}\n = 5`, "3:2 there is no key before the '='"],
  [
    'a comment after a port is an error with a hint',
    '[door]\nSequence = 7000,8000 # ssh',
    "2:17 '8000 # ssh' is no port | a comment cannot follow a value: give it a line of its own",
  ],
  [
    'an unknown key is an error with the nearest one as its hint',
    `[door]\n${SEQUENCE}\nSeqTimeout = 5`,
    "3:1 unknown key 'SeqTimeout' | did you mean 'Seq_Timeout'?",
  ],
  [
    'an unknown key that is near to none has no hint',
    `[door]\n${SEQUENCE}\nColour = red`,
    "3:1 unknown key 'Colour'",
  ],
  [
    'a door key in [options] is an error',
    '[options]\nSequence = 1',
    "2:1 'Sequence' does not belong here | it stands in a door's section",
  ],
  [
    'an option in a door is an error',
    `[door]\n${SEQUENCE}\nusesyslog`,
    "3:1 'usesyslog' does not belong here | it stands in [options]",
  ],
  [
    'a NUL byte is one error for the whole file, at its place',
    '[door]\n\0bad\0\nxyz',
    '2:1 there is a NUL byte: this is no text | save the file in UTF-8',
  ],
  [
    'columns of the first line do not count the mark of the byte order',
    '\ufeffa\0',
    '1:2 there is a NUL byte: this is no text | save the file in UTF-8',
  ],
  [
    'bytes that are no UTF-8 are an error at their place',
    `[door]\n${SEQUENCE}\nCommand = a\ufffdb`,
    '3:12 this is not UTF-8 text | save the file in UTF-8',
  ],
  [
    'a control character in a name is an error',
    `[a\u001b[0mb]\n${SEQUENCE}`,
    "1:3 the character '\\u{1b}' cannot stand here | remove it: it does not show",
  ],
  [
    'a name of 129 bytes is an error',
    `[${'n'.repeat(129)}]\n${SEQUENCE}`,
    `1:2 '${'n'.repeat(60)}…' is too long | a door's name has at most 128 bytes`,
  ],
];

for (const [title, text, ...faults] of REFUSED) {
  test(title, () => assert.deepEqual(faultsOf(text), faults));
}
