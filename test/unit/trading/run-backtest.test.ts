import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import type { Predictor } from '../../../src/core/ports/predictor.ts';
import { decisionLine } from '../../../src/core/trading/decision.ts';
import { filledByFills } from '../../../src/core/trading/own-order.ts';
import { type BacktestRequest, runBacktest } from '../../../src/core/trading/run-backtest.ts';
import { quiet } from '../../support/engine-harness.ts';
import { waveBars } from '../../support/listed-market.ts';
import { sampleSignature } from '../../support/model-bytes.ts';

const WARM_UP = 480;
const slot = 'paper:trend:BTC/USDT:1m' as SlotId;
const config: LiveConfig = { ...DEFAULT_CONFIG, risk: { ...DEFAULT_CONFIG.risk, maxDrawdownFraction: 1 } };

/** Long after a bar that rose, flat after one that fell. */
function trendFollower(predict: Predictor['predict'] = async (row) => ((row[0] as number) > 0 ? 0.9 : 0.1)): Predictor {
  return {
    modelHash: 'c'.repeat(64) as ModelHash,
    signature: sampleSignature({ features: ['ret1'] }),
    predict,
    predictBatch: async () => new Float32Array(),
    release: async () => undefined,
  };
}

function backtest(candles: readonly Candle[], changes: Partial<BacktestRequest> = {}) {
  const from = candles[WARM_UP]?.openTime ?? 0;
  const request = { slot, runId: 'run-1', predictor: trendFollower(), candles, from, config, ...changes };
  return runBacktest(request, quiet);
}

describe('a backtest', () => {
  const candles = waveBars(WARM_UP + 120);

  it('decides every bar from its beginning on, and none before, with features that history has warmed up', async () => {
    const { bars, decisions, equity } = await backtest(candles);
    expect(bars).toBe(120);
    expect(decisions.map(({ barClose }) => barClose)).toEqual(
      candles.slice(WARM_UP).map(({ openTime }) => openTime + 60_000),
    );
    expect(decisions.every(({ probability }) => probability === 0.9 || probability === 0.1)).toBe(true);
    expect(decisions[0]).toMatchObject({ runId: 'run-1', modelHash: 'c'.repeat(64) });
    expect(equity).toHaveLength(120);
  });

  it('says of bars without enough history that they have none, and trades nothing on them', async () => {
    const { decisions, orders } = await backtest(candles.slice(0, 60), { from: 0 });
    expect(new Set(decisions.map(({ reason }) => reason))).toEqual(new Set(['not enough history for the features']));
    expect(orders).toEqual([]);
  });

  it('meets the book at the close decided on, pays fees, and its equity is what its fills say', async () => {
    const { decisions, orders, account, equity } = await backtest(candles);
    const closes = new Map(decisions.map(({ barClose, close }) => [barClose as number, close]));
    expect(orders.length).toBeGreaterThan(3);
    expect(orders.map(({ side }) => side)).toEqual(orders.map((_, at) => (at % 2 === 0 ? 'buy' : 'sell')));
    let [quote, base] = [10_000, 0];
    for (const order of orders) {
      expect(order.state).toBe('filled');
      for (const fill of order.fills.values()) {
        const close = closes.get(order.barClose) as number;
        expect(Math.abs(Number(fill.price) - close) / close).toBeLessThan(0.001);
        expect(fill.executedAt).toBe(order.barClose - 1);
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
