/** The service's unit as systemd's own tools judge it, and that the tests of the sandbox leave none of its lines out. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KNOCKD, POSTERN } from '../../lab/programs.ts';
import { APPLIED, LEFT_OUT } from './sandbox.ts';
import { exampleDropIn, readSection, UNIT } from './unit-file.ts';

const skip = spawnSync('systemd-analyze', ['--version']).error && 'systemd-analyze is not installed';

const EXAMPLES = ['commands', 'lookup', 'no-jit'];
/** Points of 10 in `systemd-analyze security`; less is better. Raise one only with a reason in docs/service.md. */
const MOST_EXPOSED: Readonly<Record<string, number>> = { '': 1.6, 'no-jit': 1.5, lookup: 2 };

test('systemd-analyze verify has nothing to say, with each example and without', { skip }, (t) => {
  for (const example of ['', ...EXAMPLES]) {
    const { status, output } = analyze('verify', unitFolder(t, example), '--man=no');
    assert.deepEqual([status, output], [0, ''], example);
  }
});

test('the exposure that systemd-analyze security finds stays below its bar', { skip }, (t) => {
  for (const [example, most] of Object.entries(MOST_EXPOSED)) {
    const { output } = analyze('security', unitFolder(t, example), '--offline=yes');
    const [, figure = ''] = /Overall exposure level for knockd\.service: ([\d.]+)/.exec(output) ?? [];
    assert.ok(
      Number(figure) > 0 && Number(figure) <= most,
      `${example} ${figure}: at most ${most}\n${output}`,
    );
    t.diagnostic(`${example || 'the unit'}: ${figure}`);
  }
});

test('each line of the unit and its examples is applied by the sandbox of the tests, or left out for a reason', () => {
  const known = new Set([...APPLIED, ...Object.keys(LEFT_OUT)]);
  const keys = [
    ...readSection('Service', [UNIT, ...EXAMPLES.map((name) => exampleDropIn(`${name}.conf`))]).keys(),
  ];
  assert.deepEqual(
    keys.filter((key) => !known.has(key)),
    [],
  );
  assert.ok(keys.length > 40, `${keys.length} lines`);
});

function analyze(command: string, unit: string, ...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', [command, ...options, '--no-pager', unit], {
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** The unit with programs that are there. */
function unitFolder(t: TestContext, example: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-unit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const unit = join(folder, 'knockd.service');
  const text = readFileSync(UNIT, 'utf8').replaceAll('/usr/sbin/knockd', KNOCKD);
  writeFileSync(unit, text.replaceAll('/usr/bin/postern', POSTERN));
  if (example === '') return unit;
  mkdirSync(`${unit}.d`);
  cpSync(exampleDropIn(`${example}.conf`), join(`${unit}.d`, `${example}.conf`));
  return unit;
}
