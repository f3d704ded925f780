import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsed } from '../../test/support/config-text.ts';
import { access, door, from, HOME, packet, sealed, secret } from '../../test/support/spa-yard.ts';
import { ok } from '../base/result.ts';
import { PacketFields } from '../packet/packet-fields.ts';
import { newPacket } from '../spa/encode-packet.ts';
import { ReplayWindow } from '../spa/replay-window.ts';
import { SpaDesk, type SpaReplay } from './spa-desk.ts';

const PORT = 62201;
const TEXT = '[ssh]\nSpa_Key = plain:testtest\nSpa_Hmac_Key = plain:hmackey1\nOpen = tcp/22\n';
const KEYS = door({ key: secret('testtest'), hmac: { key: secret('hmackey1'), type: 'sha256' } });

/** A replay memory whose disk answers when it is told to. */
class SlowMemory extends ReplayWindow implements SpaReplay {
  answer: () => void = () => assert.fail('nothing waits');

  constructor() {
    super({ maxAgeS: 120 });
  }

  written() {
    return new Promise<ReturnType<typeof ok<void>>>((resolve) => {
      this.answer = () => resolve(ok(undefined));
    });
  }
}

function waitingPacket() {
  const heard: string[] = [];
  const desk = new SpaDesk({
    audience: { spaPacket: ({ kind }) => heard.push(kind) },
    open: ({ name, opening }) => heard.push(`open ${name} for ${opening?.forMs}`),
    failed: ({ name }) => heard.push(`failed ${name}`),
    gone: ({ name }) => heard.push(`gone ${name}`),
  });
  const memory = new SlowMemory();
  const set = (text: string) => desk.setDoors(parsed(text).doors, memory);
  set(TEXT);
  const bytes = sealed(KEYS, packet(newPacket('alice', Math.floor(Date.now() / 1000), access())));
  const fields = Object.assign(new PacketFields(), from(HOME), { dstPort: PORT });
  desk.packet(bytes, 0, bytes.length, fields, true, Date.now());
  return { set, memory, heard };
}

test('a door opens when its packet is on the disk, and not before', async () => {
  const { memory, heard } = waitingPacket();
  assert.deepEqual(heard, ['accepted']);
  memory.answer();
  await Promise.resolve().then(() => undefined);
  assert.equal(heard.length, 2);
  assert.match(heard[1] ?? '', /^open ssh/);
});

test('what a reload took away while the disk was at it stays shut, what it changed opens as it is now', async () => {
  const { set, memory, heard } = waitingPacket();
  set('[other]\nSequence = 7000,8000\n');
  memory.answer();
  await Promise.resolve().then(() => undefined);
  assert.deepEqual(heard, ['accepted', 'gone ssh']);
  const changed = waitingPacket();
  changed.set(`${TEXT}Open_For = 5s\n`);
  changed.memory.answer();
  await Promise.resolve().then(() => undefined);
  assert.deepEqual(changed.heard, ['accepted', 'open ssh for 5000']);
});
