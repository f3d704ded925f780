import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MAIN, memorySource } from '../../test/support/config-text.ts';
import { parseConfigWithPlaces } from '../config/parse-config.ts';
import { parsePortRange } from '../net/port-range.ts';
import { lint, RULES, type Warning } from './lint.ts';
import type { LintContext } from './rule.ts';

/**
 * Configurations, each of which ends with the whole of what is to be said about it: `# warns: LINE CODE`. Also a comment:
 * `# listens: udp/48122`, what the machine listens on, `# publishes: tcp/8080`, what it translates to containers, and `# mode: 644`, who may read the file.
 */
const FIXTURES = new URL('../../../test/lint/', import.meta.url);

function warningsOf(text: string, context: Partial<LintContext> = {}): readonly Warning[] {
  const parsed = parseConfigWithPlaces(text, MAIN, memorySource());
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const nothing: LintContext = { isListening: () => false, published: [], modeOf: () => 0o100600 };
  return lint({ ...parsed.value, context: { ...nothing, ...context } });
}

function fixture(path: string) {
  const text = readFileSync(new URL(path, FIXTURES), 'utf8');
  const listens = commentsOf(text, 'listens');
  const mode = Number.parseInt(commentsOf(text, 'mode')[0] ?? '600', 8);
  const warnings = warningsOf(text, {
    isListening: (protocol, port) => listens.includes(`${protocol}/${port}`),
    published: commentsOf(text, 'publishes').map((range) => parsePortRange(range)!),
    modeOf: () => 0o100000 | mode,
  });
  return {
    expected: commentsOf(text, 'warns'),
    told: warnings.map(({ line, code }) => `${line} ${code}`),
    codes: warnings.map(({ code }) => code),
  };
}

function commentsOf(text: string, word: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^# ${word}: (.+)$`, 'gm'))].map(([, said = '']) => said);
}

for (const { code } of RULES) {
  test(`${code} is told where it stands, and only there`, () => {
    const bad = fixture(`rules/${code}.bad.conf`);
    assert.ok(bad.codes.includes(code), `'${code}' is not told`);
    assert.deepEqual(bad.told, bad.expected);
    const good = fixture(`rules/${code}.good.conf`);
    assert.ok(!good.codes.includes(code), `'${code}' is told without need`);
    assert.deepEqual(good.told, good.expected);
  });
}

test('every fixture is that of a rule', () => {
  const codes = RULES.flatMap(({ code }) => [`${code}.bad.conf`, `${code}.good.conf`]);
  assert.deepEqual(readdirSync(new URL('rules/', FIXTURES)).toSorted(), codes.toSorted());
});

const ARTICLES = readdirSync(new URL('articles/', FIXTURES));

for (const name of ARTICLES) {
  test(`what an expert would say of ${name}, and nothing else`, () => {
    const { told, expected } = fixture(`articles/${name}`);
    assert.ok(expected.length > 0);
    assert.deepEqual(told, expected);
  });
}

test('a door as it should be has no warning', () => {
  const text = '[door]\nSequence = 17301,48122:udp,35904\nTCPFlags = syn\nOpen = tcp/22\nOpen_For = 30s\n';
  assert.deepEqual(warningsOf(text), []);
});

test('a warning has the column of the key, whatever its name', () => {
  const text = '[door]\n  Sequence = 17301,48122:udp,35904\n  TCPFlags = syn\n  Command = open %IP%\n';
  assert.deepEqual(
    warningsOf(text).map(({ line, column, code }) => [line, column, code]),
    [[4, 3, 'start-without-stop']],
  );
});

function hintOf(sequence: string, taken: readonly string[] = []): string | undefined {
  const warnings = warningsOf(`[door]\nSequence = ${sequence}\nTCPFlags = syn\n`, {
    isListening: (protocol, port) => taken.includes(`${protocol}/${port}`),
  });
  return warnings.find(({ code }) => code === 'one-protocol')?.hint;
}

test('the sequence that a hint proposes keeps its ports, and has no step that is taken', () => {
  assert.equal(hintOf('17301,48122,35904'), "let one of them be udp, such as '17301,48122:udp,35904'");
  assert.equal(
    hintOf('17301,48122,35904', ['udp/48122']),
    "let one of them be udp, such as '17301,48122,35904:udp'",
  );
  assert.equal(
    hintOf('17301:udp,48122:udp,7:udp', ['tcp/48122', 'tcp/7']),
    "let one of them be tcp, such as '17301,48122:udp,7:udp'",
  );
  assert.equal(hintOf('7000,8000,9000'), 'let one of them be udp', 'its ports are known, too');
  assert.equal(hintOf('17301,48122,7', ['udp/17301', 'udp/48122', 'udp/7']), 'let one of them be udp');
});

test('a knock that takes a start command back is named', () => {
  const doors = (open: string, close: string) =>
    `[a]\nSequence = 17301,48122:udp,35904\nTCPFlags = syn\nCommand = ${open}\n[z]\nSequence = 7:udp,8122,3904\nTCPFlags = syn\nCommand = ${close}\n`;
  const messageOf = (open: string, close: string) =>
    warningsOf(doors(open, close)).find(({ code }) => code === 'start-without-stop')?.message;
  const named = "only a knock at 'z' takes the start command back: until then the port stays open";
  assert.equal(
    messageOf('iptables -I INPUT 1 -s %IP% -j ACCEPT', 'iptables -D INPUT -s %IP% -j ACCEPT'),
    named,
  );
  assert.equal(
    messageOf('ufw allow from %IP% to any port 22', 'ufw delete allow from %IP% to any port 22'),
    named,
  );
  assert.equal(messageOf('firewall-cmd --add-rich-rule=%IP%', 'firewall-cmd --remove-rich-rule=%IP%'), named);
  assert.equal(
    messageOf('ufw allow from %IP%', 'ufw delete allow 22'),
    'the start command is never taken back',
  );
});

test('Max_Strays says which steps are close', () => {
  const text = '[options]\nMax_Strays = 100\n[door]\nSequence = 7401,7301,48122:udp\nTCPFlags = syn\n';
  assert.deepEqual(
    warningsOf(text).map(({ code }) => code),
    ['close-steps'],
  );
});

test('a file whose mode cannot be told is not complained of', () => {
  const text = '[door]\nSequence = 17301,48122:udp,35904\nTCPFlags = syn\n';
  assert.deepEqual(warningsOf(text, { modeOf: () => undefined }), []);
});

test('no warning says a secret', () => {
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const text = `[a]\nTotp_Secret = ${secret}\n[b]\nTotp_Secret = ${secret}\n`;
  const warnings = warningsOf(text);
  assert.ok(warnings.some(({ code }) => code === 'shared-secret'));
  assert.ok(!JSON.stringify(warnings).includes(secret));
});

test('every rule has a code of its own and says why', () => {
  assert.equal(new Set(RULES.map(({ code }) => code)).size, RULES.length);
  for (const { code, why } of RULES) {
    assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)+$/);
    assert.match(why, /^[A-Z].{40,}\.$/);
  }
});

test('thousands of doors are looked at in good time', () => {
  const port = (index: number) => 1 + ((index * 7919) % 65_535);
  const doors = Array.from(
    { length: 10_000 },
    (_, i) =>
      `[door${i}]\nSequence = ${port(i)},${port(i + 20_000)}:udp,${port(i + 40_000)}\nTCPFlags = syn\n`,
  );
  assert.ok(warningsOf(doors.join('')).length < 10_000);
});
