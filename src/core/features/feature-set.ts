import type { FeatureFamily } from './feature-operator.ts';

/** Bars an operator must have been fed before what it gives is used; segments of anchored windows have the same length. */
export const WARM_UP_BARS = 240;

/** Named features in a fixed order. A change of any value, name or order is a new version. */
export interface FeatureSet {
  readonly name: string;
  readonly version: number;
  /** In the order of a row's columns. */
  readonly features: readonly string[];
  readonly families: readonly FeatureFamily[];
  /** Whether a bar has a row only with the top of the book at its close. */
  readonly needsBook: boolean;
}

export function defineFeatureSet(name: string, version: number, families: readonly FeatureFamily[]): FeatureSet {
  return {
    name,
    version,
    features: families.flatMap((family) => family.names),
    families,
    needsBook: families.some((family) => family.needsBook === true),
  };
}

/** Closed bars to fetch so that the newest has a row, gaps aside: a warm-up and a segment. */
export const requiredHistory = 2 * WARM_UP_BARS;
