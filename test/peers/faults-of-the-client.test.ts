/** What Debian's knock 0.8 leaves out, beside Postern's. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { KNOCK } from '../../lab/programs.ts';
import { knock, missingOriginal, missingTools, ORIGINAL, setStage } from '../netns/knock-stage.ts';
import { NAME, queries, serveNames } from '../netns/name-stage.ts';

const skip = (await enterLab()) ?? missingTools();

const KNOCKS = ['7000', '8000', '9000'];

test('the exit status tells whether the knocks were sent, and a name is resolved once', {
  skip,
}, async (t) => {
  const stage = await setStage(t);
  const names = await serveNames(t, stage);
  stage.client.ip('route', 'add', 'unreachable', '10.66.0.0/16');
  const ask = async (program: string) => {
    const before = queries(names).length;
    const found = await knock(stage, ['-4', NAME, ...KNOCKS], program);
    const asked = queries(names).length - before;
    const unreachable = await knock(stage, ['-4', '10.66.0.1', ...KNOCKS], program);
    const unknown = await knock(stage, ['-4', 'nobody.example', ...KNOCKS], program);
    return { statuses: [found.status, unreachable.status, unknown.status], asked };
  };
  assert.deepEqual(await ask(KNOCK), { statuses: [0, 2, 2], asked: 1 });
  const missing = missingOriginal();
  if (missing !== undefined) return t.diagnostic(missing);
  const original = await ask(ORIGINAL);
  assert.equal(original.asked, KNOCKS.length);
  assert.equal(original.statuses[1], 0);
  t.diagnostic(
    `knock: asked for the name ${original.asked} times, and ended with 0 where no knock could leave`,
  );
});
