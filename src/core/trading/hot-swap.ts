import { AresError, messageOf } from '../ares-error.ts';
import type { FeatureSet } from '../features/feature-set.ts';
import type { Timeframe } from '../market-data/candle.ts';
import { checkSignature } from '../models/check-signature.ts';
import { selectColumns } from '../models/select-columns.ts';
import type { Log } from '../ports/log.ts';
import type { ModelHash, ModelStore } from '../ports/model-store.ts';
import type { PredictorLoader } from '../ports/predictor.ts';
import type { TradingEngine } from './engine.ts';
import type { TradingJournal } from './trading-journal.ts';

export interface SwapTarget {
  readonly runId: string;
  readonly modelHash: ModelHash;
  /** Of the deployment that names this model: an older one never replaces a newer. */
  readonly sequence: number;
}

export interface HotSwapPorts {
  readonly modelStore: ModelStore;
  readonly predictorLoader: PredictorLoader;
  readonly engine: Pick<TradingEngine, 'accept' | 'model'>;
  readonly journal: TradingJournal;
  readonly log: Log;
}

export interface HotSwap {
  /**
   * Loads and verifies the model beside the running one, then hands it to the engine between two messages. Requests queue, the newest wins.
   * Resolves when the model decides, when a newer request has replaced it, or when it failed, which leaves the old one trading and is journalled.
   */
  request(target: SwapTarget): Promise<void>;
  readonly swapInProgress: boolean;
}

export function createHotSwap(
  options: { readonly featureSet: FeatureSet; readonly timeframe: Timeframe },
  ports: HotSwapPorts,
): HotSwap {
  let newest = -1;
  let pending = 0;
  let tail: Promise<void> = Promise.resolve();

  const load = async (target: SwapTarget) => {
    const predictor = await ports.predictorLoader.load(await ports.modelStore.get(target.modelHash));
    const checked = checkSignature(predictor.signature, options.featureSet, options.timeframe);
    if (checked.ok)
      return { runId: target.runId, predictor, columns: selectColumns(predictor.signature, options.featureSet) };
    await predictor.release();
    throw new AresError('SIGNATURE_MISMATCH', checked.reason, { runId: target.runId });
  };

  const swap = async (target: SwapTarget): Promise<void> => {
    if (target.sequence < newest || ports.engine.model?.predictor.modelHash === target.modelHash) return;
    try {
      const model = await load(target);
      if (target.sequence < newest) {
        await model.predictor.release();
        return;
      }
      await new Promise<void>((swapped) => ports.engine.accept({ kind: 'model', model, swapped }));
      ports.log.info('model swapped', { runId: target.runId, modelHash: target.modelHash });
    } catch (error) {
      const meanwhile = ports.engine.model ? 'the one before it keeps trading' : 'nothing is traded without one';
      const message = `model ${target.runId} was not swapped in, ${meanwhile}: ${messageOf(error)}`;
      ports.log.error(message, { error });
      ports.journal.failed({ code: error instanceof AresError ? error.code : 'SWAP_FAILED', message });
    }
  };

  return {
    request: (target) => {
      newest = Math.max(newest, target.sequence);
      pending += 1;
      tail = tail
        .then(() => swap(target))
        .finally(() => {
          pending -= 1;
        });
      return tail;
    },
    get swapInProgress() {
      return pending > 0;
    },
  };
}
