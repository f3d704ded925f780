import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../lab/until.ts';
import { ServiceManager } from './service-manager.ts';

const PID = 42;

interface Stage {
  readonly manager: ServiceManager;
  readonly sent: readonly string[];
  readonly logged: readonly string[];
}

function stage(environment: Record<string, string | undefined>, refused?: string): Stage {
  const sent: string[] = [];
  const logged: string[] = [];
  const manager = new ServiceManager(environment, {
    pid: PID,
    send: (path, bytes) => {
      sent.push(`${path} ${Buffer.from(bytes)}`);
      return refused;
    },
    log: { log: (level, message) => logged.push(`${level}: ${message}`) },
  });
  return { manager, sent, logged };
}

test('the life of a service, one datagram a step', () => {
  const { manager, sent } = stage({ NOTIFY_SOCKET: '/run/notify' });
  manager.ready('2 doors', () => true);
  manager.status('2 doors');
  manager.status('3 doors');
  manager.reloading();
  manager.reloaded('4 doors');
  manager.stopping();
  manager.stop();
  const [ready, status, reloading, reloaded, stopping, ...more] = sent;
  assert.equal(ready, '/run/notify READY=1\nSTATUS=2 doors\n');
  assert.equal(status, '/run/notify STATUS=3 doors\n');
  assert.match(reloading ?? '', /^\/run\/notify RELOADING=1\nMONOTONIC_USEC=\d+\n$/);
  assert.equal(reloaded, '/run/notify READY=1\nSTATUS=4 doors\n');
  assert.equal(stopping, '/run/notify STOPPING=1\nSTATUS=closing doors\n');
  assert.deepEqual(more, []);
});

test('an abstract name is one, anything else but a path is none', () => {
  for (const [name, count] of [
    ['@notify', 1],
    ['/run/notify', 1],
    ['notify', 0],
    ['', 0],
    ['@', 0],
  ] as const) {
    const { manager, sent } = stage({ NOTIFY_SOCKET: name });
    manager.reloading();
    assert.equal(sent.length, count, name);
  }
});

test('the variables are taken out of the environment', () => {
  const environment = { NOTIFY_SOCKET: '/run/notify', WATCHDOG_USEC: '1', WATCHDOG_PID: '42', PATH: '/bin' };
  stage(environment);
  assert.deepEqual(environment, { PATH: '/bin' });
});

test('the watchdog is told at once and again, but not while packets are not read', async (t) => {
  const { manager, sent, logged } = stage({ NOTIFY_SOCKET: '@n', WATCHDOG_USEC: '4000', WATCHDOG_PID: '42' });
  t.after(() => manager.stop());
  let isAlive = true;
  let asked = 0;
  manager.ready('', () => {
    asked++;
    return isAlive;
  });
  const beats = () => sent.filter((each) => each === '@n WATCHDOG=1\n').length;
  assert.equal(beats(), 1);
  await until(() => beats() > 3, { what: 'more beats' });
  isAlive = false;
  const [before, askedBefore] = [beats(), asked];
  await until(() => asked > askedBefore + 3, { what: 'more questions' });
  assert.equal(beats(), before);
  assert.deepEqual(logged, [
    'error: packets come and are not read: the watchdog is not told that all is well',
  ]);
  isAlive = true;
  await until(() => beats() > before, { what: 'a beat again' });
});

test('a watchdog of another process, or one that is no number, is none', (t) => {
  for (const environment of [{ WATCHDOG_USEC: '2000', WATCHDOG_PID: '7' }, { WATCHDOG_USEC: 'soon' }, {}]) {
    const { manager, sent } = stage({ NOTIFY_SOCKET: '@n', ...environment });
    t.after(() => manager.stop());
    manager.ready('', () => true);
    assert.deepEqual(sent, ['@n READY=1\nSTATUS=\n']);
  }
});

test('a manager that does not listen is told of once', () => {
  const { manager, logged } = stage({ NOTIFY_SOCKET: '/run/gone' }, 'ECONNREFUSED');
  manager.ready('a', () => true);
  manager.status('b');
  manager.stopping();
  assert.deepEqual(logged, ["warning: failed to tell the service manager '/run/gone': ECONNREFUSED"]);
});
