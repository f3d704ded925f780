import assert from 'node:assert/strict';
import test from 'node:test';
import { parseKnockArguments } from './knock-arguments.ts';

/** The request in a few words, or `error: …`. */
function request(line: string): string {
  const result = parseKnockArguments(line.split(' '));
  if (!result.ok) return `error: ${result.error.message}`;
  if (result.value.kind === 'more') return `more, or: ${result.value.otherwise?.message ?? 'nothing'}`;
  if (result.value.kind !== 'send') return result.value.kind;
  const { plan, family, delayMs, verbose } = result.value;
  const knocks = plan.knocks.map(({ protocol, port }) => `${protocol}/${port}`).join(',');
  return `${plan.host} ${knocks} family=${family} delay=${delayMs}${verbose ? ' verbose' : ''}`;
}

const LINES: readonly (readonly [line: string, expected: string])[] = [
  ['h 1', 'h tcp/1 family=0 delay=0'],
  ['-uv h 1 2:tcp', 'h udp/1,udp/2 family=0 delay=0 verbose'],
  ['-d 200 h 1', 'h tcp/1 family=0 delay=200'],
  ['-d200 h 1', 'h tcp/1 family=0 delay=200'],
  ['-vd200 h 1', 'h tcp/1 family=0 delay=200 verbose'],
  ['--delay=200 h 1', 'h tcp/1 family=0 delay=200'],
  ['--del 200 h 1', 'h tcp/1 family=0 delay=200'],
  ['h 1 2:udp -v --delay 5', 'h tcp/1,udp/2 family=0 delay=5 verbose'],
  ['h -- 1 2', 'h tcp/1,tcp/2 family=0 delay=0'],
  ['-d 1 -d 2 h 1', 'h tcp/1 family=0 delay=2'],
  ['-4 h 1', 'h tcp/1 family=4 delay=0'],
  ['--ipv6 h 1', 'h tcp/1 family=6 delay=0'],
  ['-46 h 1', 'h tcp/1 family=6 delay=0'],
  ['-64 h 1', 'h tcp/1 family=4 delay=0'],
  ['-h', 'help'],
  ['-vh -x', 'help'],
  ['--help', 'help'],
  ['-V', 'version'],
  ['-hV', 'help'],
  ['-Vh', 'version'],
  ['--ver h 1', "error: option '--ver' is ambiguous: it could be '--verbose', '--version'"],
  ['-x h 1', "error: unknown option '-x'"],
  ['h 1 -d', "error: option '-d' needs a value"],
  ['-d x h 1', "error: delay 'x': expected whole milliseconds from 0 to 3600000"],
  ['-v h', "more, or: no port given for host 'h'"],
  ['-v h --', "more, or: no port given for host 'h'"],
  ['h -- ssh', 'h tcp/22 family=0 delay=0'],
  ['h -- ssh x', "more, or: knock 'x': expected a port from 1 to 65535 or a tcp service name"],
  ['h 1 -- x', "error: knock 'x': expected a port from 1 to 65535 or a tcp service name"],
  ['h 1 x', "error: knock 'x': expected a port from 1 to 65535 or a tcp service name"],
  ['--wait 22 h 1', 'more, or: nothing'],
  ['--list', 'more, or: nothing'],
];

for (const [line, expected] of LINES) {
  test(`knock ${line} asks for: ${expected}`, () => assert.equal(request(line), expected));
}
