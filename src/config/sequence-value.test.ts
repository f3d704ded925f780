import assert from 'node:assert/strict';
import test from 'node:test';
import { doorFaults, doorOf } from '../../test/support/config-text.ts';

/** As `7000/tcp 8000/udp`. */
function stepsOf(value: string): string {
  const { sequence } = doorOf(`Sequence = ${value}`);
  assert.equal(sequence.kind, 'fixed');
  return sequence.kind === 'fixed'
    ? sequence.steps.map(({ port, protocol }) => `${port}/${protocol}`).join(' ')
    : '';
}

const ACCEPTED: readonly (readonly [title: string, value: string, steps: string])[] = [
  ['one port is a sequence', '7000', '7000/tcp'],
  ['ports are tcp without a protocol', '7000,8000', '7000/tcp 8000/tcp'],
  ['a protocol is written in any case', '1:UDP,2:Tcp,3:udp', '1/udp 2/tcp 3/udp'],
  ['spaces may stand between the parts', ' 7000 , 8000 : udp ,9000', '7000/tcp 8000/udp 9000/tcp'],
  ['the least and the greatest port are ports', '1,65535', '1/tcp 65535/tcp'],
  ['zeros before a port mean nothing', '0022,00000000080', '22/tcp 80/tcp'],
  ['a port may come again', '7,7,7', '7/tcp 7/tcp 7/tcp'],
  ['32 ports are a sequence', Array(32).fill('5').join(), Array(32).fill('5/tcp').join(' ')],
];

for (const [title, value, steps] of ACCEPTED) test(title, () => assert.equal(stepsOf(value), steps));

const PORTS = 'ports go from 1 to 65535';
const PROTOCOLS = 'tcp and udp are; without one it is tcp';

const REFUSED: readonly (readonly [title: string, value: string, ...faults: readonly string[]])[] = [
  ['port 0', '7000,0', `2:17 '0' is no port | ${PORTS}`],
  ['port 65536', '65536:udp', `2:12 '65536' is no port | ${PORTS}`],
  ['a port of many digits', '7000,99999999999', `2:17 '99999999999' is no port | ${PORTS}`],
  ['text for a port', '7000,ssh', `2:17 'ssh' is no port | ${PORTS}`],
  ['a number with text behind it', '7000x', `2:12 '7000x' is no port | ${PORTS}`],
  ['a negative port', '-7', `2:12 '-7' is no port | ${PORTS}`],
  ['a sign before a port', '+7', `2:12 '+7' is no port | ${PORTS}`],
  ['a number with a point', '7.0', `2:12 '7.0' is no port | ${PORTS}`],
  ['a missing port', '1,,2', `2:14 a port is missing | ${PORTS}`],
  ['a comma at the end', '1,2,', `2:16 a port is missing | ${PORTS}`],
  ['another protocol', '1:sctp', `2:14 'sctp' is no protocol that a knock can use | ${PROTOCOLS}`],
  ['a missing protocol', '1: ,2', `2:14 a protocol is missing after the ':' | ${PROTOCOLS}`],
  ['two protocols', '1:tcp:udp', `2:14 'tcp:udp' is no protocol that a knock can use | ${PROTOCOLS}`],
  ['spaces instead of commas', '1 2', "2:12 '1 2' is no port | separate ports with commas"],
  [
    'quotes',
    '"1,2"',
    "2:12 '\"1' is no port | write the value without quotes",
    "2:15 '2\"' is no port | write the value without quotes",
  ],
  ['33 ports', Array(33).fill('5').join(), '2:76 there are too many ports | a sequence has at most 32 ports'],
  [
    'several faults, each at its place',
    '0,1:x,70000',
    `2:12 '0' is no port | ${PORTS}`,
    `2:16 'x' is no protocol that a knock can use | ${PROTOCOLS}`,
    `2:18 '70000' is no port | ${PORTS}`,
  ],
];

for (const [title, value, ...faults] of REFUSED) {
  test(`refused: ${title}`, () => assert.deepEqual(doorFaults(`Sequence = ${value}`), faults));
}
