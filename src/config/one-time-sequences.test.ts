import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Diagnostic } from './config.ts';
import { formatDiagnostic } from './format-diagnostic.ts';
import {
  faultsOfOneTimeFile,
  markUsed,
  type OneTimeSequence,
  readOneTimeFile,
} from './one-time-sequences.ts';

const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'postern-one-time-'));
  path = join(directory, 'sequences');
});
afterEach(() => rmSync(directory, { recursive: true }));

function next(): OneTimeSequence {
  const result = readOneTimeFile(path);
  assert.ok(result.ok, result.ok ? '' : formatDiagnostic(result.error));
  return result.value;
}

function mark(sequence: OneTimeSequence): void {
  const result = markUsed(sequence);
  assert.ok(result.ok, result.ok ? '' : formatDiagnostic(result.error));
}

function errorOf(result: { readonly ok: true } | { readonly ok: false; readonly error: Diagnostic }): string {
  return result.ok ? 'no error' : formatDiagnostic(result.error);
}

const portsOf = ({ steps }: OneTimeSequence) => steps.map(({ port }) => port);

/** What one runs as who may not write everywhere. */
function unprivileged<T>(run: () => T): T {
  if (!isRoot) return run();
  process.seteuid?.(NOBODY);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}

const MARKED: readonly (readonly [title: string, before: string, line: number, after: string])[] = [
  ['the first line', '1,2\n3,4\n', 1, '#1,2\n3,4\n'],
  ['the first unused line', '# used:\n\n#1,2\n \n3,4\n5,6\n', 5, '# used:\n\n#1,2\n \n#3,4\n5,6\n'],
  ['a line with spaces around it', '  1,2 \t\n', 1, '#  1,2 \t\n'],
  ['a comment with spaces before it is skipped', '  # no\n1\n', 2, '  # no\n#1\n'],
  ['line ends as on Windows are kept', '#1\r\n2,3\r\n4\r\n', 2, '#1\r\n#2,3\r\n4\r\n'],
  ['a last line without an end', '#1\n2:udp,3', 2, '#1\n#2:udp,3'],
  ['a mark of the byte order stays first', '\ufeff1,2\n3\n', 1, '\ufeff#1,2\n3\n'],
  ['one of several like it', '1,2\n1,2\n', 1, '#1,2\n1,2\n'],
];

for (const [title, before, line, after] of MARKED) {
  test(`marked and kept whole: ${title}`, () => {
    writeFileSync(path, before);
    const sequence = next();
    assert.equal(sequence.line, line);
    mark(sequence);
    assert.equal(readFileSync(path, 'utf8'), after);
    assert.deepEqual(readdirSync(directory), ['sequences']);
  });
}

test('each sequence comes once, in order, until none is left', () => {
  writeFileSync(path, '1,2:udp\n#9\n3\n 4,5\n');
  for (const ports of [[1, 2], [3], [4, 5]]) {
    const sequence = next();
    assert.deepEqual(portsOf(sequence), ports);
    mark(sequence);
  }
  assert.equal(readFileSync(path, 'utf8'), '#1,2:udp\n#9\n#3\n# 4,5\n');
  assert.equal(
    errorOf(readOneTimeFile(path)),
    `${path}: error: there is no unused sequence in it\nhint: add new ones, a line each, and reload`,
  );
});

test('bytes that are no UTF-8 stay as they are', () => {
  const bytes = Buffer.from('# caf\xe9 \xff\n1,2\n# \x80\n', 'latin1');
  writeFileSync(path, bytes);
  mark(next());
  assert.equal(readFileSync(path, 'latin1'), '# caf\xe9 \xff\n#1,2\n# \x80\n');
});

for (const text of ['', '\n \n', '# nothing\n', '\ufeff']) {
  test(`there is no sequence in ${JSON.stringify(text)}`, () => {
    writeFileSync(path, text);
    assert.match(errorOf(readOneTimeFile(path)), /there is no unused sequence in it/);
  });
}

const BAD: readonly (readonly [text: string, fault: string])[] = [
  ['#1\n7000,70000\n1,2\n', "2:6: error: '70000' is no port\nhint: ports go from 1 to 65535"],
  ['  7000,0', "1:8: error: '0' is no port\nhint: ports go from 1 to 65535"],
  ['1:icmp', "1:3: error: 'icmp' is no protocol that a knock can use"],
  [Array(33).fill('1').join(), '1:65: error: there are too many ports'],
  ['1,2 # mine', "1:3: error: '2 # mine' is no port\nhint: a comment cannot follow"],
  ['1\0', "1:1: error: '1\\u{0}' is no port"],
];

for (const [text, fault] of BAD) {
  test(`a bad line is an error with its place: ${JSON.stringify(text.slice(0, 20))}`, () => {
    writeFileSync(path, text);
    const error = errorOf(readOneTimeFile(path));
    assert.ok(error.startsWith(`${path}:${fault}`), error);
    assert.equal(readFileSync(path, 'utf8'), text);
  });
}

