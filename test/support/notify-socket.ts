/** A unix datagram socket that stands in for a service manager's: keeps what it is told. */

import { AF_UNIX, SOCK_DGRAM, Socket } from '../../src/native/socket.ts';

const MAX_BYTES = 4096;

export class NotifySocket {
  readonly #socket = new Socket(AF_UNIX, SOCK_DGRAM, 0);
  readonly #datagrams: string[] = [];

  /** @param name a path, or a name with a leading `@` */
  constructor(name: string) {
    const isAbstract = name.startsWith('@');
    const bytes = Buffer.from(isAbstract ? `\0${name.slice(1)}` : `${name}\0`);
    const address = Buffer.alloc(2 + bytes.length);
    new Uint16Array(address.buffer, address.byteOffset, 1)[0] = AF_UNIX;
    bytes.copy(address, 2);
    const refused = this.#socket.bind(address);
    if (refused !== undefined) throw new Error(`cannot bind '${name}': ${refused}`);
  }

  /** All that came so far, in order. */
  read(): readonly string[] {
    const into = new Uint8Array(MAX_BYTES);
    for (;;) {
      const length = this.#socket.receive(into);
      if (typeof length === 'string') return this.#datagrams;
      this.#datagrams.push(Buffer.from(into.subarray(0, length)).toString());
    }
  }

  close(): void {
    this.#socket.close();
  }
}
