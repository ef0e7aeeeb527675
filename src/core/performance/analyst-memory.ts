import type { Timeframe } from '../market-data/candle.ts';
import { modelInputs } from '../models/model-inputs.ts';
import type { ModelSignature } from '../models/signature.ts';
import type { SlotId } from '../models/slot.ts';
import type { ModelHash, ModelStore } from '../ports/model-store.ts';
import type { Predictor, PredictorLoader } from '../ports/predictor.ts';
import { createFeatureFeed, type FeatureFeed } from './feature-feed.ts';
import type { KnownCloses } from './match-outcome.ts';

/** A production model, ready to predict. */
export interface LoadedModel {
  readonly hash: ModelHash;
  readonly predictor: Predictor;
  /** A feed that has seen nothing. */
  newFeed(completeSince: number): FeatureFeed;
}

/** What the analyst keeps of a slot between two analyses: only what can be read again, so that losing it costs time and nothing else. */
export interface AnalystMemory {
  model?: LoadedModel;
  feed?: FeatureFeed;
  known?: KnownCloses;
  /** Through which bar a run has been analysed, bars without a row included. */
  analysed?: { readonly runId: string; readonly openTime: number };
  /** When the champion of this deployment version came into production. */
  inProduction?: { readonly version: number; readonly since: number };
}

/** The memory of one slot, used by one analysis at a time. */
export interface GuardedMemory {
  exclusively<T>(task: (memory: AnalystMemory) => Promise<T>): Promise<T>;
}

const memories = new WeakMap<PredictorLoader, Map<SlotId, GuardedMemory>>();

/** The memory that belongs to a slot for as long as the loader lives, which is as long as the process or function instance. */
export function analystMemory(loader: PredictorLoader, slot: SlotId): GuardedMemory {
  const ofLoader = memories.get(loader) ?? new Map<SlotId, GuardedMemory>();
  memories.set(loader, ofLoader);
  const memory = ofLoader.get(slot) ?? guard({});
  ofLoader.set(slot, memory);
  return memory;
}

function guard(memory: AnalystMemory): GuardedMemory {
  let before: Promise<unknown> = Promise.resolve();
  return {
    exclusively(task) {
      const result = before.then(() => task(memory));
      before = Promise.allSettled([result]);
      return result;
    },
  };
}

/**
 * The model with this hash: the one in memory, or loaded now, the other one being released.
 *
 * @throws AresError `MODEL_MISSING`, `MODEL_CORRUPT`, `MODEL_INVALID`, `GOLDEN_MISMATCH`, `SIGNATURE_MISMATCH`
 */
export async function recallModel(
  memory: AnalystMemory,
  hash: ModelHash,
  timeframe: Timeframe,
  ports: { readonly modelStore: ModelStore; readonly predictorLoader: PredictorLoader },
): Promise<LoadedModel> {
  if (memory.model?.hash === hash) return memory.model;
  const bytes = await ports.modelStore.get(hash);
  const newFeed = feedsOf(ports.predictorLoader.readSignature(bytes), timeframe);
  const model = { hash, predictor: await ports.predictorLoader.load(bytes), newFeed };
  const old = memory.model;
  memory.model = model;
  delete memory.feed;
  await old?.predictor.release();
  return model;
}

function feedsOf(signature: ModelSignature, timeframe: Timeframe): (completeSince: number) => FeatureFeed {
  const { featureSet, columns } = modelInputs(signature, timeframe);
  return (completeSince) => createFeatureFeed(featureSet, columns, timeframe, completeSince);
}
