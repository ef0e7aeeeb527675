import type { Random } from '../ports/random.ts';

/**
 * The same numbers for the same seed, on every machine: sfc32, 128 bits of state.
 *
 * Chris Doty-Humphrey, PractRand (2010). Not for secrets.
 *
 * @param seed a whole number; its low 32 bits count
 */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const next32 = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 16; i += 1) next32();
  return {
    next: () => next32() / 2 ** 32,
    id: () => [next32(), next32(), next32(), next32()].map((part) => part.toString(16).padStart(8, '0')).join(''),
  };
}
