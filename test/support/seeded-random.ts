/** Reproducible random numbers for tests: the seed comes from POSTERN_SEED or from the clock, and is printed. */

export interface SeededRandom {
  readonly seed: number;
  /** A whole number from 0 up to, not including, `limit` (at most 2^32). */
  below(limit: number): number;
  /** True once in `n` times. */
  oneIn(n: number): boolean;
  pick<T>(from: readonly T[]): T;
  bytes(length: number): Uint8Array;
}

export function seedFromEnvironment(): number {
  const { POSTERN_SEED: given } = process.env;
  return given === undefined ? Date.now() >>> 0 : Number(given) >>> 0;
}

/** Mulberry32: 32 bits of state, enough for tests, never for secrets. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number) => Math.floor((next() / 0x1_0000_0000) * limit);
  return {
    seed,
    below,
    oneIn: (n) => below(n) === 0,
    pick: (from) => from[below(from.length)]!,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  };
}
