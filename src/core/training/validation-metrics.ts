import { predictEnsemble, type TreeEnsemble } from './tree-ensemble.ts';

/** How a model did on rows it was not trained on. */
export interface ValidationMetrics {
  /** Share of the rows whose outcome was on the side of 0.5 the prediction was on; exactly 0.5 predicts no rise. */
  readonly accuracy: number;
  /** Mean negative log-likelihood, natural logarithm; 0.693 is a coin. */
  readonly logLoss: number;
  /** Share of the rows whose target happened: what always predicting a rise would score. */
  readonly upShare: number;
}

/** `undefined` when there is no row to measure on. */
export function validationMetrics(
  ensemble: TreeEnsemble,
  rows: Float32Array,
  labels: Uint8Array,
): ValidationMetrics | undefined {
  const count = labels.length;
  if (count === 0) return undefined;
  let right = 0;
  let loss = 0;
  let up = 0;
  for (let row = 0; row < count; row += 1) {
    const label = labels[row] as number;
    const probability = predictEnsemble(ensemble, rows, row * ensemble.featureCount);
    if (probability > 0.5 === (label === 1)) right += 1;
    loss -= Math.log(Math.max(label === 1 ? probability : 1 - probability, 1e-15));
    up += label;
  }
  return { accuracy: right / count, logLoss: loss / count, upShare: up / count };
}
