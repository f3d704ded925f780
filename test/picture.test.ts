/** docs/story.svg is what `npm run picture` draws of the run in demo/run.txt, and says what that run says. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { drawPicture } from '../demo/draw-picture.ts';
import { isOfTheLaptop, rowsOf } from '../demo/picture-rows.ts';
import { readStory } from '../demo/told-story.ts';

const ROOT = new URL('../../', import.meta.url);
const RUN = readFileSync(new URL('demo/run.txt', ROOT), 'utf8');
const PICTURE = readFileSync(new URL('docs/story.svg', ROOT), 'utf8');
const CHAPTERS = readStory(RUN);

/** A picture grows beyond that only by mistake. */
const MOST_BYTES = 16_384;

test('the picture is drawn from the run that is kept', () => {
  assert.equal(PICTURE, drawPicture(CHAPTERS), "'npm run picture' draws it anew");
});

test('every step of a chapter with the laptop is in the picture, word for word', () => {
  const drawn = wordsOf(PICTURE);
  const steps = CHAPTERS.filter(isOfTheLaptop).flatMap(({ told }) =>
    told.flatMap((each) =>
      each.kind === 'step' ? [each.text.replace(/^the daemon says: ([\d.]+: )?/, '')] : [],
    ),
  );
  assert.ok(steps.length > 10, `${steps.length} steps`);
  for (const step of steps) assert.ok(drawn.includes(wordsOf(step)), step);
});

test('port 22 is open in the picture from the knock until it is shut', () => {
  let isOpen = false;
  const changes = CHAPTERS.flatMap((chapter) =>
    rowsOf(chapter, isOpen).flatMap((row) => {
      const isChange = row.isOpen !== isOpen;
      isOpen = row.isOpen;
      return isChange ? [row.isOpen ? 'open' : 'shut'] : [];
    }),
  );
  assert.deepEqual(changes, ['open', 'shut', 'open', 'shut', 'open', 'shut']);
});

test('a picture for every page: small, with a title, no script, nothing fetched, text as text', () => {
  assert.ok(PICTURE.length < MOST_BYTES, `${PICTURE.length} bytes`);
  assert.match(PICTURE, /<title id="title">.+<\/title>\n<desc id="about">.+<\/desc>/);
  assert.match(PICTURE, /prefers-color-scheme:dark/);
  assert.doesNotMatch(PICTURE, /<script|<image|@import|url\(|href/);
});

/** Lines of a text may be broken anywhere, and lie in elements of their own. */
function wordsOf(text: string): string {
  return text
    .replace(/<style>[\s\S]*<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
