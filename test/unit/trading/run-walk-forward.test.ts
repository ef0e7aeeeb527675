import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import type { Predictor, PredictorLoader } from '../../../src/core/ports/predictor.ts';
import type { TrainedCandidate, Trainer } from '../../../src/core/ports/trainer.ts';
import { decisionLine } from '../../../src/core/trading/decision.ts';
import { runWalkForward, type WalkForwardBacktest } from '../../../src/core/trading/run-walk-forward.ts';
import type { TrainingSpec } from '../../../src/core/training/training-spec.ts';
import { quiet } from '../../support/engine-harness.ts';
import { waveBars } from '../../support/listed-market.ts';
import { sampleSignature } from '../../support/model-bytes.ts';

const slot = 'paper:trend:BTC/USDT:1m' as SlotId;
const config: LiveConfig = { ...DEFAULT_CONFIG, risk: { ...DEFAULT_CONFIG.risk, maxDrawdownFraction: 1 } };
const [TRAIN, TEST, HORIZON] = [60, 40, 5];

/** Models that remember all they were given: a change of any candle a trainer saw makes another model. */
function remembering() {
  const given: { readonly candles: readonly Candle[]; readonly spec: TrainingSpec }[] = [];
  const released: string[] = [];
  const trainer: Trainer = {
    async trainCandidate(candles, spec) {
      given.push({ candles, spec });
      const sum = candles.reduce((total, { close, volume }) => total + close + volume, 0);
      const signature = sampleSignature({ features: ['ret1'], horizon: HORIZON });
      const counts = { trainingRows: candles.length, validationRows: 0 };
      const bytes = new TextEncoder().encode(String(sum));
      return { bytes, signature, counts, metrics: undefined, validationWindow: undefined } satisfies TrainedCandidate;
    },
  };
  const predictorLoader: PredictorLoader = {
    async load(bytes) {
      const sum = Number(new TextDecoder().decode(bytes));
      const predict = (value: number) => Math.fround(0.5 + 0.4 * Math.sin(sum + 1e4 * value));
      return {
        modelHash: String(sum).padEnd(64, '0') as ModelHash,
        signature: sampleSignature({ features: ['ret1'], horizon: HORIZON }),
        predict: (row) => predict(row[0] as number),
        predictBatch: async (rows) => rows.map(predict),
        release: async () => void released.push(String(sum)),
      } satisfies Predictor;
    },
    readSignature: () => sampleSignature(),
  };
  return { given, released, ports: { trainer, predictorLoader, log: quiet } };
}

const request = (candles: readonly Candle[], changes: Partial<WalkForwardBacktest> = {}): WalkForwardBacktest => ({
  slot,
  candles,
  config,
  train: TRAIN,
  test: TEST,
  training: { horizon: HORIZON },
  name: 'fold',
  ...changes,
});

describe('a walk-forward backtest', () => {
  const candles = waveBars(480 + TRAIN + HORIZON + 3 * TEST);

  it('gives each model only what was known a horizon before its test, and trades the tests as one run', async () => {
    const { given, released, ports } = remembering();
    const trained: number[] = [];
    const { result, folds } = await runWalkForward(
      request(candles, { onTrained: (fold) => trained.push(fold) }),
      ports,
    );
    expect(result.bars).toBe(3 * TEST);
    expect(folds.map(({ number, runId, bars }) => [number, runId, bars])).toEqual([
      [1, 'fold-001', TEST],
      [2, 'fold-002', TEST],
      [3, 'fold-003', TEST],
    ]);
    expect(trained).toEqual([1, 2, 3]);
    for (const [at, fold] of folds.entries()) {
      const { candles: seen, spec } = given[at] as (typeof given)[number];
      expect(spec).toMatchObject({ trainUntil: fold.testFrom - HORIZON * 60_000, maxRows: TRAIN, timeframe: '1m' });
      expect((seen.at(-1) as Candle).openTime + 60_000).toBeLessThanOrEqual(fold.trainUntil);
      const own = result.decisions.filter(({ runId }) => runId === fold.runId);
      expect([own[0]?.barClose, own.at(-1)?.barClose]).toEqual([fold.testFrom + 60_000, fold.testTo + 60_000]);
    }
    const product = folds.reduce((growth, { totalReturn }) => growth * (1 + totalReturn), 1);
    expect(10_000 * product).toBeCloseTo(result.equity.at(-1) as number, 6);
    expect(released).toHaveLength(3);
  });

  it('is not changed by anything that comes after: neither a decision nor the model that made it', async () => {
    const whole = (await runWalkForward(request(candles), remembering().ports)).result.decisions.map(decisionLine);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 * TEST - 1 }), fc.integer(), async (bars, seed) => {
        const first = candles.length - 3 * TEST + bars;
        const shuffled = candles.slice(first).map((candle, at, later) => {
          const other = later[(at * 7 + Math.abs(seed)) % later.length] as Candle;
          return { ...other, openTime: candle.openTime };
        });
        const changed = [...candles.slice(0, first), ...shuffled];
        const { result } = await runWalkForward(request(changed), remembering().ports);
        expect(result.decisions.slice(0, bars).map(decisionLine)).toEqual(whole.slice(0, bars));
      }),
      { numRuns: 25 },
    );
  });

  it('frees the models of a run that fails', async () => {
    const { released, ports } = remembering();
    const failing = { ...config, strategy: { ...config.strategy, quoteBudget: '10000' } };
    const venue = { takerFee: 2 };
    await expect(runWalkForward(request(candles, { config: failing, venue }), ports)).rejects.toThrow(
      'takerFee must be',
    );
    expect(released).toHaveLength(3);
  });
});
