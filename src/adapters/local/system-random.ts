import { randomBytes } from 'node:crypto';
import type { Random } from '../../core/ports/random.ts';

/** Mulberry32: a 32-bit generator with a period of 2^32, good enough to spread retries and pick samples, never for secrets. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Randomness of this process; with a seed `next` repeats. Identifiers never do: two processes with one seed must not share them. */
export function systemRandom(seed?: number): Random {
  return { next: seed === undefined ? Math.random : mulberry32(seed), id: () => randomBytes(16).toString('hex') };
}
