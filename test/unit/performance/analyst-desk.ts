import { AresError } from '../../../src/core/ares-error.ts';
import type { Invocation } from '../../../src/core/events/invocation.ts';
import { indexes, keys } from '../../../src/core/ledger-keys.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import type { ModelSignature } from '../../../src/core/models/signature.ts';
import { ensureSlot } from '../../../src/core/models/slot-registry.ts';
import { analyzeMarket } from '../../../src/core/performance/analyze-market.ts';
import { parsePrediction } from '../../../src/core/performance/prediction.ts';
import { type EpochMillis, epochMillis } from '../../../src/core/ports/clock.ts';
import type { MarketData } from '../../../src/core/ports/exchange.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import type { Predictor, PredictorLoader } from '../../../src/core/ports/predictor.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { createMemoryModelStore } from '../../support/memory-model-store.ts';
import { sampleBytes, sampleLoader } from '../../support/model-bytes.ts';
import { SLOT } from '../../support/model-desk.ts';

export const MINUTE = 60_000;
/** Where the market of these tests begins: the first bar of an anchored segment. */
const START = 240 * MINUTE * 7_000;

/** Open time of the n-th bar. */
export const bar = (n: number): EpochMillis => epochMillis(START + n * MINUTE);

/** A smooth market with a wave in it, the same for every test. */
export const wave = (n: number): Candle => {
  const close = 100 + 5 * Math.sin(n / 9) + 2 * Math.sin(n / 2.3);
  const open = 100 + 5 * Math.sin((n - 1) / 9) + 2 * Math.sin((n - 1) / 2.3);
  return {
    openTime: bar(n),
    open,
    close,
    high: Math.max(open, close) + 0.3 + 0.1 * Math.sin(n),
    low: Math.min(open, close) - 0.3 - 0.1 * Math.cos(n),
    volume: 10 + 5 * Math.sin(n / 5),
  };
};

/** A market whose time the test sets, with bars missing where it says so. */
function openMarket() {
  const missing = new Set<number>();
  const requests: { readonly since: number; readonly limit: number }[] = [];
  let closed = 0;
  const marketData: MarketData = {
    rules: () => Promise.reject(new AresError('EXCHANGE_REFUSED', 'not asked for here')),
    serverTime: async () => bar(closed),
    close: async () => undefined,
    candles: async ({ since = bar(0), limit }) => {
      requests.push({ since, limit });
      const from = Math.max(0, (since - START) / MINUTE);
      const found: Candle[] = [];
      for (let n = from; n < closed && found.length < limit; n++) if (!missing.has(n)) found.push(wave(n));
      return found;
    },
  };
  return {
    marketData,
    missing,
    requests,
    /** Bars 0 to n − 1 are closed. */
    closeBars: (n: number) => {
      closed = n;
    },
  };
}

/** Loads sample models; what one predicts is a fixed function of its row. */
export function openLoader() {
  const seen = { loads: 0, released: [] as string[], batches: [] as number[] };
  const store = createMemoryModelStore();
  const predictorLoader: PredictorLoader = {
    readSignature: sampleLoader.readSignature,
    load: async (bytes): Promise<Predictor> => {
      seen.loads++;
      const modelHash = await store.put(bytes);
      const signature = sampleLoader.readSignature(bytes);
      const width = signature.features.length;
      const one = (row: Float32Array) =>
        Math.fround(0.5 + 0.5 * Math.sin(row.reduce((sum, x, i) => sum + x * (i + 1), 0)));
      let open = true;
      return {
        modelHash,
        signature,
        predict: async (row) => one(row),
        predictBatch: async (rows) => {
          if (!open) throw new AresError('PREDICTOR_RELEASED', 'predictor must not be released, was');
          seen.batches.push(rows.length / width);
          return Float32Array.from({ length: rows.length / width }, (_, i) =>
            one(rows.subarray(i * width, (i + 1) * width)),
          );
        },
        release: async () => {
          open = false;
          seen.released.push(modelHash);
        },
      };
    },
  };
  return { predictorLoader, seen };
}

/** A slot with a champion, a market, and an analyst that is called every fifteen bars or whenever the test wants. */
export async function openAnalystDesk() {
  const ledger = createMemoryLedger();
  const modelStore = createMemoryModelStore();
  const market = openMarket();
  const loader = openLoader();
  await ensureSlot(ledger, SLOT, epochMillis(0));
  let deployments = 0;

  const at = (n: number): Invocation => ({
    id: `analyze:${n}`,
    now: bar(n),
    correlationId: `analyze:${n}`,
    sessionId: 'session',
    trigger: { kind: 'schedule' },
  });

  const desk = {
    ledger,
    modelStore,
    market,
    /** Put another one here, and the process has restarted. */
    loader,
    ports: () => ({ ledger, modelStore, marketData: market.marketData, predictorLoader: desk.loader.predictorLoader }),
    at,
    /** Puts a model into production at the n-th bar's open. */
    deploy: async (runId: string, n: number, signature: Partial<ModelSignature> = {}): Promise<ModelHash> => {
      const hash = await modelStore.put(sampleBytes(runId, { horizon: 5, ...signature }));
      deployments++;
      const champion = { championRunId: runId, championHash: hash, standbyRunId: null, history: [], lastChange: null };
      const key = keys.deployment(SLOT);
      await ledger.commit({
        token: `deploy:${deployments}`,
        writes: [{ kind: 'put', key, expected: deployments === 1 ? 'absent' : deployments - 1, value: champion }],
        audit: [],
        events: [],
      });
      await ledger.append([
        {
          key: keys.model(SLOT, runId),
          value: {
            runId,
            slot: SLOT,
            state: 'production',
            reason: 'test',
            stateChangedAt: bar(n),
            modelHash: hash,
            signature: { ...sampleLoader.readSignature(sampleBytes(runId, signature)), featureCount: 1 },
            params: {},
            metrics: {},
            evaluation: null,
            registeredAt: 0,
            registeredBy: 'ada',
            promotedAt: bar(n),
            rolledBackAt: null,
            waiting: null,
          },
        },
      ]);
      return hash;
    },
    /** The bars before the n-th have closed, and the analyst is called. */
    analyze: async (n: number) => {
      market.closeBars(n);
      const [analysis] = await analyzeMarket(at(n), desk.ports());
      return analysis;
    },
    predictions: async (runId: string) => {
      const { table, pk } = keys.prediction(SLOT, runId, 0);
      return (await ledger.query({ table, pk, limit: 1_000 })).items.map(parsePrediction);
    },
    pending: async () => {
      const { pk } = indexes.pendingPredictions(SLOT);
      return (await ledger.query({ table: 'state', pk, by: 'index', limit: 1_000 })).items.map(parsePrediction);
    },
  };
  return desk;
}
