import { randomBytes } from 'node:crypto';
import type { Random } from '../../core/ports/random.ts';
import { seededRandom } from '../../core/training/seeded-random.ts';

/** Randomness of this process; with a seed `next` repeats. Identifiers never do: two processes with one seed must not share them. */
export function systemRandom(seed?: number): Random {
  return {
    next: seed === undefined ? Math.random : seededRandom(seed).next,
    id: () => randomBytes(16).toString('hex'),
  };
}
