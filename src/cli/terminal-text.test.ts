import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutText, printable, printableAscii, textWidth } from './terminal-text.ts';

/** What is given, what is shown, and its columns. */
const TEXTS: readonly (readonly [string, string, number])[] = [
  ['ssh', 'ssh', 3],
  ['', '', 0],
  ['Tür', 'Tür', 3],
  ['e\u0301', 'e\u0301', 1],
  ['管理者の扉', '管理者の扉', 10],
  ['ｓｓｈ', 'ｓｓｈ', 6],
  ['\u1112\u1161\u11ab', '\u1112\u1161\u11ab', 2],
  ['a\u001b[2Jb', 'a?[2Jb', 6],
  ['a\u009b2Jb', 'a?2Jb', 5],
  ['a\u0007\u007f', 'a??', 3],
  ['a\tb\nc\rd\u2028e\u0085f', 'a b c d e f', 11],
  ['\u202etxt.exe', '?txt.exe', 8],
  ['a\u200bb\u200db\u00adc', 'a?b?b?c', 7],
  ['\ud83d x \udeaa', '? x ?', 5],
  ['🚪', '🚪', 2],
  ['❤\ufe0f', '❤', 1],
  ['👍🏽', '👍', 2],
  ['\ue0a0\u{10ffff}', '??', 2],
];

for (const [text, shown, width] of TEXTS) {
  test(`${JSON.stringify(text)} is shown as ${JSON.stringify(shown)} in ${width} columns`, () => {
    assert.equal(printable(text), shown);
    assert.equal(textWidth(shown), width);
    assert.equal(printable(shown), shown);
  });
}

test('a terminal that may not know UTF-8 gets ASCII alone: a byte of a character could be a control character', () => {
  assert.equal(printableAscii('Tür ✛ 扉\u001b['), 'T?r ? ???['.replace('???', '??'));
});

/** Text, columns, and what is left of it. */
const CUTS: readonly (readonly [string, number, string])[] = [
  ['ssh', 3, 'ssh'],
  ['sshd', 3, 'ss…'],
  ['sshd', 1, '…'],
  ['sshd', 0, ''],
  ['管理者', 6, '管理者'],
  ['管理者', 5, '管理…'],
  ['管理者', 4, '管…'],
  ['管理者', 2, '…'],
  ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
];

for (const [text, width, kept] of CUTS) {
  test(`'${text}' in ${width} columns is '${kept}'`, () => {
    assert.equal(cutText(text, width, '…'), kept);
  });
}
