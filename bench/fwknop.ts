/**
 * fwknop beside Postern: Debian's fwknopd with its defaults, which opens through iptables, and packets made by the real client.
 * As its manual pages fwknopd(8) and fwknop(8) tell.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Running } from '../lab/running.ts';
import { FWKNOP, FWKNOPD, pathOf } from './programs.ts';
import { SERVER, type Yard } from './yard.ts';

/** Where fwknopd looks for packets unless told otherwise. UDP. */
export const SPA_PORT = 62201;

const KEY = Buffer.from('the key of a bench, not a secret').toString('base64');
const HMAC_KEY = Buffer.from('the other key of the same bench.').toString('base64');
const OWNER_ONLY = { mode: 0o600 };

/** Listening. */
export async function startFwknopd(yard: Yard, openSeconds: number): Promise<Running> {
  const folder = yard.path('fwknop');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const access = `SOURCE ANY\nKEY_BASE64 ${KEY}\nHMAC_KEY_BASE64 ${HMAC_KEY}\nFW_ACCESS_TIMEOUT ${openSeconds}\n`;
  writeFileSync(`${folder}/access.conf`, access, OWNER_ONLY);
  writeFileSync(`${folder}/fwknopd.conf`, 'PCAP_INTF eth0;\n', OWNER_ONLY);
  writeFileSync(`${folder}/rc`, '', OWNER_ONLY);
  const files = ['-c', `${folder}/fwknopd.conf`, '-a', `${folder}/access.conf`, '-r', folder];
  const daemon = yard.onDaemonCore([pathOf(FWKNOPD)], ['-f', '-i', 'eth0', '-p', `${folder}/pid`, ...files]);
  await daemon.waitFor('Starting fwknopd main event loop');
  return daemon;
}

/** The datagram by which `from` asks for tcp/`port`, as the client would send it. Each may be used once, within two minutes. */
export function spaPacket(yard: Yard, from: string, port: number): string {
  const folder = yard.path('fwknop');
  const packet = `${folder}/packet`;
  rmSync(packet, { force: true });
  yard.sender.runSync(pathOf(FWKNOP), [
    ...['-A', `tcp/${port}`, '-a', from, '-D', SERVER],
    ...['--key-base64-rijndael', KEY, '--use-hmac', '--key-base64-hmac', HMAC_KEY],
    ...['--no-home-dir', '--rc-file', `${folder}/rc`, '-E', `${folder}/arguments`, '--no-save-args'],
    ...['--test', '--save-packet', packet],
  ]);
  return readFileSync(packet, 'latin1').trim();
}
