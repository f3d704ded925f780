/** Draws the picture of a run: `picture RUN.txt PICTURE.svg`. */

import { readFileSync, writeFileSync } from 'node:fs';
import { drawPicture } from './draw-picture.ts';
import { readStory } from './told-story.ts';

const [run, picture] = process.argv.slice(2);
if (run === undefined || picture === undefined) {
  console.error('usage: picture RUN.txt PICTURE.svg');
  process.exit(2);
}
writeFileSync(picture, drawPicture(readStory(readFileSync(run, 'utf8'))));
