import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { formatDiagnostic } from './format-diagnostic.ts';
import { loadConfig, MAX_FILE_BYTES } from './load-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'postern-config-'));
after(() => rmSync(directory, { recursive: true }));

const path = (name: string) => join(directory, name);

function errorsOf(name: string): readonly string[] {
  const result = loadConfig(path(name));
  return result.ok ? [] : result.error.map(formatDiagnostic);
}

test('a file and those that it includes are read from the disk, through links too', () => {
  mkdirSync(path('real'));
  writeFileSync(path('real/a.conf'), '[a]\nSequence = 1');
  symlinkSync('real', path('linked'));
  symlinkSync('nowhere', path('broken'));
  writeFileSync(path('links.conf'), '[options]\nInclude = lin*/*.conf\nInclude = none/*.conf');
  const result = loadConfig(path('links.conf'));
  assert.deepEqual(result.ok && result.value.files, [path('links.conf'), path('linked/a.conf')]);
});

test('an include may lead upwards, written out or as a pattern', () => {
  mkdirSync(path('above/etc'), { recursive: true });
  mkdirSync(path('above/other'));
  writeFileSync(path('above/other/a.conf'), '[a]\nSequence = 1');
  writeFileSync(path('above/b.conf'), '[b]\nSequence = 2');
  writeFileSync(path('above/etc/knockd.conf'), '[options]\nInclude = ../oth*/*.conf\nInclude = ../b.conf');
  const result = loadConfig(path('above/etc/knockd.conf'));
  assert.deepEqual(result.ok && result.value.files, [
    path('above/etc/knockd.conf'),
    path('above/other/a.conf'),
    path('above/b.conf'),
  ]);
});

test('upwards from a linked directory is where the link leads', () => {
  mkdirSync(path('far/etc'), { recursive: true });
  symlinkSync('far/etc', path('link'));
  writeFileSync(path('far/a.conf'), '[a]\nSequence = 1');
  writeFileSync(path('far/b.conf'), '[b]\nSequence = 2');
  writeFileSync(path('far/etc/knockd.conf'), '[options]\nInclude = ../a*.conf\nInclude = ../b.conf');
  const result = loadConfig(path('link/knockd.conf'));
  assert.deepEqual(result.ok ? result.value.doors.map(({ name }) => name) : result.error, ['a', 'b']);
});

test('bytes that are no UTF-8 are an error at their place', () => {
  writeFileSync(path('latin'), Buffer.from('[a]\nSequence = 1\nCommand = caf\xe9', 'latin1'));
  assert.deepEqual(errorsOf('latin'), [
    `${path('latin')}:3:14: error: this is not UTF-8 text\nhint: save the file in UTF-8`,
  ]);
});

test('what is no file of bounded size is an error, and waits for nobody', () => {
  execFileSync('mkfifo', [path('pipe')]);
  writeFileSync(path('huge'), '');
  truncateSync(path('huge'), MAX_FILE_BYTES + 1);
  const reason = (name: string) =>
    errorsOf(name)
      .join()
      .replace(`${path(name)}: error: `, '');
  assert.equal(
    reason('none'),
    `cannot read '${path('none')}': there is no such file\nhint: name the file that you mean`,
  );
  assert.equal(reason('pipe'), `cannot read '${path('pipe')}': it is no regular file`);
  assert.equal(reason('huge'), `cannot read '${path('huge')}': it has more than 16777216 bytes`);
  assert.equal(reason('real'), `cannot read '${path('real')}': it is a directory`);
});
