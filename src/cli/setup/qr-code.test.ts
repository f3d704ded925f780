import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { qrPng, qrSvg, qrText } from './qr-code.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-qr-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const hasReader = spawnSync('zbarimg', ['--version']).error === undefined;
const skip = hasReader ? false : 'zbarimg is not installed (package zbar-tools)';

const TEXTS = [
  '{"version":1,"sequences":[{"name":"ssh","host":"192.0.2.1","steps":[{"type":"udp","port":7301}]}]}',
  `KEY_BASE64:${'Ab+/'.repeat(11)} HMAC_KEY_BASE64:${'xY9='.repeat(22)}`,
  'short',
];

/** What another program reads from the picture. */
function readBack(name: string, contents: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  const { status, stdout, stderr } = spawnSync('zbarimg', ['--raw', '-q', path], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd();
}

/** The text as a picture: a portable bitmap, where 1 is dark, four pixels a module. */
function bitmapOf(text: string): Buffer {
  const dark: Readonly<Record<string, string>> = { '█': '00', '▀': '01', '▄': '10', ' ': '11' };
  const rows = text
    .trimEnd()
    .split('\n')
    .flatMap((line) => [0, 1].map((half) => [...line].map((each) => dark[each]![half]!)));
  const scaled = rows.flatMap((row) =>
    Array.from({ length: 4 }, () => row.map((bit) => bit.repeat(4)).join('')),
  );
  return Buffer.from(`P1\n${rows[0]!.length * 4} ${rows.length * 4}\n${scaled.join('\n')}\n`);
}

test('a reader reads the picture', { skip }, () => {
  for (const text of TEXTS) assert.equal(readBack('code.png', qrPng(text)), text);
});

test('a reader reads what is in the terminal', { skip }, () => {
  for (const text of TEXTS) assert.equal(readBack('code.pbm', bitmapOf(qrText(text, false))), text);
});

test('in colour the same is said in white on black', () => {
  const plain = qrText('short', false);
  const coloured = qrText('short', true);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  assert.equal(coloured.replaceAll(/\u001b\[(?:97;40|0)m/g, ''), plain);
  assert.ok(
    coloured
      .split('\n')
      .filter(Boolean)
      .every((line) => line.startsWith('\u001b[97;40m')),
  );
});

test('SVG has the modules of the picture', () => {
  const svg = qrSvg('short');
  assert.match(svg, /^<svg [^>]*viewBox="0 0 (\d+) \1"/);
  assert.ok(svg.endsWith('</svg>\n'));
});
