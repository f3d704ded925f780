import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnosticsOf, parsed } from '../../test/support/config-text.ts';
import { formatDiagnostic } from './format-diagnostic.ts';
import { MAX_INCLUDE_DEPTH } from './parse-config.ts';

function include(...patterns: readonly string[]): string {
  return ['[options]', ...patterns.map((pattern) => `Include = ${pattern}`)].join('\n');
}

function door(name: string): string {
  return `[${name}]\nSequence = 1`;
}

function doorsOf(text: string, files: Readonly<Record<string, string>>): string {
  return parsed(text, files)
    .doors.map(({ name }) => name)
    .join(' ');
}

function errorsOf(text: string, files: Readonly<Record<string, string>>): readonly string[] {
  return diagnosticsOf(text, files).map(formatDiagnostic);
}

test("a pattern's files are read in the order of their names, the file's own doors first", () => {
  const files = { '/etc/d/b.conf': door('b'), '/etc/d/a.conf': door('a'), '/etc/d/c.txt': door('c') };
  assert.equal(doorsOf(`${include('d/*.conf')}\n${door('own')}`, files), 'own a b');
});

test('paths are relative to the file that includes them', () => {
  const files = { '/etc/d/a.conf': include('more/*'), '/etc/d/more/x': door('x') };
  assert.equal(doorsOf(include('d/a.conf'), files), 'x');
});

test('a pattern may lead upwards', () => {
  assert.equal(doorsOf(include('../srv/*.conf'), { '/srv/a.conf': door('a') }), 'a');
});

test('a pattern that fits nothing is no error, a file that is missing is', () => {
  assert.equal(doorsOf(include('d/*.conf'), {}), '');
  assert.deepEqual(errorsOf(include('d/a.conf'), {}), [
    "/etc/knockd.conf:2:11: error: cannot read '/etc/d/a.conf': there is no such file",
  ]);
});

test('a file that several patterns fit is read once', () => {
  assert.equal(doorsOf(include('d/*', 'd/a*', '/etc/d/a', './d/../d/a'), { '/etc/d/a': door('a') }), 'a');
});

test('files that include each other are an error that shows the circle', () => {
  const files = { '/etc/a': include('b'), '/etc/b': include('a') };
  assert.deepEqual(errorsOf(include('a'), files), [
    "/etc/b:2:1: error: the files include each other: '/etc/a' includes '/etc/b' includes '/etc/a'\nhint: take one of the includes out",
  ]);
});

test('a chain of includes has an end', () => {
  const chain = (length: number) =>
    Object.fromEntries(
      Array.from({ length }, (_, i) => [`/etc/${i}`, i + 1 < length ? include(`${i + 1}`) : door('last')]),
    );
  assert.equal(doorsOf(include('0'), chain(MAX_INCLUDE_DEPTH)), 'last');
  assert.match(errorsOf(include('0'), chain(MAX_INCLUDE_DEPTH + 1)).join(), /includes are nested too deep/);
});

test('a setting or a door that two files have is an error that names the other place', () => {
  const files = { '/etc/a': `[options]\nMax_Strays = 3\n${door('ssh')}` };
  assert.deepEqual(errorsOf(`${include('a')}\nMax_Strays = 4\n${door('ssh')}`, files), [
    "/etc/a:2:1: error: 'Max_Strays' is set twice, first in /etc/knockd.conf:3\nhint: keep one of the two",
    "/etc/a:3:2: error: door 'ssh' is there already, in /etc/knockd.conf:4\nhint: give it another name",
  ]);
});

test('errors of all files are told in one run', () => {
  const files = { '/etc/a': '[a]\nSequence = 0', '/etc/b': '[b]\nSequence = 70000' };
  const places = errorsOf(`${include('a', 'b')}\n[c]\nSequence = x`, files).map((text) => text.split(' ')[0]);
  assert.deepEqual(places, ['/etc/knockd.conf:5:12:', '/etc/a:2:12:', '/etc/b:2:12:']);
});
