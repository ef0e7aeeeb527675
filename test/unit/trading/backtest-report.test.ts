import { describe, expect, test } from 'vitest';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Fill, Side } from '../../../src/core/ports/exchange.ts';
import { type BacktestTerms, backtestReport } from '../../../src/core/trading/backtest-report.ts';
import type { Decision } from '../../../src/core/trading/decision.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';
import type { OwnOrder } from '../../../src/core/trading/own-order.ts';
import type { BacktestResult } from '../../../src/core/trading/run-backtest.ts';
import { openAccount } from '../../../src/core/trading/slot-account.ts';

const BAR = 60_000;
const CLOSES = [100, 100, 110, 105, 120];
const candles = CLOSES.map((close, bar) => ({
  openTime: epochMillis(bar * BAR),
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
}));
const terms: BacktestTerms = {
  candles,
  timeframe: timeframe('1m'),
  rules: { base: 'BTC', quote: 'USDT', quantityStep: decimal('0.00001'), takerFee: decimal('0.001') },
  budget: decimal('1000'),
  horizon: 1,
};

let trades = 0;
const fill = (side: Side, at: string, amount: string, executedAt: number, fee: string, feeAsset: string): Fill => {
  trades += 1;
  return {
    symbol: 'BTC/USDT',
    tradeId: `t${trades}`,
    exchangeOrderId: 'x',
    side,
    price: price(at),
    quantity: quantity(amount),
    fee: decimal(fee),
    feeAsset,
    executedAt: epochMillis(executedAt),
  };
};
const order = (clientOrderId: string, fills: readonly Fill[]): OwnOrder => ({
  clientOrderId,
  exchangeOrderId: 'x',
  symbol: 'BTC/USDT',
  side: fills[0]?.side ?? 'buy',
  leg: fills[0]?.side === 'sell' ? 'exit' : 'entry',
  type: 'market',
  limitPrice: null,
  stopPrice: null,
  pairId: null,
  quantity: quantity('5'),
  barClose: epochMillis(0),
  modelHash: null,
  state: 'filled',
  filled: quantity('5'),
  fills: new Map(fills.map((one) => [one.tradeId, one])),
  updatedAt: epochMillis(0),
  reason: null,
});
const decision = (barClose: number, close: number, probability: number | null): Decision => ({
  barClose: epochMillis(barClose),
  close,
  runId: 'r',
  modelHash: null,
  probability,
  signal: null,
  action: 'none',
  reason: '',
  exitCause: null,
  clientOrderId: null,
  side: null,
  quantity: null,
});
const result = (changes: Partial<BacktestResult>): BacktestResult => ({
  bars: 4,
  decisions: [],
  orders: [],
  account: openAccount({ base: ZERO, quote: ZERO }, ZERO),
  equity: [1_000, 1_000, 1_000, 1_000],
  ...changes,
});

