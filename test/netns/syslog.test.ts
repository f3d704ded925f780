/** `UseSyslog`: what a syslog daemon gets from Postern, and from the original beside it. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { enterLab } from '../../lab/enter.ts';
import { KNOCKD } from '../../lab/programs.ts';
import { until } from '../../lab/until.ts';
import { AF_UNIX, SOCK_DGRAM, Socket } from '../../src/native/socket.ts';
import {
  CLIENT4,
  missingForDaemon,
  missingOriginalDaemon,
  ORIGINAL,
  type Scene,
  SERVER4,
  setScene,
  TestDaemon,
} from './daemon-stage.ts';

const skip = (await enterLab()) ?? missingForDaemon('nc');

const DOOR = `[ssh]
Sequence = 7001,8002
Start_Command = true start %IP%
Cmd_Timeout = 1
Stop_Command = true stop %IP%
`;

/** What tools match on, in this order. */
const PHRASES = [
  'starting up, listening on eth0',
  `${CLIENT4}: ssh: Stage 1`,
  `${CLIENT4}: ssh: Stage 2`,
  `${CLIENT4}: ssh: OPEN SESAME`,
  `ssh: running command: true start ${CLIENT4}`,
  `${CLIENT4}: ssh: command timeout`,
  `ssh: running command: true stop ${CLIENT4}`,
  'shutting down',
];

test('syslog gets every phrase, as notices of the facility daemon', { skip }, async (t) => {
  const lines = await syslogOf(t, setScene(t), KNOCKD);
  for (const line of lines) assert.match(line, /^<29>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d knockd: /);
  assert.deepEqual(lines.map(withoutHead), PHRASES);
});

test('the original says the same', { skip: skip ?? missingOriginalDaemon() }, async (t) => {
  const lines = await syslogOf(t, setScene(t), ORIGINAL);
  for (const line of lines) assert.match(line, /^<29>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d knockd: /);
  assert.deepEqual(lines.map(withoutHead), PHRASES);
});

function withoutHead(line: string): string {
  return line.replace(/^.*? knockd: /, '').trimEnd();
}

/** What comes to /dev/log while the daemon sees one knock and ends. */
async function syslogOf(t: TestContext, scene: Scene, program: string): Promise<readonly string[]> {
  const path = join(scene.directory, 'log.socket');
  const receiver = new Receiver(path);
  t.after(() => receiver.close());
  const daemon = new TestDaemon(scene, DOOR, {
    program,
    options: 'UseSyslog',
    wrapper: ['unshare', '-m', 'sh', '-c', withSyslogAt(path, join(scene.directory, 'dev')), 'sh'],
  });
  const came = (phrase: string) =>
    until(() => receiver.lines.some((line) => line.includes(phrase)), {
      what: () => `'${phrase}' in ${receiver.lines.join('\n')}\n--\n${daemon.running.output}`,
    });
  await came('starting up');
  await daemon.running.waitFor('listening on');
  for (const port of ['7001', '8002']) await scene.client.attempt('nc', ['-z', '-w1', SERVER4, port]);
  await came('true stop');
  daemon.running.kill('SIGTERM');
  await came('shutting down');
  return receiver.lines;
}

/** A /dev of the daemon's own, on which nothing of the machine's is changed. */
function withSyslogAt(socket: string, dev: string): string {
  return `set -e; mkdir ${dev}; mount -t tmpfs -o mode=755 none ${dev}
for node in null zero random urandom; do touch ${dev}/$node; mount --bind /dev/$node ${dev}/$node; done
touch ${dev}/log; mount --bind ${socket} ${dev}/log; mount --rbind ${dev} /dev; exec "$@"`;
}

class Receiver {
  readonly #socket = new Socket(AF_UNIX, SOCK_DGRAM, 0);
  readonly #lines: string[] = [];
  readonly #into = new Uint8Array(8192);

  constructor(path: string) {
    assert.equal(this.#socket.bind(Buffer.from(`\x01\x00${path}\0`, 'latin1')), undefined, path);
  }

  /** All that came so far. */
  get lines(): readonly string[] {
    for (;;) {
      const length = this.#socket.receive(this.#into);
      if (typeof length === 'string') return this.#lines;
      this.#lines.push(Buffer.from(this.#into.subarray(0, length)).toString());
    }
  }

  close(): void {
    this.#socket.close();
  }
}
