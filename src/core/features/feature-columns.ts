import { AresError } from '../ares-error.ts';
import type { FeatureFamily } from './feature-operator.ts';
import type { FeatureSet } from './feature-set.ts';

/** A family and the column of the set's rows at which its features begin. */
export interface PlacedFamily {
  readonly family: FeatureFamily;
  readonly offset: number;
}

/** Which columns of a row are written, and what has to be computed for them. */
export interface ColumnSelection {
  /** Each once, in rising order. */
  readonly columns: Int32Array;
  readonly families: readonly PlacedFamily[];
}

/**
 * @param columns all of the set when absent
 * @throws AresError `FEATURE_UNKNOWN` for a column that the set does not have
 */
export function selectFeatures(set: FeatureSet, columns?: readonly number[]): ColumnSelection {
  const width = set.features.length;
  const wanted = new Set(columns ?? set.features.keys());
  for (const column of wanted) {
    if (Number.isInteger(column) && column >= 0 && column < width) continue;
    throw new AresError(
      'FEATURE_UNKNOWN',
      `a column of ${set.name} version ${set.version} must be from 0 to ${width - 1}, was ${column}`,
      { column },
    );
  }
  const families: PlacedFamily[] = [];
  let offset = 0;
  for (const family of set.families) {
    const at = offset;
    if (family.names.some((_, i) => wanted.has(at + i))) families.push({ family, offset });
    offset += family.names.length;
  }
  return { columns: Int32Array.from(wanted).sort(), families };
}
