import { AresError } from '../ares-error.ts';
import type { FeatureSet } from '../features/feature-set.ts';
import { findFeatureSet } from '../features/find-feature-set.ts';
import type { Timeframe } from '../market-data/candle.ts';
import { checkSignature } from './check-signature.ts';
import { selectColumns } from './select-columns.ts';
import type { ModelSignature } from './signature.ts';

/** Where a model's inputs come from. */
export interface ModelInputs {
  /** The set the model names. */
  readonly featureSet: FeatureSet;
  /** For each of its inputs, in order, the column of the computed set. */
  readonly columns: readonly number[];
}

/**
 * @param computed the set whose rows the columns are taken from; the model's own when absent
 * @throws AresError `SIGNATURE_MISMATCH` when the model's set is not known, or its features or timeframe do not fit
 */
export function modelInputs(signature: ModelSignature, timeframe: Timeframe, computed?: FeatureSet): ModelInputs {
  const { name, version } = signature.featureSet;
  const featureSet = findFeatureSet(name, version);
  if (!featureSet) {
    throw new AresError('SIGNATURE_MISMATCH', `the model's feature set must be known, was ${name} version ${version}`, {
      name,
      version,
    });
  }
  const check = checkSignature(signature, featureSet, timeframe);
  if (!check.ok) throw new AresError('SIGNATURE_MISMATCH', check.reason);
  return { featureSet, columns: selectColumns(signature, computed ?? featureSet) };
}
