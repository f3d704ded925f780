import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Key } from './keys.ts';
import { EMPTY } from './model.ts';
import { AT_FIRST, NO_VIEWS, type PaneViews, press, type Viewer, withNewEvents } from './viewer.ts';

const NOW = { monotonicMs: 0, wallMs: 0 };
const VIEWS: PaneViews = {
  ...NO_VIEWS,
  open: { height: 5, length: 12 },
  events: { height: 4, length: 10 },
  doors: { height: 5, length: 3 },
};

function pressed(viewer: Viewer, ...keys: readonly Key[]): Viewer {
  return keys.reduce((before, key) => press(before, key, VIEWS, EMPTY, NOW), viewer);
}

test('Tab goes around the panes, and back', () => {
  const tabs = (count: number): readonly Key[] => Array.from({ length: count }, () => 'next-pane');
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((count) => pressed(AT_FIRST, ...tabs(count)).focus),
    ['open', 'attempts', 'banned', 'doors', 'events', 'open'],
  );
  assert.equal(pressed(AT_FIRST, 'previous-pane').focus, 'events');
});

/** Keys, and the rows that the pane is away from its resting place. */
const LIST: readonly (readonly [readonly Key[], number])[] = [
  [['up'], 0],
  [['down'], 1],
  [['down', 'down', 'up'], 1],
  [['page-down'], 4],
  [['last'], 7],
  [['last', 'down', 'down', 'up'], 6],
  [['last', 'page-up'], 3],
  [['last', 'first'], 0],
];

for (const [keys, rows] of LIST) {
  test(`${keys.join(', ')}: the list is ${rows} rows from its beginning`, () => {
    assert.equal(pressed(AT_FIRST, ...keys).scrolled.open, rows);
  });
}

/** The same of the events, which rest at their end. */
const EVENTS: readonly (readonly [readonly Key[], number])[] = [
  [['down'], 0],
  [['up'], 1],
  [['page-up'], 3],
  [['first'], 6],
  [['first', 'down'], 5],
  [['first', 'last'], 0],
];

for (const [keys, rows] of EVENTS) {
  test(`${keys.join(', ')}: the events are ${rows} rows from their end`, () => {
    assert.equal(pressed({ ...AT_FIRST, focus: 'events' }, ...keys).scrolled.events, rows);
  });
}

test('a pane with room for all does not scroll', () => {
  assert.equal(pressed({ ...AT_FIRST, focus: 'doors' }, 'last', 'down').scrolled.doors, 0);
});

test('who looks back at events goes on seeing the same while more come; who does not sees the newest', () => {
  const back = pressed({ ...AT_FIRST, focus: 'events' }, 'up', 'up');
  assert.equal(withNewEvents(back, 3).scrolled.events, 5);
  assert.equal(withNewEvents(AT_FIRST, 3).scrolled.events, 0);
});

test('a pause holds what is there, and scrolls in it', () => {
  const paused = pressed(AT_FIRST, 'pause');
  assert.deepEqual(paused.paused, { model: EMPTY, now: NOW });
  assert.equal(pressed(paused, 'down').scrolled.open, 1);
  assert.equal(
    withNewEvents({ ...paused, scrolled: { ...paused.scrolled, events: 2 } }, 3).scrolled.events,
    2,
  );
  assert.equal(pressed(paused, 'pause').paused, undefined);
});
