/**
 * A binary decision tree in flat arrays, the root at 0.
 *
 * A node whose `left` is -1 is a leaf with `value`; at the others a row goes left when its value of `feature` is at most `threshold`.
 */
export interface DecisionTree {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly value: Float32Array;
}

/** Additive trees: the sum of `baseScore` and one leaf of each tree is the log-odds of the target. */
export interface TreeEnsemble {
  readonly featureCount: number;
  readonly baseScore: number;
  readonly trees: readonly DecisionTree[];
}

export const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

/** The probability of the target for the row that starts at `at` in `rows`. */
export function predictEnsemble(ensemble: TreeEnsemble, rows: Float32Array, at = 0): number {
  let score = ensemble.baseScore;
  for (const tree of ensemble.trees) {
    let node = 0;
    while ((tree.left[node] as number) >= 0) {
      const value = rows[at + (tree.feature[node] as number)] as number;
      node = (value <= (tree.threshold[node] as number) ? tree.left[node] : tree.right[node]) as number;
    }
    score += tree.value[node] as number;
  }
  return sigmoid(score);
}
