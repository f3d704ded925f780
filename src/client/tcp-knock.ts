/**
 * A TCP knock: one SYN, never repeated. The kernel sends the SYN within connect(2); closing the socket right after
 * ends the attempt, so that nothing is retransmitted, and a door that answers is closed at once.
 */

import { connect } from 'node:net';

/** Resolves when the SYN has left. @param address an IP literal. @throws what connect(2) says, e.g. ENETUNREACH. */
export function knockTcp(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, autoSelectFamily: false });
    socket.once('error', reject);
    // For a literal address node:net calls connect(2) in the next tick; its `connectionAttempt` event comes before
    // that and would be too early. Ticks run in order, so this one follows the call.
    process.nextTick(() => {
      if (socket.destroyed) return;
      const hasLeft = isBound(socket.localPort);
      socket.destroy();
      if (hasLeft) resolve();
      else reject(new Error('the connection attempt was not made'));
    });
  });
}

/** connect(2) gives the socket its local port: having one shows that the call was made. */
function isBound(localPort: number | undefined): boolean {
  return localPort !== undefined && localPort > 0;
}
