/** Beside the real fwknop, both ways: its client's packets are accepted here, and packets made here by its server. */

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { enterLab } from '../../lab/enter.ts';
import { DIGEST_NAMES, type DigestName } from '../../src/spa/digest.ts';
import { SpaJudge } from '../../src/spa/judge.ts';
import { formatPlain } from '../../src/spa/plain-fields.ts';
import { ReplayWindow } from '../../src/spa/replay-window.ts';
import type { SpaMessage } from '../../src/spa/spa-packet.ts';
import { ethernet, udpPacket } from '../support/frame-builder.ts';
import { access, address, door, from, HOME, packet, port, sealed, secret } from '../support/spa-yard.ts';

const run = promisify(execFile);
const SPA_PORT = 62201;
const KEY = 'testtest';
const HMAC_KEY = 'hmackey1';

const skip = (await enterLab()) ?? missingFwknop();

function missingFwknop(): string | undefined {
  const folders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];
  const missing = ['fwknop', 'fwknopd'].filter(
    (name) => !folders.some((each) => existsSync(join(each, name))),
  );
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed`;
}

function fwknopDoor(type: DigestName) {
  return door({ key: secret(KEY), hmac: { key: secret(HMAC_KEY), type }, allowWeakDigests: true });
}

function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'postern-fwknop-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

for (const type of DIGEST_NAMES) {
  test(`what the client sends with ${type} is accepted once, now`, { skip }, async (t) => {
    const home = scratch(t);
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const received = once(socket, 'message');
    const options = [
      '-A',
      'tcp/22',
      '-a',
      HOME,
      '-U',
      'alice',
      '-f',
      '45',
      '--key-rijndael',
      KEY,
      '--use-hmac',
    ];
    const digests = ['--key-hmac', HMAC_KEY, '--hmac-digest-type', type.replace('-', '_')];
    const to = ['-D', '127.0.0.1', '-p', String(socket.address().port), '--no-rc-file', '--no-save-args'];
    const inner = ['--digest-type', type.replace('-', '_')];
    await run('fwknop', [...options, ...digests, ...inner, ...to], { env: { ...process.env, HOME: home } });
    const [wire]: Buffer[] = await received;
    assert.ok(wire !== undefined);
    const judge = new SpaJudge([fwknopDoor(type)], new ReplayWindow({ maxAgeS: 120 }));
    const verdict = judge.packet(wire, 0, wire.length, from(HOME), Date.now());
    assert.ok(verdict.kind === 'accepted', JSON.stringify(verdict));
    assert.deepEqual([verdict.user, verdict.ports, verdict.timeoutS], ['alice', [port('tcp/22')], 45]);
    const again = judge.packet(wire, 0, wire.length, from(HOME), Date.now());
    assert.deepEqual(again.kind === 'refused' && again.refusal, { reason: 'replay' });
  });
}

const nat = { host: '192.168.10.3', port: 22 };
const asked = { address: address(HOME), ports: [port('tcp/22'), port('udp/53')] };
const MESSAGES: readonly SpaMessage[] = [
  access('tcp/22'),
  access('tcp/22,udp/53', HOME, 45),
  access('tcp/22', '0.0.0.0'),
  { kind: 'nat', ...asked, timeoutS: undefined, nat },
  { kind: 'nat', ...asked, timeoutS: 30, nat },
  { kind: 'local-nat', ...asked, timeoutS: undefined, nat },
  { kind: 'local-nat', ...asked, timeoutS: 30, nat },
  { kind: 'command', address: address(HOME), command: 'id -u' },
];

for (const type of DIGEST_NAMES) {
  test(`the server reads every message of ours, with ${type}`, { skip }, async (t) => {
    const directory = scratch(t);
    const packets = MESSAGES.map((message) => packet({ message, timeS: Math.floor(Date.now() / 1000) }));
    writeFileSync(
      join(directory, 'ours.pcap'),
      captureOf(packets.map((each) => sealed(fwknopDoor(type), each, type))),
    );
    const said = await serverOutput(directory, type, packets.length);
    for (const each of packets) assert.ok(said.includes(`Encoded Data: ${formatPlain(each)}\n`), said);
  });
}

/** What fwknopd says of the packets in the directory's capture file; in its test mode it changes no firewall. */
async function serverOutput(directory: string, type: DigestName, count: number): Promise<string> {
  const hmac = `HMAC_KEY ${HMAC_KEY}\nHMAC_DIGEST_TYPE ${type.toUpperCase().replace('-', '_')}\n`;
  const rights = 'OPEN_PORTS tcp/22,udp/53\nENABLE_CMD_EXEC Y\n';
  writeFileSync(join(directory, 'access.conf'), `SOURCE ANY\nKEY ${KEY}\n${hmac}${rights}`, { mode: 0o600 });
  const settings = 'PCAP_INTF lo;\nENABLE_DIGEST_PERSISTENCE N;\n';
  writeFileSync(join(directory, 'fwknopd.conf'), settings, { mode: 0o600 });
  mkdirSync(join(directory, 'run'), { mode: 0o700 });
  const at = (name: string) => join(directory, name);
  const files = ['-a', at('access.conf'), '-c', at('fwknopd.conf')];
  files.push('-r', at('run'), '-p', at('run/pid'), '-d', at('run/digests'));
  const limits = ['--pcap-file', at('ours.pcap'), '-C', String(count)];
  const child = spawn('fwknopd', ['-f', '-t', '-v', '-v', ...files, ...limits], { timeout: 60_000 });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  await once(child, 'close');
  return said;
}

/** A capture file (pcap, Ethernet) with these datagrams from HOME. */
function captureOf(payloads: readonly Uint8Array[]): Buffer {
  const seconds = Math.floor(Date.now() / 1000);
  const header = Buffer.from(new Uint32Array([0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, 1]).buffer);
  const records = payloads.flatMap((payload) => {
    const options = { src: HOME, dst: '198.51.100.1', srcPort: 40_000, dstPort: SPA_PORT, payload };
    const frame = ethernet(udpPacket(options));
    return [Buffer.from(new Uint32Array([seconds, 0, frame.length, frame.length]).buffer), frame];
  });
  return Buffer.concat([header, ...records]);
}
