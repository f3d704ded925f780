import assert from 'node:assert/strict';
import test from 'node:test';
import { faultsOf, parsed, SEQUENCE } from '../../test/support/config-text.ts';

const DOORS = [
  `[ssh]\n${SEQUENCE}\nOpen = tcp/22`,
  `[web]\n${SEQUENCE}\nStop_Command = x`,
  `[six]\n${SEQUENCE}\nStop_Command_6 = x`,
  `[bell]\n${SEQUENCE}\nCommand = ring\nStop_Command =`,
];
const CLOSE_LINE = 16;

function text(value: string, ...more: readonly string[]): string {
  return [...DOORS, `[end]\n${SEQUENCE}\nClose = ${value}`, ...more].join('\n');
}

function closes(value: string, ...more: readonly string[]): readonly string[] {
  return parsed(text(value, ...more)).doors.find(({ name }) => name === 'end')?.closes ?? [];
}

function faults(value: string): readonly string[] {
  return faultsOf(text(value)).map((fault) => fault.replace(`${CLOSE_LINE}:`, ''));
}

test('a door closes others that have ports or a stop command, whatever else it does itself', () => {
  assert.deepEqual(closes('ssh'), ['ssh']);
  assert.deepEqual(closes(' web ,six,ssh'), ['web', 'six', 'ssh']);
  assert.deepEqual(closes('ssh', 'Open = tcp/80'), ['ssh']);
  assert.deepEqual(closes('ssh', 'Command = ring'), ['ssh']);
});

test('a door may close one that stands later, or in an included file', () => {
  const main = `[options]\nInclude = b\n[end]\n${SEQUENCE}\nClose = ssh,late\n[late]\n${SEQUENCE}\nOpen = tcp/1`;
  const files = { '/etc/b': `[ssh]\n${SEQUENCE}\nOpen = tcp/22\nClose = late` };
  assert.deepEqual(
    parsed(main, files).doors.map((door) => door.closes),
    [['ssh', 'late'], [], ['late']],
  );
  assert.deepEqual(faultsOf(main, { '/etc/b': '' }), [
    "5:9 there is no door 'ssh' | write what stands between its brackets",
  ]);
});

test('doors may close each other', () => {
  const door = (name: string, other: string) => `[${name}]\n${SEQUENCE}\nOpen = tcp/1\nClose = ${other}\n`;
  assert.deepEqual(faultsOf(door('a', 'b') + door('b', 'a')), []);
});

const REFUSED: readonly (readonly [value: string, ...faults: readonly string[]])[] = [
  ['sssh', "9 there is no door 'sssh' | did you mean 'ssh'?"],
  ['SSH', "9 there is no door 'SSH' | did you mean 'ssh'?"],
  ['ssh web', "9 there is no door 'ssh web' | write what stands between its brackets"],
  ['ssh,end', "13 door 'end' would close itself | name other doors"],
  ['bell', "9 door 'bell' has nothing to close | a door that can be closed has 'Open' or 'Stop_Command'"],
  ['ssh,,web', '13 the name of a door is missing | write names with one comma between them'],
  ['ssh, ssh', "14 'ssh' is named twice | name each door once"],
  [
    `ssh${',ssh'.repeat(1024)}`,
    ...Array.from({ length: 1023 }, (_, i) => `${13 + 4 * i} 'ssh' is named twice | name each door once`),
    '4105 there are too many doors to close | there may be 1024',
  ],
  [
    's\u200bsh',
    "9 there is no door 's\\u{200b}sh' | did you mean 'ssh'?",
    "10 the character '\\u{200b}' cannot stand here | remove it: it does not show",
  ],
];

for (const [value, ...expected] of REFUSED) {
  test(`'Close = ${value.slice(0, 20)}' is an error`, () => assert.deepEqual(faults(value), expected));
}

test('a door with faults of its own is closed without further ones', () => {
  const found = faultsOf(`[a]\nSequence = x\nOpen = y\n[b]\n${SEQUENCE}\nClose = a`);
  assert.deepEqual(
    found.map((fault) => fault.replace(/ .*/, '')),
    ['2:12', '3:8'],
  );
});

test('a configuration of unknown names only takes no longer for their number', () => {
  const doors = Array.from(
    { length: 2000 },
    (_, i) => `[door number ${i}]\n${SEQUENCE}\nClose = dor nmber ${i}\n`,
  );
  const found = faultsOf(doors.join(''));
  assert.equal(found.length, 2000);
  assert.match(found[0]!, /did you mean 'door number 0'/);
  assert.match(found.at(-1)!, /write what stands/);
});
