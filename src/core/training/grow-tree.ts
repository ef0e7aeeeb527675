import type { BinnedRows } from './binned-rows.ts';
import { findSplit, type LeafSums, type Split, type SplitOptions } from './find-split.ts';
import { type Derivatives, fillHistogram, histogramOffsets, subtractHistogram } from './leaf-histogram.ts';
import type { DecisionTree } from './tree-ensemble.ts';

export interface GrowOptions extends SplitOptions {
  /** Leaves at most. */
  readonly leaves: number;
  /** Leaf values are multiplied with it. */
  readonly learningRate: number;
}

interface Leaf extends LeafSums {
  readonly node: number;
  readonly members: Int32Array;
  readonly histogram: Float64Array;
  readonly split: Split | undefined;
}

/** Grows trees over one set of rows, reusing the memory of histograms. */
export interface TreeGrower {
  /** One tree, leaf-wise: the leaf whose split gains most is split next. */
  grow(members: Int32Array, features: readonly number[], derivatives: Derivatives): DecisionTree;
}

export function createTreeGrower(data: BinnedRows, options: GrowOptions): TreeGrower {
  const offsets = histogramOffsets(data);
  const spare: Float64Array[] = [];
  const newHistogram = () => spare.pop() ?? new Float64Array(offsets[data.featureCount] as number);

  return {
    grow(members, features, derivatives) {
      const nodes = new GrowingTree(options.leaves);
      const leafOf = (node: number, rows: Int32Array, histogram: Float64Array): Leaf => {
        const sums = sumsOf(rows, derivatives);
        nodes.value[node] = (-options.learningRate * sums.gradient) / (sums.hessian + options.l2);
        return {
          node,
          members: rows,
          histogram,
          ...sums,
          split: findSplit(histogram, offsets, features, sums, options),
        };
      };
      const rootHistogram = newHistogram();
      fillHistogram(rootHistogram, data, offsets, features, members, derivatives);
      const leaves = [leafOf(nodes.add(), members, rootHistogram)];

      while (leaves.length < options.leaves) {
        const index = mostGaining(leaves);
        const parent = leaves[index];
        if (!parent?.split) break;
        const { feature, bin } = parent.split;
        const [leftRows, rightRows] = partition(data, feature, bin, parent.members);
        const threshold = (data.bounds[feature] as Float32Array)[bin] as number;
        const [leftNode, rightNode] = nodes.branch(parent.node, feature, threshold);
        const smaller = leftRows.length <= rightRows.length ? leftRows : rightRows;
        const childHistogram = newHistogram();
        fillHistogram(childHistogram, data, offsets, features, smaller, derivatives);
        subtractHistogram(parent.histogram, childHistogram, offsets, features);
        const leftIsSmaller = smaller === leftRows;
        leaves[index] = leafOf(leftNode, leftRows, leftIsSmaller ? childHistogram : parent.histogram);
        leaves.push(leafOf(rightNode, rightRows, leftIsSmaller ? parent.histogram : childHistogram));
      }
      for (const leaf of leaves) spare.push(leaf.histogram);
      return nodes.finish();
    },
  };
}

function sumsOf(rows: Int32Array, { gradients, hessians }: Derivatives): LeafSums {
  let gradient = 0;
  let hessian = 0;
  for (const row of rows) {
    gradient += gradients[row] as number;
    hessian += hessians[row] as number;
  }
  return { gradient, hessian, rows: rows.length };
}

function mostGaining(leaves: readonly Leaf[]): number {
  let best = 0;
  for (let i = 1; i < leaves.length; i += 1) {
    if ((leaves[i]?.split?.gain ?? 0) > (leaves[best]?.split?.gain ?? 0)) best = i;
  }
  return best;
}

function partition(data: BinnedRows, feature: number, bin: number, rows: Int32Array): [Int32Array, Int32Array] {
  const start = feature * data.count;
  const left = new Int32Array(rows.length);
  const right = new Int32Array(rows.length);
  let lefts = 0;
  let rights = 0;
  for (const row of rows) {
    if ((data.bins[start + row] as number) <= bin) {
      left[lefts] = row;
      lefts += 1;
    } else {
      right[rights] = row;
      rights += 1;
    }
  }
  return [left.subarray(0, lefts), right.subarray(0, rights)];
}

/** Node arrays with room for a tree of so many leaves. */
class GrowingTree {
  #size = 0;
  readonly #feature: Int32Array;
  readonly #threshold: Float32Array;
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly value: Float32Array;

  constructor(leaves: number) {
    const room = 2 * leaves - 1;
    this.#feature = new Int32Array(room);
    this.#threshold = new Float32Array(room);
    this.#left = new Int32Array(room).fill(-1);
    this.#right = new Int32Array(room).fill(-1);
    this.value = new Float32Array(room);
  }

  add(): number {
    this.#size += 1;
    return this.#size - 1;
  }

  branch(node: number, feature: number, threshold: number): [number, number] {
    const left = this.add();
    const right = this.add();
    this.#feature[node] = feature;
    this.#threshold[node] = threshold;
    this.#left[node] = left;
    this.#right[node] = right;
    this.value[node] = 0;
    return [left, right];
  }

  finish(): DecisionTree {
    const size = this.#size;
    return {
      feature: this.#feature.slice(0, size),
      threshold: this.#threshold.slice(0, size),
      left: this.#left.slice(0, size),
      right: this.#right.slice(0, size),
      value: this.value.slice(0, size),
    };
  }
}