describe('backtestReport', () => {
  test('says nothing earned, and no ratio, where nothing was traded', () => {
    const { months, curve, ...report } = backtestReport(result({}), terms);
    expect(months).toEqual([{ month: '1970-01', totalReturn: 0, marketReturn: expect.closeTo(0.2, 12), bars: 4 }]);
    expect(curve.map(({ at }) => at)).toEqual([2 * BAR, 3 * BAR, 4 * BAR, 5 * BAR]);
    expect(report).toEqual({
      bars: 4,
      from: BAR,
      to: 4 * BAR,
      trades: 0,
      exits: 0,
      startEquity: '1000',
      endEquity: '1000.00',
      totalReturn: 0,
      marketReturn: 0.19999999999999996,
      sharpeRatio: null,
      sortinoRatio: null,
      periodsPerYear: 525_600,
      maxDrawdown: 0,
      buyAndHold: {
        totalReturn: expect.closeTo(1.2 * 0.999 * 0.999 - 1, 12),
        sharpeRatio: expect.any(Number),
        sortinoRatio: expect.any(Number),
        maxDrawdown: expect.closeTo(105 / 110 - 1, 12),
      },
      hitRate: null,
      turnover: 0,
      exposure: 0,
      fees: '0',
      slippage: '0',
      refusals: {},
      trips: [],
      predictions: { samples: 0, accuracy: null, logLoss: null },
    });
  });

  test('measures bar returns of the equity, from the budget on', () => {
    const report = backtestReport(result({ equity: [1_100, 990, 990, 1_089] }), terms);
    expect(report.totalReturn).toBeCloseTo(0.089, 12);
    expect(report.maxDrawdown).toBeCloseTo(-0.1, 12);
    // Returns 0.1, −0.1, 0, 0.1: mean 0.025, sample deviation √(0.0275 ÷ 3), downside √(0.01 ÷ 4).
    expect(report.sharpeRatio).toBeCloseTo((0.025 / Math.sqrt(0.0275 / 3)) * Math.sqrt(525_600), 6);
    expect(report.sortinoRatio).toBeCloseTo((0.025 / Math.sqrt(0.01 / 4)) * Math.sqrt(525_600), 6);
    expect(report.endEquity).toBe('1089.00');
  });

  test('counts a round trip as a hit when it earned more than its fees, and sums fees in quote currency', () => {
    const orders = [
      order('buy-1', [fill('buy', '100', '5', 2 * BAR, '0.005', 'BTC')]),
      order('sell-1', [
        fill('sell', '110', '2', 3 * BAR, '0.22', 'USDT'),
        fill('sell', '110', '2.995', 3 * BAR, '0.32945', 'USDT'),
      ]),
      order('buy-2', [fill('buy', '105', '4', 4 * BAR, '0.004', 'BTC')]),
      order('sell-2', [fill('sell', '105.1', '3.996', 4 * BAR, '0.4199796', 'USDT')]),
    ];
    const report = backtestReport(result({ orders }), terms);
    expect(report).toMatchObject({ exits: 2, hitRate: 0.5 });
    // 0.005 × 100 + 0.22 + 0.32945 + 0.004 × 105 + 0.4199796
    expect(report.fees).toBe('1.8894296');
  });

  test("measures turnover by the position's share of the equity after each bar, the last one's orders included", () => {
    const orders = [
      order('buy-1', [fill('buy', '100', '5', 2 * BAR, '0', 'USDT')]),
      order('sell-1', [fill('sell', '120', '5', 5 * BAR + 1, '0', 'USDT')]),
    ];
    const report = backtestReport(result({ orders, equity: [1_000, 1_050, 1_025, 1_100] }), terms);
    // Weights 0.5, 550 ÷ 1050, 525 ÷ 1025, 0.
    const [a, b, c] = [0.5, 550 / 1_050, 525 / 1_025];
    expect(report.turnover).toBeCloseTo((a + Math.abs(b - a) + Math.abs(c - b) + c) / 4, 12);
  });

  test('books fills in the order they were executed, whatever the order of their orders', () => {
    const bought = order('buy-1', [fill('buy', '100', '5', 2 * BAR, '0', 'USDT')]);
    const sold = order('sell-1', [fill('sell', '110', '5', 3 * BAR, '0', 'USDT')]);
    const reports = [
      [bought, sold],
      [sold, bought],
    ].map((orders) => backtestReport(result({ orders }), terms));
    expect(reports[1]).toEqual(reports[0]);
    expect(reports[0]).toMatchObject({ exits: 1, hitRate: 1 });
    // 0.5 after the first bar, nothing from the second on.
    expect(reports[0]?.turnover).toBeCloseTo(1 / 4, 12);
  });

  test('books a fill at the very close of a bar in that bar, one after it in the next', () => {
    const turnoverAt = (executedAt: number) => {
      const orders = [order('buy-1', [fill('buy', '100', '5', executedAt, '0', 'USDT')])];
      return backtestReport(result({ orders, equity: [500, 1_100, 1_050, 1_200] }), terms).turnover;
    };
    // Weights 1, 0.5, 0.5, 0.5 against 0, 0.5, 0.5, 0.5.
    expect(turnoverAt(2 * BAR)).toBeCloseTo(1.5 / 4, 12);
    expect(turnoverAt(2 * BAR + 1)).toBeCloseTo(0.5 / 4, 12);
  });

  test('neither earns nor holds a share of an equity that is gone', () => {
    const orders = [order('buy-1', [fill('buy', '100', '5', 2 * BAR, '0', 'USDT')])];
    expect(backtestReport(result({ orders, equity: [0, 0, 0, 0] }), terms)).toMatchObject({
      turnover: 0,
      totalReturn: -1,
      maxDrawdown: -1,
    });
  });

  test('lists round trips from flat to flat, with what closed them, and what is still held at the end', () => {
    const stop = order('stop', [fill('sell', '95', '4.995', 3 * BAR, '0.47', 'USDT')]);
    const orders = [
      order('buy-1', [
        fill('buy', '100', '2', 2 * BAR, '0.002', 'BTC'),
        fill('buy', '101', '3', 2 * BAR, '0.003', 'BTC'),
      ]),
      { ...stop, leg: 'stop_loss' as const, type: 'stop' as const, stopPrice: price('96') },
      order('buy-2', [fill('buy', '105', '4', 4 * BAR, '0', 'BTC')]),
    ];
    const { trips, exposure, slippage } = backtestReport(result({ orders }), terms);
    expect(trips).toEqual([
      {
        from: 2 * BAR,
        to: 3 * BAR,
        quantity: '5',
        entryPrice: '100.6',
        exitPrice: '95',
        // 0.002 × 100 + 0.003 × 101 + 0.47
        fees: '0.973',
        // 95 × 4.995 − 0.47 − 503
        pnl: '-28.945',
        pnlFraction: expect.closeTo(-28.945 / 503, 12),
        closedBy: 'stop_loss',
      },
      {
        from: 4 * BAR,
        to: null,
        quantity: '4',
        entryPrice: '105',
        exitPrice: null,
        fees: '0',
        pnl: '0',
        pnlFraction: null,
        closedBy: null,
      },
    ]);
    // One bar of four, and the last one that was still held at the end.
    expect(exposure).toBe(0.5);
    // The stop's fill against its trigger; the bars the purchases were decided at are not among the candles.
    expect(slippage).toBe('4.995');
  });

  test('measures slippage of market orders against the close they were decided at, and none of limits', () => {
    const at = (clientOrderId: string, change: Partial<OwnOrder>) => ({
      ...order(clientOrderId, [fill('buy', '101', '2', 2 * BAR, '0', 'USDT')]),
      barClose: epochMillis(2 * BAR),
      ...change,
    });
    expect(backtestReport(result({ orders: [at('a', {})] }), terms).slippage).toBe('2');
    expect(backtestReport(result({ orders: [at('a', { type: 'limit' })] }), terms).slippage).toBe('0');
  });

  test('counts what risk refused, by rule', () => {
    const refused = (reason: string) => ({ ...decision(BAR, 100, 0.9), action: 'refused' as const, reason });
    const decisions = [refused('spread: too wide'), refused('spread: too wide'), refused('drawdown: too deep')];
    expect(backtestReport(result({ decisions }), terms).refusals).toEqual({ spread: 2, drawdown: 1 });
  });

  test('scores the predictions whose outcome is known, a bar with a gap behind it left out', () => {
    const gapped = candles.filter((_, bar) => bar !== 3);
    const decisions = [
      decision(BAR, 100, 0.9),
      decision(2 * BAR, 100, 0.8),
      decision(3 * BAR, 110, 0.3),
      decision(5 * BAR, 120, 0.6),
      decision(4 * BAR, 105, null),
    ];
    const whole = backtestReport(result({ decisions }), terms).predictions;
    // 100 → 100 is no rise, 100 → 110 is one, 110 → 105 is none; what follows 120 is not known.
    expect(whole).toMatchObject({ samples: 3, accuracy: 2 / 3 });
    expect(whole.logLoss).toBeCloseTo(-(Math.log(0.1) + Math.log(0.8) + Math.log(0.7)) / 3, 12);
    expect(
      backtestReport(result({ decisions, bars: 3, equity: [1_000, 1_000, 1_000] }), { ...terms, candles: gapped })
        .predictions.samples,
    ).toBe(2);
  });
});