test('mode and owner of the file are kept', () => {
  writeFileSync(path, '1,2\n');
  chmodSync(path, 0o640);
  if (isRoot) chownSync(path, NOBODY, NOBODY);
  const { uid, gid, ino } = statSync(path);
  mark(next());
  const now = statSync(path);
  assert.equal(now.mode & 0o7777, 0o640);
  assert.deepEqual([now.uid, now.gid], [uid, gid]);
  assert.notEqual(now.ino, ino, 'the file was written in place');
});

test('a link stays a link, and the file that it leads to is marked', () => {
  mkdirSync(join(directory, 'real'));
  const real = join(directory, 'real', 'list');
  writeFileSync(real, '1,2\n');
  symlinkSync('real/list', path);
  mark(next());
  assert.ok(lstatSync(path).isSymbolicLink());
  assert.equal(readFileSync(real, 'utf8'), '#1,2\n');
  assert.deepEqual(readdirSync(join(directory, 'real')), ['list']);
});

test('what a crash left is replaced, and a file that somebody prepares beside it is not', () => {
  writeFileSync(path, '1,2\n');
  writeFileSync(join(directory, '.sequences.marking'), 'half a f');
  writeFileSync(`${path}.new`, '5,6\n');
  mark(next());
  assert.deepEqual(readdirSync(directory).sort(), ['sequences', 'sequences.new']);
  assert.equal(readFileSync(`${path}.new`, 'utf8'), '5,6\n');
});

const CHANGED: readonly (readonly [title: string, now: string])[] = [
  ['the line is another', '7,8\n3,4\n'],
  ['the line is used already', '#1,2\n3,4\n'],
  ['a line came before it', '7,8\n1,2\n3,4\n'],
  ['the file is empty', ''],
];

for (const [title, now] of CHANGED) {
  test(`nothing is marked when the file changed since it was read: ${title}`, () => {
    writeFileSync(path, '1,2\n3,4\n');
    const sequence = next();
    writeFileSync(path, now);
    const expected = `${path}:1: error: the line was changed after it had been read\nhint: reload to read the file anew`;
    assert.equal(errorOf(markUsed(sequence)), expected);
    assert.equal(readFileSync(path, 'utf8'), now);
  });
}

test('a change behind the line does not matter, and is kept', () => {
  writeFileSync(path, '1,2\n');
  const sequence = next();
  writeFileSync(path, '1,2\n9,9\n');
  mark(sequence);
  assert.equal(readFileSync(path, 'utf8'), '#1,2\n9,9\n');
});

test('a sequence is marked once', () => {
  writeFileSync(path, '1,2\n');
  const sequence = next();
  mark(sequence);
  assert.match(errorOf(markUsed(sequence)), /was changed/);
});

test('a file that is gone is an error when read and when marked', () => {
  writeFileSync(path, '1,2\n');
  const sequence = next();
  rmSync(path);
  const expected = `${path}: error: cannot read '${path}': there is no such file`;
  assert.equal(errorOf(readOneTimeFile(path)), expected);
  assert.match(errorOf(markUsed(sequence)), /there is no such file/);
});

test('a directory is no file of sequences', () => {
  mkdirSync(path);
  assert.match(errorOf(readOneTimeFile(path)), /it is a directory/);
});

test('a file that may not be read is an error', () => {
  writeFileSync(path, '1,2\n');
  chmodSync(directory, 0o755);
  chmodSync(path, 0o000);
  const expected = `${path}: error: cannot read '${path}': permission denied`;
  assert.equal(errorOf(unprivileged(() => readOneTimeFile(path))), expected);
});

test('a directory that may not be written is an error, and the file stays as it was', () => {
  writeFileSync(path, '1,2\n');
  const sequence = next();
  chmodSync(directory, 0o555);
  const error = errorOf(unprivileged(() => markUsed(sequence)));
  chmodSync(directory, 0o755);
  assert.match(error, /:1: error: cannot mark the sequence as used: .*EACCES/);
  assert.match(error, /\nhint: the daemon must be able to write the file and its directory$/);
  assert.equal(readFileSync(path, 'utf8'), '1,2\n');
  assert.deepEqual(readdirSync(directory), ['sequences']);
});

test('a look before the use finds what is wrong in every unused line', () => {
  writeFileSync(path, '#70000\n7001\n\n7002,x\n70000,8000:icmp\n');
  assert.deepEqual(faultsOfOneTimeFile(path).map(formatDiagnostic), [
    `${path}:4:6: error: 'x' is no port\nhint: ports go from 1 to 65535`,
    `${path}:5:1: error: '70000' is no port\nhint: ports go from 1 to 65535`,
    `${path}:5:12: error: 'icmp' is no protocol that a knock can use\nhint: tcp and udp are; without one it is tcp`,
  ]);
  writeFileSync(path, '7001\n7002');
  assert.deepEqual(faultsOfOneTimeFile(path), []);
  writeFileSync(path, '#7001\n');
  assert.equal(faultsOfOneTimeFile(path).length, 1);
  assert.match(faultsOfOneTimeFile(directory).map(formatDiagnostic).join(), /it is a directory/);
});
