/**
 * Whether a capture is still read: packets that had come by the last beat must have been looked for by this one. Pure;
 * the beats are the caller's. A quiet network says nothing against it.
 */

interface Beat {
  readonly received: number;
  readonly looks: number;
}

export class Liveness {
  #last: Beat | undefined;
  #earlier: Beat | undefined;

  /**
   * @param received packets that the kernel has passed
   * @param looks how often the reader has looked for packets
   */
  beat(received: number, looks: number): boolean {
    const earlier = this.#earlier;
    const last = this.#last;
    this.#earlier = last;
    this.#last = { received, looks };
    if (earlier === undefined || last === undefined) return true;
    return last.received === earlier.received || looks !== earlier.looks;
  }
}
