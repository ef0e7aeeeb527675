import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import type { Predictor } from '../../../src/core/ports/predictor.ts';
import { decisionLine } from '../../../src/core/trading/decision.ts';
import { decisionInputsToJson } from '../../../src/core/trading/decision-inputs.ts';
import { filledByFills } from '../../../src/core/trading/own-order.ts';
import { type BacktestRequest, runBacktest } from '../../../src/core/trading/run-backtest.ts';
import { quiet } from '../../support/engine-harness.ts';
import { waveBars } from '../../support/listed-market.ts';
import { sampleSignature } from '../../support/model-bytes.ts';

const WARM_UP = 480;
const slot = 'paper:trend:BTC/USDT:1m' as SlotId;
const config: LiveConfig = { ...DEFAULT_CONFIG, risk: { ...DEFAULT_CONFIG.risk, maxDrawdownFraction: 1 } };

/** Long after a bar that rose, flat after one that fell. */
function trendFollower(predict: Predictor['predict'] = (row) => ((row[0] as number) > 0 ? 0.875 : 0.125)): Predictor {
  return {
    modelHash: 'c'.repeat(64) as ModelHash,
    signature: sampleSignature({ features: ['ret1'] }),
    predict,
    predictBatch: async (rows) =>
      Float32Array.from(await Promise.all([...rows].map((value) => predict(Float32Array.of(value))))),
    release: async () => undefined,
  };
}

function backtest(
  candles: readonly Candle[],
  { predictor = trendFollower(), ...changes }: Partial<BacktestRequest> & { readonly predictor?: Predictor } = {},
) {
  const from = candles[WARM_UP]?.openTime ?? 0;
  const models = [{ runId: 'run-1', predictor, from }];
  return runBacktest({ slot, models, candles, from, config, ...changes }, quiet);
}

