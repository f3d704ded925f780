import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { until } from '../../lab/until.ts';
import { OpError } from '../base/op-error.ts';
import type { ControlAnswer } from './answer.ts';
import { ControlClient } from './client.ts';
import { MAX_LINE_BYTES } from './line-splitter.ts';
import type { ControlRequest } from './request.ts';
import { ControlServer, type ControlServerOptions, type WatchClient } from './server.ts';

const RELOADED: ControlAnswer = { kind: 'reloaded', file: '/etc/knockd.conf', doorCount: 3, warnings: [] };

interface Stage {
  readonly path: string;
  readonly server: ControlServer;
  readonly asked: readonly ControlRequest[];
  readonly watchers: ReadonlySet<WatchClient>;
}

async function stage(t: TestContext, options: Partial<ControlServerOptions> = {}): Promise<Stage> {
  const path = join(directory(t), 'made', 'control.sock');
  const asked: ControlRequest[] = [];
  const answer = async (request: ControlRequest): Promise<ControlAnswer> => {
    asked.push(request);
    return request.kind === 'watch' ? { kind: 'watching' } : RELOADED;
  };
  const watchers = new Set<WatchClient>();
  const server = await ControlServer.listen({ path, answer, watchers, ...options });
  t.after(() => server.close());
  return { path, server, asked, watchers };
}

function directory(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'postern-control-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A client that speaks bytes. */
class RawClient {
  readonly socket: Socket;
  text = '';
  isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.text += text;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static connect(t: TestContext, path: string): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      t.after(() => socket.destroy());
      socket.once('error', reject);
      socket.once('connect', () => resolve(new RawClient(socket)));
    });
  }

  get answers(): readonly { readonly kind: string; readonly code?: string; readonly id?: unknown }[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  async answered(count: number): Promise<void> {
    await until(() => this.answers.length >= count, { what: () => `${count} answers in: ${this.text}` });
  }
}

test('a client asks and gets its answer; the id comes back', async (t) => {
  const { path, asked } = await stage(t);
  const client = await ControlClient.connect(path);
  t.after(() => client.close());
  assert.deepEqual(await client.ask({ kind: 'reload' }), RELOADED);
  assert.deepEqual(await client.ask({ kind: 'close', door: 'ssh', source: undefined }), RELOADED);
  assert.deepEqual(
    asked.map(({ kind }) => kind),
    ['reload', 'close'],
  );
  const raw = await RawClient.connect(t, path);
  raw.socket.write('{"v":1,"id":"x","kind":"reload"}\n');
  await raw.answered(1);
  assert.deepEqual(raw.answers, [{ v: 1, id: 'x', ...RELOADED }]);
});

test('the socket and the directory that it makes are for the owner alone, whatever the umask', async (t) => {
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const { path } = await stage(t);
  assert.equal(lstatSync(path).mode & 0o777, 0o600);
  assert.equal(lstatSync(join(path, '..')).mode & 0o777, 0o700);
  assert.equal(process.umask(), 0, 'the umask is as before');
});

test('requests of one write are answered one after the other, in their order', async (t) => {
  const { path } = await stage(t);
  const raw = await RawClient.connect(t, path);
  const lines = Array.from({ length: 500 }, (_, id) => `{"v":1,"id":${id},"kind":"reload"}\n`);
  raw.socket.write(lines.join(''));
  await raw.answered(500);
  assert.deepEqual(
    raw.answers.map(({ id }) => id),
    Array.from({ length: 500 }, (_, id) => id),
  );
});

const REFUSED: readonly (readonly [string, string | Buffer, string])[] = [
  ['no JSON', 'hello\n', 'malformed'],
  ['no UTF-8', Buffer.from([0xc3, 0x28, 0x0a]), 'malformed'],
  ['an unknown kind', '{"v":1,"kind":"dance"}\n', 'unknown-kind'],
  ['a line beyond the limit', `${' '.repeat(MAX_LINE_BYTES + 1)}\n`, 'too-long'],
];

