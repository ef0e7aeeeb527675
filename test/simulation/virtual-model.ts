import { createHash } from 'node:crypto';
import { everyFeature } from '../../src/core/features/every-feature.ts';
import type { Candle } from '../../src/core/market-data/candle.ts';
import type { ModelSignature } from '../../src/core/models/signature.ts';
import type { ModelHash } from '../../src/core/ports/model-store.ts';
import type { Predictor, PredictorLoader } from '../../src/core/ports/predictor.ts';
import { sampleLoader } from '../support/model-bytes.ts';

/** A number from 0 to 1 that follows from a bar and nothing else. */
function chanceOf(openTime: number, close: number): number {
  let hash = Math.imul(Math.floor(openTime / 60_000) ^ 0x5bd1e995, 0x85ebca6b);
  hash = Math.imul(hash ^ Math.round(close * 100), 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x27d4eb2f);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

/** Stands for the features: every column holds the same number, which follows from the bar. */
export function virtualFeatures(): { close(candle: Candle): Float32Array; select(columns: readonly number[]): void } {
  const row = new Float32Array(everyFeature.features.length);
  return {
    close: (candle) => row.fill(chanceOf(candle.openTime, candle.close)),
    select: () => undefined,
  };
}

/** What a model wants: to be long, flat, or neither, each often enough that orders follow each other quickly. */
const probabilityOf = (chance: number): number => (chance < 0.34 ? 0.9 : chance < 0.62 ? 0.1 : 0.515);

/** Loads what `sampleBytes` wrote as a model that decides by the bar alone. */
export const virtualPredictorLoader: PredictorLoader = {
  readSignature: sampleLoader.readSignature,
  async load(bytes) {
    const signature: ModelSignature = sampleLoader.readSignature(bytes);
    const modelHash = createHash('sha256').update(bytes).digest('hex') as ModelHash;
    const lean = Number.parseInt(modelHash.slice(0, 4), 16) / 0x10000;
    const predict = (value: number): number => probabilityOf((value + lean) % 1);
    const predictor: Predictor = {
      modelHash,
      signature,
      predict: async (row) => predict(row[0] as number),
      predictBatch: async (rows) => rows.map((value) => predict(value)),
      release: async () => undefined,
    };
    return predictor;
  },
};
