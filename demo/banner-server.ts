/** Stands in for sshd on port 22 where there is none: greets like it, and answers every line. Run as a program. */

import { createServer } from 'node:net';

const GREETING = 'SSH-2.0-stand-in\r\n';

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.write(GREETING);
  socket.on('data', () => socket.write('still here\r\n'));
});
server.listen(22, '0.0.0.0', () => console.log('listening'));
