import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FOREVER_MS } from '../base/duration.ts';
import { STAGE } from '../knock/match-event.ts';
import { parseIpAddress } from '../net/ip-address.ts';
import { BURST, WatchHub } from './watch-hub.ts';

const SOURCE = parseIpAddress('192.0.2.7')!;

function stage(watchers: number) {
  const lines: string[] = [];
  const each = Array.from({ length: watchers }, () => ({ tell: (line: string) => lines.push(line) }));
  const hub = new WatchHub(new Set(each));
  return { hub, events: () => lines.map((line) => JSON.parse(line)) };
}

test('without a watcher nothing is told', () => {
  const { hub, events } = stage(0);
  hub.attempt(STAGE, 'ssh', 1, SOURCE);
  hub.event({ event: 'dropped', count: 3 });
  assert.deepEqual(events(), []);
});

test('attempts and decisions are told with times as texts', () => {
  const { hub, events } = stage(1);
  hub.attempt(STAGE, 'ssh', 2, SOURCE);
  hub.decision({
    kind: 'restored',
    reason: 'journal',
    door: 'ssh',
    source: '192.0.2.7',
    atMs: 0,
    endsMs: FOREVER_MS,
  });
  const [attempt, decision] = events();
  assert.deepEqual(
    { ...attempt, at: '' },
    {
      v: 1,
      kind: 'event',
      at: '',
      event: 'attempt',
      what: 'stage',
      source: '192.0.2.7',
      door: 'ssh',
      stage: 2,
    },
  );
  assert.deepEqual(decision.decision, {
    kind: 'restored',
    door: 'ssh',
    source: '192.0.2.7',
    at: '1970-01-01T00:00:00.000Z',
    reason: 'journal',
    endsAt: null,
  });
  assert.match(decision.text, /^192\.0\.2\.7: ssh: /);
});

test('a decision that the log has no words for is told with its door and source', () => {
  const { hub, events } = stage(1);
  hub.decision({
    kind: 'closed',
    reason: 'timeout',
    means: 'commands',
    door: 'ssh',
    source: '192.0.2.7',
    atMs: 0,
  });
  assert.equal(events()[0]?.text, '192.0.2.7: ssh: closed');
});

test('a flood is cut, and every event is either told or counted', () => {
  const { hub, events } = stage(1);
  const flood = 100_000;
  for (let i = 0; i < flood; i++) hub.attempt(STAGE, 'ssh', 1, SOURCE);
  hub.summarise();
  const told = events().filter(({ event }) => event === 'attempt').length;
  const skipped = events()
    .filter(({ event }) => event === 'skipped')
    .reduce((sum, { count }) => sum + count, 0);
  assert.ok(told >= BURST && told < flood / 10, `${told}`);
  assert.equal(told + skipped, flood);
});
