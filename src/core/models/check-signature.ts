import type { FeatureSet } from '../features/feature-set.ts';
import type { Timeframe } from '../market-data/candle.ts';
import type { ModelSignature } from './signature.ts';

export type SignatureCheck = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const refused = (reason: string): SignatureCheck => ({ ok: false, reason });

/**
 * Whether rows for the model can be built from the feature set on candles of the timeframe.
 *
 * A model may use some of the set's features, in any order, each once; the reason names the first feature that does not fit and its position, counted from 1.
 */
export function checkSignature(
  signature: ModelSignature,
  featureSet: FeatureSet,
  timeframe: Timeframe,
): SignatureCheck {
  const { name, version } = signature.featureSet;
  if (name !== featureSet.name || version !== featureSet.version) {
    return refused(
      `the model's feature set must be ${featureSet.name} version ${featureSet.version}, was ${name} version ${version}`,
    );
  }
  const seen = new Set<string>();
  for (const [index, feature] of signature.features.entries()) {
    const position = `feature ${index + 1} of ${signature.features.length}`;
    if (!featureSet.features.includes(feature)) {
      return refused(`${position} must be one of ${featureSet.name} version ${featureSet.version}, was "${feature}"`);
    }
    if (seen.has(feature)) return refused(`${position} must differ from those before it, was "${feature}" again`);
    seen.add(feature);
  }
  if (signature.timeframe !== timeframe) {
    return refused(`the model's timeframe must be ${timeframe}, was ${signature.timeframe}`);
  }
  return { ok: true };
}