describe('a backtest', () => {
  const candles = waveBars(WARM_UP + 120);
  const gapped = candles.filter((_, at) => at < WARM_UP + 40 || at > WARM_UP + 44);

  it('decides every bar from its beginning on, and none before, with features that history has warmed up', async () => {
    const { bars, decisions, equity } = await backtest(candles);
    expect(bars).toBe(120);
    expect(decisions.map(({ barClose }) => barClose)).toEqual(
      candles.slice(WARM_UP).map(({ openTime }) => openTime + 60_000),
    );
    expect(decisions.every(({ probability }) => probability === 0.875 || probability === 0.125)).toBe(true);
    expect(decisions[0]).toMatchObject({ runId: 'run-1', modelHash: 'c'.repeat(64) });
    expect(equity).toHaveLength(120);
  });

  it('says of bars without enough history that they have none, and trades nothing on them', async () => {
    const { decisions, orders } = await backtest(candles.slice(0, 60), { from: 0 });
    expect(new Set(decisions.map(({ reason }) => reason))).toEqual(new Set(['not enough history for the features']));
    expect(orders).toEqual([]);
  });

  it('meets the book at the close decided on, pays fees, and its equity is what its fills say', async () => {
    const { decisions, orders: all, account, equity } = await backtest(candles);
    // Protective stops that were cancelled have no part in it.
    const orders = all.filter(({ fills }) => fills.size > 0);
    const closes = new Map(decisions.map(({ barClose, close }) => [barClose as number, close]));
    expect(orders.length).toBeGreaterThan(3);
    expect(orders.map(({ side }) => side)).toEqual(orders.map((_, at) => (at % 2 === 0 ? 'buy' : 'sell')));
    let [quote, base] = [10_000, 0];
    for (const order of orders) {
      expect(order.state).toBe('filled');
      for (const fill of order.fills.values()) {
        const close = closes.get(order.barClose) as number;
        expect(Math.abs(Number(fill.price) - close) / close).toBeLessThan(0.001);
        expect(fill.executedAt).toBe(order.barClose);
        const sign = order.side === 'buy' ? 1 : -1;
        base += sign * Number(fill.quantity);
        quote -= sign * Number(fill.price) * Number(fill.quantity);
        if (fill.feeAsset === 'BTC') base -= Number(fill.fee);
        else quote -= Number(fill.fee);
      }
    }
    expect(account.trades).toBe(orders.length);
    expect(equity.at(-1)).toBeCloseTo(quote + base * (candles.at(-1) as Candle).close, 6);
    const first = orders[0];
    expect(first && Number(filledByFills(first)) * (closes.get(first.barClose) ?? 0)).toBeGreaterThan(9_400);
  });

  it('gives the same decisions for the same candles', async () => {
    const [one, two] = [await backtest(candles), await backtest(candles)];
    expect(one.decisions.map(decisionLine)).toEqual(two.decisions.map(decisionLine));
    expect(one.equity).toEqual(two.equity);
  });

  it('knows nothing of the future: a longer run begins with the shorter one', async () => {
    const [shorter, longer] = [await backtest(candles.slice(0, WARM_UP + 60)), await backtest(candles)];
    expect(longer.decisions.slice(0, 60)).toEqual(shorter.decisions);
    expect(longer.equity.slice(0, 60)).toEqual(shorter.equity);
  });

  it('never decides by what comes later: whatever happens after a bar, its decision and all before stay the same', async () => {
    const whole = (await backtest(candles)).decisions.map(decisionLine);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 118 }),
        fc.constantFrom('batch', 'single'),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        async (bars, inference, factor) => {
          const later = candles.slice(WARM_UP + bars).map((candle) => ({
            ...candle,
            open: candle.open * factor,
            high: candle.high * factor,
            low: candle.low * factor,
            close: candle.low * factor,
            volume: candle.volume * factor,
          }));
          const other = await backtest([...candles.slice(0, WARM_UP + bars), ...later], { inference });
          expect(other.decisions.slice(0, bars).map(decisionLine)).toEqual(whole.slice(0, bars));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('decides the same from rows computed in batches as from one row at a time, and the inputs of both are journalled alike', async () => {
    const ways: Partial<LiveConfig>[] = [
      {},
      { exits: { ...config.exits, stopLossFraction: 0.002, takeProfitFraction: 0.003 } },
      { exits: { ...config.exits, trailingStopFraction: 0.002, protection: 'engine' } },
      { entry: { ...config.entry, type: 'post_only' } },
    ];
    for (const way of ways) {
      const run = async (inference: 'batch' | 'single') => {
        const inputs: unknown[] = [];
        const onDecision: BacktestRequest['onDecision'] = (_decision, from) => inputs.push(decisionInputsToJson(from));
        const result = await backtest(gapped, { inference, onDecision, config: { ...config, ...way } });
        return { decisions: result.decisions, equity: result.equity, orders: result.orders, inputs };
      };
      expect(await run('batch')).toEqual(await run('single'));
    }
  });

  it('decides each bar with the model of its time, and carries the position over', async () => {
    const second = candles[WARM_UP + 60]?.openTime as number;
    const always = (value: number, hash: string): Predictor => ({
      ...trendFollower(() => value),
      modelHash: hash.repeat(64) as ModelHash,
    });
    const models = [
      { runId: 'up', predictor: always(0.875, 'a'), from: 0 },
      { runId: 'down', predictor: always(0.125, 'b'), from: second },
    ];
    const { decisions, orders } = await backtest(candles, { models });
    expect(decisions.slice(0, 60).every(({ runId }) => runId === 'up')).toBe(true);
    expect(decisions.slice(60).every(({ runId }) => runId === 'down')).toBe(true);
    const traded = orders.filter(({ fills }) => fills.size > 0);
    expect(traded.map(({ side, barClose }) => [side, barClose])).toEqual([
      ['buy', (candles[WARM_UP]?.openTime as number) + 60_000],
      ['sell', second + 60_000],
    ]);
  });

  it('fills an order only when it has arrived: with latency, within the next bar', async () => {
    const { orders } = await backtest(candles, { venue: { latencyMs: 25_000 } });
    const entries = orders.filter(({ leg, fills }) => leg === 'entry' && fills.size > 0);
    expect(entries.length).toBeGreaterThan(1);
    for (const { fills, barClose } of entries) {
      const at = candles.find(({ openTime }) => openTime === barClose) as Candle;
      for (const fill of fills.values()) {
        expect(fill.executedAt).toBe(barClose + 25_000);
        // After the first of the bar's four prices came the low.
        expect(Math.abs(Number(fill.price) - at.low) / at.low).toBeLessThan(0.001);
      }
    }
  });

  it('leaves at a stop that rests on the exchange, within the bar, at its trigger', async () => {
    const exits = { ...config.exits, stopLossFraction: 0.004 };
    const { orders } = await backtest(candles, { config: { ...config, exits }, predictor: trendFollower(() => 0.875) });
    const stops = orders.filter(({ leg, fills }) => leg === 'stop_loss' && fills.size > 0);
    expect(stops.length).toBeGreaterThan(0);
    for (const { fills, stopPrice } of stops) {
      for (const fill of fills.values()) {
        expect(fill.executedAt % 60_000).not.toBe(0);
        expect(Math.abs(Number(fill.price) - Number(stopPrice)) / Number(stopPrice)).toBeLessThan(0.001);
      }
    }
  });

  it('takes fees as told, and refuses those that are none', async () => {
    const free = await backtest(candles, { venue: { takerFee: 0, makerFee: 0 } });
    expect(free.orders.every(({ fills }) => [...fills.values()].every(({ fee }) => fee.eq(0)))).toBe(true);
    await expect(backtest(candles, { venue: { takerFee: 1 } })).rejects.toThrow(
      'takerFee must be a fraction from 0 to below 1, was 1',
    );
  });

  it('reports how far it is every 500 bars and at the end', async () => {
    const progress: [number, number][] = [];
    await backtest(waveBars(1_100), { from: 0, onProgress: (done, of) => progress.push([done, of]) });
    expect(progress).toEqual([
      [500, 1_100],
      [1_000, 1_100],
      [1_100, 1_100],
    ]);
  });

  it('needs nobody to report to', async () => {
    expect((await backtest(waveBars(501), { from: 0 })).bars).toBe(501);
  });

  it('needs a candle to begin with', async () => {
    const last = (candles.at(-1) as Candle).openTime;
    await expect(backtest(candles, { from: last + 1 })).rejects.toMatchObject({
      code: 'BACKTEST_EMPTY',
      message: `candles must reach past ${last + 1}, the last opened at ${last}`,
    });
    await expect(backtest([])).rejects.toThrow('candles must reach past 0, the last opened at none');
  });

  it('ends with the fault of a model that cannot predict', async () => {
    const fault = new Error('the session is gone');
    await expect(backtest(candles, { predictor: trendFollower(() => Promise.reject(fault)) })).rejects.toBe(fault);
  });

  it('refuses a model whose features the set does not have, before it plays a bar', async () => {
    const foreign = { ...trendFollower(), signature: sampleSignature({ features: ['ret1', 'moon'] }) };
    await expect(backtest(candles, { predictor: foreign })).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' });
  });
});
