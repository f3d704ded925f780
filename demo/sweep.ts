/** Tries each TCP port of a range in order, one a millisecond. Run as a program: `sweep.js ADDRESS FIRST LAST`. */

import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const [address = '', first = '', last = ''] = process.argv.slice(2);
for (let port = Number(first); port <= Number(last); port++) {
  const socket = connect({ host: address, port });
  socket.on('error', () => {});
  await delay(1);
  socket.destroy();
}
