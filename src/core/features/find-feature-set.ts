import { aresBook } from './ares-book.ts';
import { aresCore } from './ares-core.ts';
import type { FeatureSet } from './feature-set.ts';

const known: readonly FeatureSet[] = [aresCore, aresBook];

/** The feature set of this name and version, `undefined` when this build does not compute it. */
export function findFeatureSet(name: string, version: number): FeatureSet | undefined {
  return known.find((set) => set.name === name && set.version === version);
}
