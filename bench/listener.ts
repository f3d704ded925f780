/**
 * `node listener.js PORT`: a TCP port that the kernel answers, and nobody else. A service that takes connections as they come
 * would run on the core that looks for them, and half a millisecond of it would count.
 */

import { boundSocket, listen, SOCK_STREAM } from './sockets.ts';

/** More than the connections of all rounds. */
const BACKLOG = 4096;

listen(boundSocket(SOCK_STREAM, '0.0.0.0', Number(process.argv[2])), BACKLOG);
console.log('up');
setInterval(() => {}, 3_600_000);