for (const [what, bytes, code] of REFUSED) {
  test(`${what} gets an error, and the next request its answer`, async (t) => {
    const { path } = await stage(t);
    const raw = await RawClient.connect(t, path);
    raw.socket.write(bytes);
    raw.socket.write('{"v":1,"kind":"reload"}\n');
    await raw.answered(2);
    assert.deepEqual(
      raw.answers.map((answer) => answer.code ?? answer.kind),
      [code, 'reloaded'],
    );
  });
}

test('a request that is cut off gets an error, then the end', async (t) => {
  const { path } = await stage(t);
  const raw = await RawClient.connect(t, path);
  raw.socket.end('{"v":1,"kind":"rel');
  await until(() => raw.isClosed, { what: 'the end' });
  assert.deepEqual(
    raw.answers.map(({ code }) => code),
    ['truncated'],
  );
});

test('the newest client gets the place of the one that has been idle longest, never of a busy one', async (t) => {
  let answerFirst: (answer: ControlAnswer) => void = () => undefined;
  const first = new Promise<ControlAnswer>((resolve) => {
    answerFirst = resolve;
  });
  let isFirst = true;
  const answer = (): Promise<ControlAnswer> => {
    if (!isFirst) return Promise.resolve(RELOADED);
    isFirst = false;
    return first;
  };
  const { path, server } = await stage(t, { answer, maxClients: 3 });
  const busy = await RawClient.connect(t, path);
  busy.socket.write('{"v":1,"kind":"reload"}\n');
  await until(() => !isFirst, { what: 'the first request' });
  const idle = await RawClient.connect(t, path);
  await until(() => server.clientCount === 2, { what: 'two clients' });
  const recent = await RawClient.connect(t, path);
  await until(() => server.clientCount === 3, { what: 'three clients' });
  const newest = await RawClient.connect(t, path);
  await until(() => idle.isClosed, { what: 'the idle client to go' });
  assert.deepEqual(
    idle.answers.map(({ code }) => code),
    ['too-many-clients'],
  );
  answerFirst(RELOADED);
  await busy.answered(1);
  for (const client of [recent, newest]) {
    client.socket.write('{"v":1,"kind":"reload"}\n');
    await client.answered(1);
  }
  assert.equal(server.clientCount, 3);
});

test('a client that asks nothing goes after a while, one that watches stays', async (t) => {
  const { path, watchers } = await stage(t, { idleMs: 1000 });
  const watching = await RawClient.connect(t, path);
  watching.socket.write('{"v":1,"kind":"watch"}\n');
  await watching.answered(1);
  const idle = await RawClient.connect(t, path);
  await until(() => idle.isClosed, { what: 'the idle client to go' });
  assert.deepEqual(
    idle.answers.map(({ code }) => code),
    ['idle'],
  );
  assert.equal(watchers.size, 1);
  for (const watcher of watchers) watcher.tell('{"v":1,"kind":"event"}\n');
  await watching.answered(2);
});

test('a watcher that does not read is cut off, one that reads gets everything', async (t) => {
  const { path, watchers } = await stage(t);
  const [deaf, keen] = [await RawClient.connect(t, path), await RawClient.connect(t, path)];
  for (const client of [deaf, keen]) client.socket.write('{"v":1,"kind":"watch"}\n');
  await until(() => watchers.size === 2, { what: 'two watchers' });
  deaf.socket.pause();
  const line = `{"v":1,"kind":"event","text":"${'x'.repeat(1000)}"}\n`;
  let told = 0;
  await until(
    () => {
      for (let i = 0; i < 20; i++, told++) for (const watcher of watchers) watcher.tell(line);
      return watchers.size === 1;
    },
    { what: 'the deaf one to be cut off' },
  );
  await keen.answered(told + 1);
  assert.equal(keen.answers.length, told + 1);
});

test('a client that asks and does not take its answers is read no further, and cut off', async (t) => {
  const warnings = Array.from({ length: 100 }, () => 'x'.repeat(1000));
  let answered = 0;
  const answer = async (): Promise<ControlAnswer> => {
    answered++;
    return { ...RELOADED, warnings } as ControlAnswer;
  };
  const { path, server } = await stage(t, { answer, takeMs: 200 });
  const deaf = await RawClient.connect(t, path);
  deaf.socket.pause();
  const asked = 1000;
  deaf.socket.write('{"v":1,"kind":"reload"}\n'.repeat(asked));
  await until(() => answered > 0 && server.clientCount === 0, { what: 'the deaf one to be cut off' });
  assert.ok(answered < asked / 10, `${answered} answers were made`);
});

