import { BIN_FIELDS } from './leaf-histogram.ts';

export interface SplitOptions {
  /** Rows each side must keep. */
  readonly minLeafRows: number;
  /** Added to the hessian of a leaf: shrinks the values of leaves with little evidence. */
  readonly l2: number;
}

export interface Split {
  readonly feature: number;
  /** Bins up to this one go left. */
  readonly bin: number;
  /** By how much the split lowers the loss, up to a factor; positive. */
  readonly gain: number;
}

/** Sums over the rows of a leaf. */
export interface LeafSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

const MIN_HESSIAN = 1e-3;

/**
 * The best split of a leaf by its histogram, `undefined` when none lowers the loss; of equal ones the first feature's lowest bin.
 *
 * Gain as in Chen and Guestrin, XGBoost (2016), equation 7.
 */
export function findSplit(
  histogram: Float64Array,
  offsets: Int32Array,
  features: readonly number[],
  leaf: LeafSums,
  { minLeafRows, l2 }: SplitOptions,
): Split | undefined {
  const unsplit = (leaf.gradient * leaf.gradient) / (leaf.hessian + l2);
  let bestGain = 1e-12;
  let bestFeature = -1;
  let bestBin = -1;
  for (const feature of features) {
    const start = offsets[feature] as number;
    const last = (offsets[feature + 1] as number) - BIN_FIELDS;
    let gradient = 0;
    let hessian = 0;
    let rows = 0;
    for (let at = start; at < last; at += BIN_FIELDS) {
      gradient += histogram[at] as number;
      hessian += histogram[at + 1] as number;
      rows += histogram[at + 2] as number;
      if (rows < minLeafRows || hessian < MIN_HESSIAN) continue;
      const otherHessian = leaf.hessian - hessian;
      if (leaf.rows - rows < minLeafRows || otherHessian < MIN_HESSIAN) break;
      const otherGradient = leaf.gradient - gradient;
      const gain =
        (gradient * gradient) / (hessian + l2) + (otherGradient * otherGradient) / (otherHessian + l2) - unsplit;
      if (gain > bestGain) {
        bestGain = gain;
        bestFeature = feature;
        bestBin = (at - start) / BIN_FIELDS;
      }
    }
  }
  return bestFeature < 0 ? undefined : { feature: bestFeature, bin: bestBin, gain: bestGain };
}
