import { AresError } from '../ares-error.ts';
import type { FeatureSet } from '../features/feature-set.ts';
import type { ModelSignature } from './signature.ts';

/**
 * For each input column of the model, in order, the column of the feature set it is taken from; see `gatherColumns`.
 *
 * @throws AresError `SIGNATURE_MISMATCH` naming the first feature that the set does not have
 */
export function selectColumns(signature: Pick<ModelSignature, 'features'>, set: FeatureSet): readonly number[] {
  return signature.features.map((feature, index) => {
    const column = set.features.indexOf(feature);
    if (column >= 0) return column;
    throw new AresError(
      'SIGNATURE_MISMATCH',
      `feature ${index + 1} of ${signature.features.length} must be one of ${set.name} version ${set.version}, was "${feature}"`,
      { feature, position: index + 1 },
    );
  });
}
