/** Names for the tests of clients: a name server that prints its queries, or a hosts file, in the lab's own view. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Running } from '../../lab/running.ts';
import { SERVER4, type Stage } from './knock-stage.ts';

/** The one that is known: the server. */
export const NAME = 'server.example';

/** What was asked, `A NAME` and `AAAA NAME`, sorted. */
export function queries(names: Running): readonly string[] {
  return names.stdout
    .split('\n')
    .filter((line) => /^(A|AAAA) /.test(line))
    .sort();
}

interface Test {
  after(end: () => void): void;
}

/** A name server on the server's host that knows NAME, and prints each query. */
export async function serveNames(t: Test, stage: Stage): Promise<Running> {
  hostsFile(t, stage, '');
  overlay(t, stage, '/etc/resolv.conf', `nameserver ${SERVER4}\n`);
  const names = stage.server.spawn(process.execPath, ['-e', NAME_SERVER]);
  await names.waitFor('up');
  return names;
}

export function hostsFile(t: Test, stage: Pick<Stage, 'lab'>, text: string): void {
  overlay(t, stage, '/etc/hosts', `127.0.0.1 localhost\n${text}`);
}

/** Puts a text over a file, in the lab's own view of the file system. */
function overlay(t: Test, stage: Pick<Stage, 'lab'>, path: string, text: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'postern-names-'));
  const file = join(folder, 'file');
  writeFileSync(file, text);
  stage.lab.self.runSync('mount', ['--bind', file, path]);
  t.after(() => {
    stage.lab.self.runSync('umount', [path]);
    rmSync(folder, { recursive: true });
  });
}

/** Answers A and AAAA (RFC 1035, RFC 3596) for NAME; every other name does not exist. */
const NAME_SERVER = `
  const ADDRESSES = { 1: '0a090002', 28: 'fd000009000000000000000000000002' };
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const labels = [];
    let at = 12;
    for (; query[at] > 0; at += 1 + query[at]) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
    const name = labels.join('.');
    const type = query.readUInt16BE(at + 1);
    console.log((type === 1 ? 'A' : type === 28 ? 'AAAA' : type) + ' ' + name);
    const known = name === '${NAME}' ? ADDRESSES[type] : undefined;
    const data = Buffer.from(known ?? '', 'hex');
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt32BE(name === '${NAME}' ? 0x81800001 : 0x81830001, 2);
    header.writeUInt32BE(known === undefined ? 0 : 0x00010000, 6);
    header.writeUInt16BE(0, 10);
    const answer = Buffer.from('c00c' + type.toString(16).padStart(4, '0') + '00010000003c' + data.length.toString(16).padStart(4, '0'), 'hex');
    socket.send([header, query.subarray(12, at + 5), ...(known === undefined ? [] : [answer, data])], port, address);
  });
  socket.bind(53, () => console.log('up'));
`;
