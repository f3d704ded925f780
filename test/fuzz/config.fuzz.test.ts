/**
 * Random configurations through the parser: it never throws, gives a configuration or diagnostics with places inside the
 * file, and reads from a valid text just the doors that were written. POSTERN_FUZZ_CONFIGS sets how many.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, ok } from '../../src/base/result.ts';
import type { Config, Diagnostic } from '../../src/config/config.ts';
import type { ConfigSource } from '../../src/config/config-source.ts';
import { MAX_DIAGNOSTICS } from '../../src/config/faults.ts';
import { formatDiagnostic } from '../../src/config/format-diagnostic.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { formatPortRange } from '../../src/net/port-range.ts';
import { formatPrefix } from '../../src/net/prefix.ts';
import { type SeededRandom, seededRandom, seedFromEnvironment } from '../support/seeded-random.ts';
import { brokenText, type WrittenConfig, writtenConfig } from './config-text-source.ts';

const { POSTERN_FUZZ_CONFIGS } = process.env;
const CONFIGS = Number(POSTERN_FUZZ_CONFIGS ?? 5000);

const MAIN = '/etc/knockd.conf';
/** Control characters that a terminal would act on. */
const CONTROL = /[^\P{Cc}\n\t]/u;

test(`${CONFIGS} random configurations give doors or diagnostics`, (t) => {
  const random = seededRandom(seedFromEnvironment());
  t.diagnostic(`POSTERN_SEED=${random.seed} POSTERN_FUZZ_CONFIGS=${CONFIGS}`);
  let accepted = 0;
  for (let i = 0; i < CONFIGS; i++) {
    const where = `seed ${random.seed} configuration ${i}`;
    if (i % 4 === 0) {
      checkValid(writtenConfig(random), where);
      continue;
    }
    const included = random.oneIn(3) ? brokenText(random) : '';
    const text = brokenText(random);
    const result = parseGiven(text, included, where);
    if (result.ok) accepted++;
    else for (const diagnostic of result.error) checkDiagnostic(diagnostic, text, included, where);
  }
  t.diagnostic(`${accepted} of the broken ones were still configurations`);
  assert.ok(accepted > 0 && accepted < CONFIGS / 2);
});

test('the generator is not too tame: most kinds of fault are met', () => {
  const random: SeededRandom = seededRandom(1);
  const messages = new Set<string>();
  for (let i = 0; i < 3000; i++) {
    const result = parseGiven(brokenText(random), brokenText(random), `${i}`);
    if (!result.ok)
      for (const { message } of result.error) messages.add(message.replaceAll(/'[^']*'|\d+/g, '_'));
  }
  assert.ok(messages.size > 30, [...messages].join('\n'));
});

function parseGiven(text: string, included: string, where: string) {
  const source: ConfigSource = {
    read: (path) =>
      path === '/conf.d/a.conf' ? ok(included) : path === MAIN ? ok(text) : fail('no such file'),
    isSame: (a, b) => a === b,
    list: (directory) => ok(directory.endsWith('conf.d') ? [{ name: 'a.conf', isDirectory: false }] : []),
  };
  try {
    return parseConfig(text, MAIN, source);
  } catch (error) {
    throw new Error(`${where}: ${JSON.stringify(text)} and ${JSON.stringify(included)}`, { cause: error });
  }
}

function checkValid({ text, doors }: WrittenConfig, where: string): void {
  const result = parseGiven(text, '', where);
  assert.ok(
    result.ok,
    `${where}: ${result.ok ? '' : result.error.map(formatDiagnostic).join('\n')}\n${text}`,
  );
  assert.deepEqual(asWritten(result.value), doors, `${where}:\n${text}`);
}

function asWritten({ doors }: Config): unknown {
  return doors.map(({ name, sequence, seqTimeoutMs, ipv4, opening, closes, allowFrom }) => ({
    name,
    steps: sequence.kind === 'fixed' ? sequence.steps : [],
    seqTimeoutMs,
    start: ipv4.start,
    open: opening === undefined ? undefined : { ...opening, ports: opening.ports.map(formatPortRange) },
    closes,
    allowFrom: allowFrom.map(formatPrefix),
  }));
}

function checkDiagnostic(diagnostic: Diagnostic, text: string, included: string, where: string): void {
  const { file, line, column, message } = diagnostic;
  const said = formatDiagnostic(diagnostic);
  const about = `${where}: ${said}\n${JSON.stringify(text)}`;
  assert.ok(message.length > 0 && message.length < 1000, about);
  assert.doesNotMatch(said, CONTROL, about);
  const lines = (file === MAIN ? text : included).split('\n');
  assert.ok(line >= 0 && line <= lines.length, about);
  assert.ok(column >= 0 && column <= (lines[line - 1] ?? '').length + 1, about);
}

test('a file of nothing but errors gives a bounded number of diagnostics', () => {
  const text = '[door]\nSequence = x\n'.repeat(3 * MAX_DIAGNOSTICS);
  const result = parseGiven(text, '', 'errors only');
  assert.ok(!result.ok && result.error.length <= MAX_DIAGNOSTICS + 1);
});
