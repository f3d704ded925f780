/** Whether this process may capture packets at all. */

import { errnoName } from '../base/op-error.ts';
import { SOCK_RAW, Socket } from './socket.ts';

const AF_PACKET = 17;
/** No packets. */
const NO_PROTOCOL = 0;

/** undefined, or the errno name: EPERM without CAP_NET_RAW (packet(7)), EAFNOSUPPORT under systemd's RestrictAddressFamilies. */
export function captureRefusal(): string | undefined {
  try {
    new Socket(AF_PACKET, SOCK_RAW, NO_PROTOCOL).close();
    return undefined;
  } catch (error) {
    const code = errnoName(error);
    if (code === undefined) throw error;
    return code;
  }
}
