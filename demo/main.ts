/**
 * `npm start`: the classic story of port knocking with the real programs, real packets and a real firewall, on three
 * private hosts. Exit status: 0 every step went as told, 1 one did not, 2 the demo cannot run here, 130 interrupted.
 */

import { enterLab } from '../lab/enter.ts';
import { LAPTOP, MANAGEMENT, SERVER } from './addresses.ts';
import {
  theDoorkeeper,
  theDoorThatCloses,
  theEnd,
  theKill,
  theKnock,
  theReturn,
  theScan,
  theWall,
} from './chapters.ts';
import { Doorkeeper } from './doorkeeper.ts';
import { setScene } from './scene.ts';
import { Story } from './story.ts';

const problem = await enterLab();
if (problem !== undefined) {
  console.error(`error: the demo needs private network namespaces: ${problem}`);
  console.error('hint: the daemon itself needs none: npm start -- -h');
  process.exit(2);
}
process.once('SIGINT', () => {
  console.log('\nInterrupted; nothing is left behind.');
  process.exit(130);
});
process.exit(await tell(new Story()));

async function tell(story: Story): Promise<number> {
  const startedAtMs = performance.now();
  story.title('Postern: a port that opens to those who know the knock');
  story.plain();
  story.plain(`  server      ${SERVER}   ssh behind a firewall that drops`);
  story.plain(`  management  ${MANAGEMENT}   always allowed in`);
  story.plain(`  laptop      ${LAPTOP}   has to knock`);
  story.plain();
  story.plain('Three private hosts on this machine. Nothing outside of them is touched.');
  const scene = await setScene();
  await theWall(story, scene);
  const keeper = new Doorkeeper(story, scene);
  await theDoorkeeper(story, scene, keeper);
  if (!keeper.isUp) return conclude(story, performance.now() - startedAtMs);
  await theKnock(story, scene, keeper);
  await theScan(story, scene, keeper);
  await theDoorThatCloses(story, scene, keeper);
  await theKill(story, scene, keeper);
  const next = new Doorkeeper(story, scene);
  await theReturn(story, scene, next);
  await theEnd(story, scene, next);
  await scene.lab.close();
  return conclude(story, performance.now() - startedAtMs);
}

function conclude(story: Story, tookMs: number): number {
  const { passed, failed } = story.tally;
  const took = `${(tookMs / 1000).toFixed(0)} seconds`;
  story.plain();
  if (failed > 0) {
    story.title(`${failed} of ${passed + failed} steps did not go as told (${took}).`);
    return 1;
  }
  story.title(`All ${passed} steps went as told, in ${took}.`);
  story.plain();
  story.plain('What to try next:');
  story.plain('  npm start -- -h          the options of the daemon');
  story.plain('  node bin/knock -h        the options of the client');
  story.plain('  less README.md           how to install it, and a configuration to begin with');
  return 0;
}
