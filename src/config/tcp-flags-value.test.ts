import assert from 'node:assert/strict';
import test from 'node:test';
import { doorFaults, doorOf, SEQUENCE } from '../../test/support/config-text.ts';

const [FIN, SYN, RST, PSH, ACK, URG] = [1, 2, 4, 8, 16, 32];

const ACCEPTED: readonly (readonly [value: string, wanted: number, unwanted: number])[] = [
  ['fin', FIN, 0],
  ['syn', SYN, 0],
  ['rst', RST, 0],
  ['psh', PSH, 0],
  ['ack', ACK, 0],
  ['urg', URG, 0],
  ['syn,ack,urg', SYN | ACK | URG, 0],
  ['syn,!ack', SYN, ACK],
  ['!fin,!syn,!rst,!psh,!ack,!urg', 0, 63],
  ['SYN , ! Ack', SYN, ACK],
  ['syn,syn', SYN, 0],
];

for (const [value, wanted, unwanted] of ACCEPTED) {
  test(`the flags '${value}' want ${wanted} and not ${unwanted}`, () => {
    const { tcpFlags } = doorOf(SEQUENCE, `TCPFlags = ${value}`);
    assert.deepEqual(tcpFlags, { mask: wanted | unwanted, value: wanted });
  });
}

const KNOWN = 'flags are fin, syn, rst, psh, ack, urg';

const REFUSED: readonly (readonly [value: string, ...faults: readonly string[]])[] = [
  ['', "3:11 'TCPFlags' has an empty value | write 'TCPFlags = syn'"],
  ['synn', "3:12 'synn' is no TCP flag | did you mean 'syn'?"],
  ['syn,', `3:16 a flag is missing | ${KNOWN}`],
  ['syn,!', `3:16 '!' is no TCP flag | ${KNOWN}, each may have a '!' before it`],
  ['syn|ack', "3:12 'syn|ack' is no TCP flag | separate flags with commas"],
  ['syn ack', "3:12 'syn ack' is no TCP flag | separate flags with commas"],
  ['syn,!syn', "3:16 '!syn' contradicts an earlier flag | no packet could ever fit"],
  ['!ack,ack', "3:17 'ack' contradicts an earlier flag | no packet could ever fit"],
  [`${'syn,'.repeat(32)}syn`, '3:140 there are too many flags | name each flag once'],
];

for (const [value, ...faults] of REFUSED) {
  test(`the flags '${value.slice(0, 20)}' are an error`, () => {
    assert.deepEqual(doorFaults(SEQUENCE, `TCPFlags = ${value}`), faults);
  });
}