test('a socket that a crash left behind is taken over', async (t) => {
  const path = join(directory(t), 'control.sock');
  leaveStale(path);
  const server = await ControlServer.listen({ path, answer: async () => RELOADED, watchers: new Set() });
  t.after(() => server.close());
  const client = await ControlClient.connect(path);
  t.after(() => client.close());
  assert.equal((await client.ask({ kind: 'reload' })).kind, 'reloaded');
});

test("another daemon's socket, and a file that is no socket, are left alone", async (t) => {
  const { path } = await stage(t);
  const again = ControlServer.listen({ path, answer: async () => RELOADED, watchers: new Set() });
  await assert.rejects(again, (error) => {
    assert.ok(error instanceof OpError);
    assert.equal(error.code, 'EADDRINUSE');
    assert.match(
      `${error.message}; ${error.hint}`,
      /another daemon answers there; name another with 'Control_Socket/,
    );
    return true;
  });
  const client = await ControlClient.connect(path);
  t.after(() => client.close());
  assert.equal((await client.ask({ kind: 'reload' })).kind, 'reloaded');
  const file = join(directory(t), 'precious');
  writeFileSync(file, 'text');
  await assert.rejects(
    ControlServer.listen({ path: file, answer: async () => RELOADED, watchers: new Set() }),
    /is no socket/,
  );
  assert.equal(existsSync(file), true);
});

test('a path that is too long for a socket, or in a place that cannot be, is an error of the system', async (t) => {
  const long = join(directory(t), 'x'.repeat(120));
  const answer = async () => RELOADED;
  await assert.rejects(ControlServer.listen({ path: long, answer, watchers: new Set() }), /has at most 107/);
  await assert.rejects(
    ControlServer.listen({ path: '/dev/null/control.sock', answer, watchers: new Set() }),
    (error) => {
      assert.ok(error instanceof OpError && error.code !== 'EADDRINUSE');
      return true;
    },
  );
});

test('closing takes the file away and cuts clients off', async (t) => {
  const { path, server } = await stage(t);
  const raw = await RawClient.connect(t, path);
  await until(() => server.clientCount === 1, { what: 'the client' });
  server.close();
  await until(() => raw.isClosed, { what: 'the end' });
  assert.equal(existsSync(path), false);
});

test('a client is told what to do where no daemon answers', async (t) => {
  const path = join(directory(t), 'control.sock');
  await assert.rejects(ControlClient.connect(path), hinted(/no daemon answers there/, /is knockd running\?/));
  leaveStale(path);
  await assert.rejects(ControlClient.connect(path), hinted(/no daemon answers there/, /--socket/));
});

test('a client that may not is told to be root', {
  skip: process.getuid?.() === 0 ? false : 'not root',
}, async (t) => {
  const folder = directory(t);
  const path = join(folder, 'control.sock');
  leaveStale(path);
  chmodSync(folder, 0o700);
  process.seteuid?.(65_534);
  t.after(() => process.seteuid?.(0));
  await assert.rejects(ControlClient.connect(path), hinted(/permission denied/, /as root/));
  process.seteuid?.(0);
});

test('a client tells an answer that it does not understand from one that it does', async (t) => {
  const path = join(directory(t), 'control.sock');
  const server = createServer((socket) => socket.end('{"v":9,"kind":"status"}\n')).listen(path);
  t.after(() => server.close());
  const client = await ControlClient.connect(path);
  await assert.rejects(client.ask({ kind: 'reload' }), hinted(/version 9, expected 1/, /one version/));
});

function hinted(message: RegExp, hint: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof OpError);
    assert.match(error.message, message);
    assert.match(error.hint ?? '', hint);
    return true;
  };
}

/** A socket file that nobody listens on. */
function leaveStale(path: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const script = `const s = require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script, path]);
  assert.ok(existsSync(path), 'the file is left');
}
