/** All rows, in the order in which they are measured. Identifiers stay what they are: scripts name them. */

import type { Plan } from './plan.ts';
import { TCPREPLAY } from './programs.ts';
import { allocations } from './rows/allocations.ts';
import { attempts } from './rows/attempts.ts';
import { client } from './rows/client.ts';
import { command } from './rows/command.ts';
import { grants } from './rows/grants.ts';
import { manyDoors } from './rows/many-doors.ts';
import { memory } from './rows/memory.ts';
import { packet } from './rows/packet.ts';
import { portOpen } from './rows/port-open.ts';
import { served } from './rows/served.ts';
import { signals } from './rows/signals.ts';
import { spa } from './rows/spa.ts';
import { spaJudge } from './rows/spa-judge.ts';
import { start } from './rows/start.ts';

export const PLANS: readonly Plan[] = [
  plan('P1', 'last knock to the open port', 70, false, portOpen),
  plan('P2', 'last knock to the end of a shell command', 20, false, command),
  plan('P3', 'knockers who are served during floods of forged packets', 80, true, served),
  plan('P4', 'processor time for each packet of a flood of first knocks', 70, false, packet),
  plan('P5', 'memory, idle and during floods from a million sources', 75, false, memory),
  plan('P6', 'start with many doors of three random ports', 15, false, start),
  plan('P7', 'processor time for each packet, by the number of doors', 70, false, manyDoors),
  plan('P8', 'single packet authorization under a load of bogus packets', 35, true, spa),
  plan('SPA', 'a bogus packet to a port with single packet authorization', 5, false, spaJudge),
  plan('P9', 'the whole command knock with three knocks', 10, false, client),
  plan('attempts', 'processor time for each packet, by the number of attempts', 60, false, attempts),
  plan('grants', 'opening one more door, by the number of open ones', 10, false, grants),
  plan('allocations', 'memory allocated for each packet of a flood', 15, false, allocations),
  plan('signals', 'SIGHUP and SIGTERM during a flood', 20, false, signals),
];

function plan(
  id: string,
  title: string,
  aboutSeconds: number,
  playsFiles: boolean,
  measure: Plan['measure'],
): Plan {
  return { id, title, aboutSeconds, needs: playsFiles ? [TCPREPLAY] : [], measure };
}
