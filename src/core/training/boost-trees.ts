import type { Random } from '../ports/random.ts';
import { binRows } from './binned-rows.ts';
import { createTreeGrower, type GrowOptions } from './grow-tree.ts';
import { shuffle } from './shuffle.ts';
import { type DecisionTree, sigmoid, type TreeEnsemble } from './tree-ensemble.ts';

export interface BoostOptions extends GrowOptions {
  readonly trees: number;
  /** Share of the features each tree may split on. */
  readonly featureFraction: number;
  /** Share of the rows each tree is grown on. */
  readonly rowFraction: number;
}

/**
 * Fits gradient-boosted trees to a binary target by its log loss.
 *
 * Histogram method with leaf-wise growth (Ke et al., LightGBM, 2017); Newton steps as leaf values. The same input and random numbers give the same trees.
 *
 * @param rows finite values, row after row, `featureCount` each
 * @param labels 0 or 1 a row; at least one row
 * @param onTree called after each tree with how many are grown
 */
export function boostTrees(
  rows: Float32Array,
  featureCount: number,
  labels: Uint8Array,
  options: BoostOptions,
  random: Random,
  onTree: (grown: number) => void = () => {},
): TreeEnsemble {
  const count = labels.length;
  const data = binRows(rows, featureCount);
  const grower = createTreeGrower(data, options);
  const baseScore = Math.fround(logOdds(labels));
  const scores = new Float64Array(count).fill(baseScore);
  const derivatives = { gradients: new Float64Array(count), hessians: new Float64Array(count) };
  const trees: DecisionTree[] = [];
  while (trees.length < options.trees) {
    for (let row = 0; row < count; row += 1) {
      const probability = sigmoid(scores[row] as number);
      derivatives.gradients[row] = probability - (labels[row] as number);
      derivatives.hessians[row] = probability * (1 - probability);
    }
    const features = [...sample(featureCount, options.featureFraction, random)];
    const tree = grower.grow(sample(count, options.rowFraction, random), features, derivatives);
    addTree(scores, tree, rows, featureCount);
    trees.push(tree);
    onTree(trees.length);
  }
  return { featureCount, baseScore, trees };
}

/** Log-odds of the target over all rows; never infinite. */
function logOdds(labels: Uint8Array): number {
  let positives = 0;
  for (const label of labels) positives += label;
  const share = Math.min(Math.max(positives / labels.length, 1e-6), 1 - 1e-6);
  return Math.log(share / (1 - share));
}

/** A random share of the numbers from 0 to `count - 1`, ascending; at least one. */
function sample(count: number, fraction: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: count }, (_, index) => index);
  const wanted = Math.max(1, Math.round(count * fraction));
  if (wanted >= count) return all;
  shuffle(all, random, wanted);
  return all.slice(0, wanted).sort();
}

function addTree(scores: Float64Array, tree: DecisionTree, rows: Float32Array, featureCount: number): void {
  const { feature, threshold, left, right, value } = tree;
  for (let row = 0; row < scores.length; row += 1) {
    const start = row * featureCount;
    let node = 0;
    while ((left[node] as number) >= 0) {
      const cell = rows[start + (feature[node] as number)] as number;
      node = (cell <= (threshold[node] as number) ? left[node] : right[node]) as number;
    }
    scores[row] = (scores[row] as number) + (value[node] as number);
  }
}
