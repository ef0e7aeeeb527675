import type { OnnxOutline } from './onnx-outline.ts';

/** Trees add up a row's leaves in their own order, and the others are single IEEE operations on each value. */
const ROW_BY_ROW: ReadonlySet<string> = new Set([
  'TreeEnsembleClassifier',
  'TreeEnsembleRegressor',
  'TreeEnsemble',
  'Identity',
  'Cast',
  'Add',
  'Sub',
  'Mul',
  'Div',
]);

/**
 * Whether every operator of the graph gives a row the same bits alone as among others.
 *
 * A product of matrices need not: for one row and for many its sums are made in another order, by other code. Such models are run row by row.
 */
export const runsInBatches = ({ operators }: Pick<OnnxOutline, 'operators'>): boolean =>
  [...operators].every((operator) => ROW_BY_ROW.has(operator));
