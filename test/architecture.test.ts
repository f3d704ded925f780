/** The folder table of ARCHITECTURE.md as data, and that the sources keep to it. Change both in one commit. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** What a folder of src/ may import; `types` are for `import type` only. */
interface Row {
  readonly imports: readonly string[];
  readonly types?: readonly string[];
}

const TABLE: Readonly<Record<string, Row>> = {
  base: { imports: [] },
  net: { imports: ['base'] },
  config: { imports: ['base', 'net', 'spa'] },
  lint: { imports: ['base', 'net'], types: ['config'] },
  packet: { imports: ['base', 'net'] },
  knock: { imports: ['base', 'net'], types: ['config', 'packet'] },
  spa: { imports: ['base', 'net'] },
  grant: { imports: ['base', 'net'], types: ['config', 'knock', 'spa'] },
  explain: { imports: ['base', 'net', 'knock', 'spa'], types: ['config', 'grant'] },
  firewall: { imports: ['base', 'net', 'native'], types: ['config', 'grant'] },
  native: { imports: ['base'] },
  capture: { imports: ['base', 'net', 'native'] },
  log: { imports: ['base', 'native'] },
  control: { imports: ['base', 'net'], types: ['config', 'grant', 'explain'] },
  client: { imports: ['base', 'net', 'spa'] },
  report: { imports: ['base', 'grant'], types: ['spa'] },
  daemon: {
    imports: [
      ...['base', 'net', 'config', 'packet', 'knock', 'spa', 'grant', 'explain'],
      ...['firewall', 'native', 'capture', 'log', 'control', 'client'],
    ],
  },
  cli: {
    imports: [
      ...['base', 'net', 'config', 'packet', 'knock', 'spa', 'grant', 'explain', 'firewall'],
      ...['native', 'capture', 'log', 'control', 'client', 'daemon', 'lint', 'report'],
    ],
  },
};

/** Folders outside src/ whose helpers a test beside its source may use. */
const TEST_HELPERS = ['test/support', 'lab'];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SRC = join(ROOT, 'src');

interface Import {
  readonly specifier: string;
  readonly isType: boolean;
}

test('every folder of src/ is in the table', () => {
  const unknown = folders().filter((folder) => TABLE[folder] === undefined);
  assert.deepEqual(unknown, []);
});

test('the table names no folder that it does not describe', () => {
  const named = Object.values(TABLE).flatMap(({ imports, types = [] }) => [...imports, ...types]);
  assert.deepEqual(
    named.filter((folder) => TABLE[folder] === undefined),
    [],
  );
});

test('ARCHITECTURE.md has exactly the folders of the table', (t) => {
  const page = join(ROOT, 'ARCHITECTURE.md');
  if (!existsSync(page)) return t.skip('there is no ARCHITECTURE.md yet');
  const described = [...readFileSync(page, 'utf8').matchAll(/^\| `src\/(\w+)\/` +\|/gm)].map((row) => row[1]);
  assert.deepEqual(described.sort(), Object.keys(TABLE).sort());
});

test('sources import only what the table allows', () => {
  const faults = sourceFiles().flatMap((file) =>
    importsOf(readFileSync(file, 'utf8')).flatMap((found) => faultsOf(file, found)),
  );
  assert.deepEqual(faults, []);
});

test('the check sees static, side-effect, type, re-exporting and dynamic imports', () => {
  const text = [
    `import { a } from './a.ts';`,
    `import type { B } from '../b/b.ts';`,
    `import type {\n  C,\n  D,\n} from '../c/c.ts';`,
    `import { type E } from '../e/e.ts';`,
    `export { g } from '../g/g.ts';`,
    `export type { H } from '../h/h.ts';`,
    `import '../i/i.ts';`,
    `const j = await import('../j/j.ts');`,
    `let k: import('../k/k.ts').K;`,
  ].join('\n');
  const seen = importsOf(text).map(({ specifier, isType }) => `${isType ? 'type ' : ''}${specifier}`);
  assert.deepEqual(seen.sort(), [
    ...['../e/e.ts', '../g/g.ts', '../i/i.ts', '../j/j.ts', './a.ts'],
    ...['type ../b/b.ts', 'type ../c/c.ts', 'type ../h/h.ts', 'type ../k/k.ts'],
  ]);
});

test('the check refuses an import that the table does not allow', () => {
  const inKnock = join(SRC, 'knock/matcher.ts');
  const faults = (specifier: string, isType = false) => faultsOf(inKnock, { specifier, isType }).length;
  assert.equal(faults('../base/clock.ts'), 0);
  assert.equal(faults('../packet/packet-fields.ts', true), 0);
  assert.equal(faults('../packet/packet-fields.ts'), 1);
  assert.equal(faults('../daemon/daemon.ts'), 1);
  assert.equal(faults('koffi'), 1);
  assert.equal(faults('../../lab/lab.ts'), 1);
  assert.equal(faultsOf(join(SRC, 'native/pcap.ts'), { specifier: 'koffi', isType: false }).length, 0);
});

/** What is wrong with this import of this file; empty when nothing is. */
function faultsOf(file: string, { specifier, isType }: Import): string[] {
  const complaint = complaintAbout(file, specifier, isType);
  return complaint === undefined ? [] : [`${relative(ROOT, file)}: '${specifier}' ${complaint}`];
}

function complaintAbout(file: string, specifier: string, isType: boolean): string | undefined {
  const isTest = file.endsWith('.test.ts');
  const own = folderOf(file);
  if (!specifier.startsWith('.')) {
    return specifier === 'koffi' && own !== 'native' ? 'is for src/native alone' : undefined;
  }
  const target = resolve(dirname(file), specifier);
  const path = relative(ROOT, target);
  if (!path.startsWith('src/')) {
    const isHelper = isTest && TEST_HELPERS.some((helper) => path.startsWith(`${helper}/`));
    return isHelper ? undefined : 'lies outside of src/';
  }
  const folder = folderOf(target);
  const row = TABLE[own];
  if (folder === own || row === undefined || row.imports.includes(folder)) return undefined;
  if (row.types?.includes(folder) === true) {
    // A test may make real values of what its folder knows the types of.
    return isType || isTest ? undefined : `may be imported by src/${own} for types only`;
  }
  return `may not be imported by src/${own}`;
}

/** The imports of a source text, with those that vanish when types are erased marked. */
function importsOf(text: string): Import[] {
  const found: Import[] = [];
  for (const [, clause = '', specifier = ''] of text.matchAll(
    /^(?:import|export)\s+([^;'"]*?\bfrom\s+)?['"]([^'"]+)['"]/gm,
  )) {
    found.push({ specifier, isType: isTypeClause(clause) });
  }
  for (const match of text.matchAll(/(.*)\bimport\(\s*['"]([^'"]+)['"]/g)) {
    const [, before = '', specifier = ''] = match;
    found.push({
      specifier,
      isType: !/\bawait\s*$|\breturn\s*$|=\s*$/.test(before) && /[:<|&]\s*$/.test(before),
    });
  }
  return found;
}

/** Only `import type` vanishes: `import { type A }` still loads the file, as verbatimModuleSyntax says. */
function isTypeClause(clause: string): boolean {
  return /^type\s/.test(clause);
}

function folderOf(file: string): string {
  return relative(SRC, file).split('/')[0] ?? '';
}

function folders(): string[] {
  return readdirSync(SRC, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(SRC, name));
}
