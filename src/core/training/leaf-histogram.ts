import type { BinnedRows } from './binned-rows.ts';

/** Numbers a bin: sum of gradients, sum of hessians, rows. */
export const BIN_FIELDS = 3;

/** Where each feature's bins start in a histogram, and after the last its length. */
export function histogramOffsets(data: BinnedRows): Int32Array {
  const offsets = new Int32Array(data.featureCount + 1);
  for (let feature = 0; feature < data.featureCount; feature += 1) {
    const bins = (data.bounds[feature] as Float32Array).length + 1;
    offsets[feature + 1] = (offsets[feature] as number) + bins * BIN_FIELDS;
  }
  return offsets;
}

/** First and second derivatives of the loss with respect to each row's score. */
export interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/** Sums up the derivatives of some rows by the bins of some features. */
export function fillHistogram(
  histogram: Float64Array,
  data: BinnedRows,
  offsets: Int32Array,
  features: readonly number[],
  rows: Int32Array,
  derivatives: Derivatives,
): void {
  const { bins, count } = data;
  const size = rows.length;
  const gradients = new Float64Array(size);
  const hessians = new Float64Array(size);
  for (let i = 0; i < size; i += 1) {
    const row = rows[i] as number;
    gradients[i] = derivatives.gradients[row] as number;
    hessians[i] = derivatives.hessians[row] as number;
  }
  for (const feature of features) {
    const start = offsets[feature] as number;
    const column = bins.subarray(feature * count, (feature + 1) * count);
    histogram.fill(0, start, offsets[feature + 1]);
    for (let i = 0; i < size; i += 1) {
      const at = start + (column[rows[i] as number] as number) * BIN_FIELDS;
      histogram[at] = (histogram[at] as number) + (gradients[i] as number);
      histogram[at + 1] = (histogram[at + 1] as number) + (hessians[i] as number);
      histogram[at + 2] = (histogram[at + 2] as number) + 1;
    }
  }
}

/** What is left of a leaf's histogram without one child's: the other child's. */
export function subtractHistogram(
  histogram: Float64Array,
  child: Float64Array,
  offsets: Int32Array,
  features: readonly number[],
): void {
  for (const feature of features) {
    const end = offsets[feature + 1] as number;
    for (let i = offsets[feature] as number; i < end; i += 1) {
      histogram[i] = (histogram[i] as number) - (child[i] as number);
    }
  }
}
