/** More bins would not fit into a byte with room for the comparison `bin <= split`. */
export const MAX_BINS = 255;

/** Training rows with each value replaced by the number of the interval it lies in. */
export interface BinnedRows {
  readonly count: number;
  readonly featureCount: number;
  /** Feature after feature, `count` bins each. */
  readonly bins: Uint8Array;
  /** Upper bounds of each feature's bins but the last, ascending: a value lies in the first bin whose bound is not below it. */
  readonly bounds: readonly Float32Array[];
}

/**
 * Puts rows into at most {@link MAX_BINS} bins a feature, each holding about as many rows.
 *
 * @param rows finite values, row after row, `featureCount` each
 */
export function binRows(rows: Float32Array, featureCount: number): BinnedRows {
  const count = rows.length / featureCount;
  const bins = new Uint8Array(rows.length);
  const bounds: Float32Array[] = [];
  const column = new Float32Array(count);
  for (let feature = 0; feature < featureCount; feature += 1) {
    for (let row = 0; row < count; row += 1) column[row] = rows[row * featureCount + feature] as number;
    const edges = boundsOf(column.slice().sort());
    for (let row = 0; row < count; row += 1) bins[feature * count + row] = binOf(edges, column[row] as number);
    bounds.push(edges);
  }
  return { count, featureCount, bins, bounds };
}

function boundsOf(sorted: Float32Array): Float32Array {
  const starts = distinctStarts(sorted);
  const edges: number[] = [];
  let last = 0;
  for (let bin = 1; bin < MAX_BINS; bin += 1) {
    const wanted = starts.length <= MAX_BINS ? starts[bin] : Math.ceil((bin * sorted.length) / MAX_BINS);
    if (wanted === undefined) break;
    const start = firstEqual(sorted, wanted);
    if (start <= last) continue;
    edges.push(between(sorted[start - 1] as number, sorted[start] as number));
    last = start;
  }
  return Float32Array.from(edges);
}

/** Where each distinct value starts; stops counting when there are more than the bins. */
function distinctStarts(sorted: Float32Array): number[] {
  const starts = [0];
  for (let i = 1; i < sorted.length && starts.length <= MAX_BINS; i += 1) {
    if (sorted[i] !== sorted[i - 1]) starts.push(i);
  }
  return starts;
}

function firstEqual(sorted: Float32Array, index: number): number {
  let first = index;
  while (first > 0 && sorted[first - 1] === sorted[index]) first -= 1;
  return first;
}

/** A float32 that separates two: `lower <= it < upper`. */
function between(lower: number, upper: number): number {
  const middle = Math.fround(lower + (upper - lower) / 2);
  return middle < upper ? middle : lower;
}

function binOf(bounds: Float32Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (bounds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
