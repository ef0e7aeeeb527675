import { AresError, messageOf } from '../ares-error.ts';
import type { FeatureSet } from '../features/feature-set.ts';
import type { Timeframe } from '../market-data/candle.ts';
import { modelInputs } from '../models/model-inputs.ts';
import type { Timers } from '../ports/clock.ts';
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
  /** For trying again what failed to load; without them a failure is final. */
  readonly timers?: Pick<Timers, 'sleep'>;
}

/** Between two tries to load a champion that failed to. */
const RETRY_MS = 60_000;

export interface HotSwap {
  /**
   * Loads and verifies the model beside the running one, then hands it to the engine between two messages. Requests queue, the newest wins.
   * Resolves when the model decides, when a newer request has replaced it, or when it failed, which leaves the old one trading and is journalled;
   * it is then tried again every minute, until it decides or a newer one is asked for.
   */
  request(target: SwapTarget): Promise<void>;
  readonly swapInProgress: boolean;
  /** Tries nothing again any more. */
  stop(): void;
}

export function createHotSwap(
  options: {
    /** The set that the engine's features compute; a model of another one is taken when all its features are in it. */
    readonly featureSet: FeatureSet;
    readonly timeframe: Timeframe;
  },
  ports: HotSwapPorts,
): HotSwap {
  let newest = -1;
  let pending = 0;
  let tail: Promise<void> = Promise.resolve();

  const load = async (target: SwapTarget) => {
    const predictor = await ports.predictorLoader.load(await ports.modelStore.get(target.modelHash));
    try {
      const { columns } = modelInputs(predictor.signature, options.timeframe, options.featureSet);
      return { runId: target.runId, predictor, columns };
    } catch (error) {
      await predictor.release();
      throw error;
    }
  };

  const stopping = new AbortController();

  const swap = async (target: SwapTarget, isRetry: boolean): Promise<void> => {
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
      // Said once: that it still fails a minute later is no news.
      if (!isRetry) ports.journal.failed({ code: error instanceof AresError ? error.code : 'SWAP_FAILED', message });
      ports.timers?.sleep(RETRY_MS, stopping.signal).then(
        () => enqueue(target, true),
        () => undefined,
      );
    }
  };

  const enqueue = (target: SwapTarget, isRetry: boolean): Promise<void> => {
    pending += 1;
    tail = tail
      .then(() => swap(target, isRetry))
      .finally(() => {
        pending -= 1;
      });
    return tail;
  };

  return {
    request: (target) => {
      newest = Math.max(newest, target.sequence);
      return enqueue(target, false);
    },
    stop: () => stopping.abort('the trader stops'),
    get swapInProgress() {
      return pending > 0;
    },
  };
}
