import assert from 'node:assert/strict';
import {
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
import { type TestContext, test } from 'node:test';
import { FOREVER_MS } from '../base/duration.ts';
import type { Logger } from '../base/logger.ts';
import type { HandBan } from '../knock/hand-bans.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../net/prefix.ts';
import { BanFile } from './ban-file.ts';

const BANS: readonly HandBan[] = [
  ban('192.0.2.7', 5000),
  ban('2001:db8::/32', FOREVER_MS),
  ban('0.0.0.0/0', 0),
];

function ban(text: string, endMs: number): HandBan {
  return { prefix: parsePrefix(text) as Prefix, endMs };
}

function texts(bans: readonly HandBan[]): readonly string[] {
  return bans.map(({ prefix, endMs }) => `${formatPrefix(prefix)} ${endMs}`);
}

/** A state directory with this `bans.json` in it, and what opening it says. */
async function opened(t: TestContext, content?: string) {
  const directory = mkdtempSync(join(tmpdir(), 'postern-bans-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'bans.json');
  if (content !== undefined) writeFileSync(path, content);
  const lines: string[] = [];
  const log = { log: (level: string, text: string) => lines.push(`${level} ${text}`) } as unknown as Logger;
  return { ...(await BanFile.open(directory, log)), directory, path, lines, log };
}

test('without a file there are no bans', async (t) => {
  const { bans, lines } = await opened(t);
  assert.deepEqual([bans, lines], [[], []]);
});

test('bans are read as they were written, by their owner alone', async (t) => {
  const { file, directory, path, log } = await opened(t);
  assert.deepEqual(await file.save(() => BANS), { ok: true, value: undefined });
  assert.deepEqual(texts((await BanFile.open(directory, log)).bans), texts(BANS));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(directory), ['bans.json']);
  await file.save(() => []);
  assert.deepEqual((await BanFile.open(directory, log)).bans, []);
});

test('changes during a write share the next one, which has them all', async (t) => {
  const { file, path } = await opened(t);
  const bans: HandBan[] = [];
  let writes = 0;
  const saved = Array.from({ length: 100 }, (_, i) => {
    bans.push(ban(`10.0.0.${i}`, i));
    return file.save(() => {
      writes++;
      return bans;
    });
  });
  for (const each of await Promise.all(saved)) assert.equal(each.ok, true);
  assert.ok(writes <= 2, `${writes} writes`);
  assert.equal(readFileSync(path, 'utf8').match(/10\.0\.0\./g)?.length, 100);
  await file.close();
});

const DAMAGED: readonly (readonly [title: string, content: string, kept: number, said: RegExp])[] = [
  [
    'half a file',
    '{"v":1,"bans":[\n{"prefix":"192.0.2.7","en',
    0,
    /bans\.json: it is damaged; kept as '.*damaged-\d+'/,
  ],
  ['an empty file', '', 0, /it is damaged/],
  ['another version', '{"v":2,"bans":[]}', 0, /another version of Postern/],
  ['no list', '{"v":1}', 0, /1 of its bans cannot be read/],
  [
    'bad bans among good ones',
    '{"v":1,"bans":[{"prefix":"192.0.2.7","endMs":1},{"prefix":"x","endMs":1},{"prefix":"::1"},{"prefix":"::1","endMs":-1},7]}',
    1,
    /4 of its bans cannot be read and are skipped/,
  ],
];

for (const [title, content, kept, said] of DAMAGED) {
  test(`${title}: an error, and the file is kept beside`, async (t) => {
    const { bans, lines, directory } = await opened(t, content);
    assert.equal(bans.length, kept);
    assert.match(lines.join('\n'), said);
    assert.match(lines.join('\n'), /^error /);
    const [aside] = readdirSync(directory).filter((name) => name.includes('damaged'));
    assert.equal(readFileSync(join(directory, aside ?? ''), 'utf8'), content);
  });
}

test('a place that is no file is an error of the system, with what to do', async (t) => {
  const { directory, path, log, file } = await opened(t);
  symlinkSync('/dev/null', path);
  await assert.rejects(BanFile.open(directory, log), /failed to read the bans .*ELOOP/);
  rmSync(path);
  mkdirSync(path);
  await assert.rejects(BanFile.open(directory, log), { hint: 'move it away to start without its bans' });
  const saved = await file.save(() => BANS);
  assert.match(saved.ok ? '' : saved.error.message, /failed to write the bans/);
  assert.deepEqual(readdirSync(directory), ['bans.json']);
});
