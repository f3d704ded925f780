/** Runs on the sender's host: for each line `ADDRESS PORT...` sends UDP knocks, and tells when the last one left. */

import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';

const socket = createSocket('udp4');
for await (const line of createInterface({ input: process.stdin })) {
  const [address = '', ...ports] = line.split(' ');
  for (const port of ports) {
    const atNs = process.hrtime.bigint();
    await new Promise<void>((sent) => socket.send('k', Number(port), address, () => sent()));
    if (port === ports.at(-1)) process.stdout.write(`${atNs}\n`);
  }
}
socket.close();
