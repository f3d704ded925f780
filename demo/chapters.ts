/** The classic story, chapter by chapter. Each chapter tries something, and tells what happened. */

import { until } from '../lab/until.ts';
import { LAPTOP, SERVER } from './addresses.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import { CLOSE_SSH, DOORS, KERNEL_SSH, OPEN_CLOSE_SSH, OPEN_FOR_SECONDS, OPEN_SSH } from './doors.ts';
import { PORT_COUNT, scannerOf } from './scan.ts';
import { FIREWALL, type Scene } from './scene.ts';
import type { Story } from './story.ts';

/** Generous: only a door that stays open takes so long. */
const SHUT_WITHIN_MS = 3000;

const SHUT = 'port 22 does not answer';

export async function theWall(story: Story, { server, management, laptop, service }: Scene): Promise<void> {
  story.chapter('1. The wall');
  story.plain(`  The server runs ${service} on port 22, behind a firewall:`);
  for (const rule of FIREWALL) story.command(server.name, `iptables ${rule}`);
  const heard = await management.tryPort();
  story.step(heard !== undefined, `management: port 22 answers: ${heard}`, `management: ${SHUT}`);
  const laptopHeard = await laptop.tryPort();
  story.step(laptopHeard === undefined, `laptop: ${SHUT}`, `laptop: port 22 answers: ${laptopHeard}`);
}

export async function theDoorkeeper(story: Story, { server }: Scene, keeper: Doorkeeper): Promise<void> {
  story.chapter('2. The doorkeeper');
  story.plain('  Its doors, and the knocks that open them:');
  for (const [name, ports] of DOORS) story.plain(`    ${`[${name}]`.padEnd(16)} ${ports.join(', ')}`);
  story.command(server.name, 'knockd -v -i eth0 -c knockd.conf');
  await keeper.says('listening on eth0');
}

export async function theKnock(story: Story, { laptop }: Scene, keeper: Doorkeeper): Promise<void> {
  story.chapter('3. The knock');
  story.command('laptop', `knock ${SERVER} ${OPEN_SSH.join(' ')}`);
  const { words, afterMs } = await laptop.knockAndConnect(OPEN_SSH);
  await keeper.says(`${LAPTOP}: openSSH: OPEN SESAME`);
  const openTold = `port 22 is open ${afterMs.toFixed(1)} ms after the last knock: ${words}`;
  story.step(words !== undefined, words === undefined ? 'port 22 is open' : openTold, SHUT);
  story.command('laptop', `knock ${SERVER} ${CLOSE_SSH.join(' ')}`);
  await laptop.knock(CLOSE_SSH);
  await keeper.says(`${LAPTOP}: closeSSH: OPEN SESAME`);
  await shutAgain(story, laptop, 'port 22 is shut again');
}

export async function theScan(story: Story, { laptop }: Scene, keeper: Doorkeeper): Promise<void> {
  story.chapter('4. The scan');
  story.plain(`  It meets ${OPEN_SSH.join(', ')} in this order, but among ${PORT_COUNT} ports.`);
  const scanner = await scannerOf(laptop.host);
  story.command('laptop', scanner.title);
  const openedBefore = keeper.opened;
  await scanner.run();
  const heard = await laptop.tryPort();
  keeper.showNews();
  const opened = keeper.opened - openedBefore;
  const otherwise = `it opened ${opened} doors; port 22 ${heard === undefined ? 'is shut' : 'is open'}`;
  story.step(heard === undefined && opened === 0, `it opened nothing: ${SHUT}`, otherwise);
}

export async function theDoorThatCloses(story: Story, { laptop }: Scene, keeper: Doorkeeper): Promise<void> {
  story.chapter('5. The door that closes by itself');
  story.command('laptop', `knock ${SERVER} ${OPEN_CLOSE_SSH.join(' ')}`);
  const { words } = await laptop.knockAndConnect(OPEN_CLOSE_SSH);
  await keeper.says(`${LAPTOP}: opencloseSSH: OPEN SESAME`);
  story.step(words !== undefined, `port 22 is open for ${OPEN_FOR_SECONDS} seconds`, SHUT);
  story.plain('  The laptop keeps this connection, and waits.');
  await keeper.says(`${LAPTOP}: opencloseSSH: command timeout`);
  await shutAgain(story, laptop, 'a new connection gets no answer');
  story.step(await laptop.talk(), 'the connection from before lives on', 'the connection from before is cut');
}

export async function theKill(story: Story, { laptop }: Scene, keeper: Doorkeeper): Promise<void> {
  story.chapter('6. The door that the kernel closes');
  story.plain('  [kernelSSH] has a port instead of commands: nftables opens it, with a time-out.');
  story.command('laptop', `knock ${SERVER} ${KERNEL_SSH.join(' ')}`);
  const { words, afterMs } = await laptop.knockAndConnect(KERNEL_SSH);
  await keeper.says(`${LAPTOP}: kernelSSH: open until`);
  story.step(words !== undefined, `port 22 is open ${afterMs.toFixed(1)} ms after the last knock`, SHUT);
  story.command('server', `kill -9 ${keeper.pid}`);
  await keeper.kill();
  story.step(!keeper.isUp, 'no daemon runs any more', 'the daemon still runs');
  await shutAgain(
    story,
    laptop,
    'the kernel shut port 22 all the same: a new connection gets no answer',
    OPEN_FOR_SECONDS,
  );
  story.step(await laptop.talk(), 'the connection from before lives on', 'the connection from before is cut');
}

export async function theReturn(story: Story, { server }: Scene, keeper: Doorkeeper): Promise<void> {
  story.command(server.name, 'knockd -v -i eth0 -c knockd.conf');
  await keeper.says('listening on eth0');
}

export async function theEnd(story: Story, { server }: Scene, keeper: Doorkeeper): Promise<void> {
  story.chapter('7. The end');
  story.command(server.name, `kill ${keeper.pid}`);
  const status = await keeper.stop();
  keeper.showNews();
  story.step(status === 0, 'the daemon ended with exit status 0', `the daemon ended with ${status}`);
  const left = server.iptables('-S', 'INPUT').trim().split('\n').length - FIREWALL.length;
  story.step(left === 0, 'the firewall is as it was', `the firewall has ${left} rules more than before`);
}

/** A moment may pass between the daemon's word and the end of its command: the port is tried until it is shut. */
async function shutAgain(story: Story, laptop: Scene['laptop'], told: string, inSeconds = 0): Promise<void> {
  const isShut = async () => (await laptop.tryPort()) === undefined;
  const timeoutMs = inSeconds * 1000 + SHUT_WITHIN_MS;
  const shut = await until(isShut, { timeoutMs }).catch(() => false);
  story.step(shut, told, 'port 22 still answers');
}
