import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configPathIn, DEFAULT_CONFIG, parseKnockdArguments } from './knockd-arguments.ts';

function settingsOf(...argv: string[]) {
  const request = parseKnockdArguments(argv);
  assert.ok(request.ok && request.value.kind === 'run');
  return request.value.settings;
}

function faultOf(...argv: string[]): string {
  const request = parseKnockdArguments(argv);
  assert.ok(!request.ok);
  return request.error.message;
}

test('without options the file is /etc/knockd.conf and nothing else is set', () => {
  assert.deepEqual(settingsOf(), {
    configPath: '/etc/knockd.conf',
    directory: process.cwd(),
    commandLine: { interfaces: undefined, pidFile: undefined, logFile: undefined },
    verbose: false,
    debug: false,
    lookup: false,
    onlyIpv4: false,
    inBackground: false,
    logFormat: 'text',
  });
});

test('--log-format takes text and json, and leaves --log to mean --logfile as in knockd', () => {
  assert.equal(settingsOf('--log-format', 'json').logFormat, 'json');
  assert.equal(settingsOf('--log', '/a').commandLine.logFile, '/a');
  assert.equal(faultOf('--log-format=xml'), "option '--log-format' is 'xml', expected text or json");
});

test('short options combine as knockd has them', () => {
  const { inBackground, verbose, onlyIpv4, commandLine } = settingsOf('-dv4', '-ieth1');
  assert.deepEqual([inBackground, verbose, onlyIpv4], [true, true, true]);
  assert.deepEqual(commandLine.interfaces, { kind: 'named', names: ['eth1'] });
});

test('long options say the same', () => {
  const long = settingsOf(
    '--daemon',
    '--debug',
    '--lookup',
    '--verbose',
    '--only-ip-v4',
    '--config=/a',
    '--pidfile',
    '/b',
    '--logfile',
    '/c',
  );
  assert.deepEqual(long, settingsOf('-dDlv4', '-c', '/a', '-p', '/b', '-g/c'));
});

test('-i takes several names, any, and auto', () => {
  assert.deepEqual(settingsOf('-i', 'eth0, wg0').commandLine.interfaces, {
    kind: 'named',
    names: ['eth0', 'wg0'],
  });
  assert.deepEqual(settingsOf('-i', 'any').commandLine.interfaces, { kind: 'any' });
  assert.deepEqual(settingsOf('-i', 'auto').commandLine.interfaces, { kind: 'auto' });
});

test('paths are made absolute, for a reload comes from elsewhere', () => {
  assert.equal(settingsOf('-c', 'a.conf').configPath, `${process.cwd()}/a.conf`);
});

test('wrong options, values that are missing and operands are faults', () => {
  assert.match(faultOf('-x'), /unknown option '-x'/);
  assert.match(faultOf('-c'), /'-c' needs a value/);
  assert.match(faultOf('start'), /unexpected argument 'start'/);
  assert.match(faultOf('-i', ''), /empty/);
});

test('the options of a service name the configuration that it reads', () => {
  assert.equal(configPathIn('-v'), DEFAULT_CONFIG);
  assert.equal(configPathIn(''), DEFAULT_CONFIG);
  assert.equal(configPathIn('-i eth0 -c /etc/other.conf'), '/etc/other.conf');
  assert.equal(configPathIn(' --config=/etc/other.conf\t-d'), '/etc/other.conf');
  assert.equal(configPathIn('-x -c /etc/other.conf'), DEFAULT_CONFIG);
});
