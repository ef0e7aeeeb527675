import type { Random } from '../../src/core/ports/random.ts';
import { seededRandom } from '../../src/core/training/seeded-random.ts';

/** Chance of one kind: each kind of chance has a stream of its own, so that a change in one leaves the others alone. */
export interface Dice extends Random {
  /** Whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function createDice(seed: number, stream: number): Dice {
  const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(stream + 7, 0x85ebca6b));
  return {
    ...random,
    whole: (low, high) => low + Math.floor(random.next() * (high - low + 1)),
    chance: (probability) => random.next() < probability,
    pick: (from) => from[Math.floor(random.next() * from.length)] as (typeof from)[number],
  };
}
