import type { Candle } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { MarketData } from '../../src/core/ports/exchange.ts';
import { decimal } from '../../src/core/trading/money.ts';

/** A market whose closed bars are a list that a test makes longer. */
export function createListedMarket(candles: Candle[]): MarketData & { problem: Error | undefined; asked: number } {
  const market: MarketData & { problem: Error | undefined; asked: number } = {
    problem: undefined,
    asked: 0,
    async rules(symbol) {
      const [base, quote] = symbol.split('/') as [string, string];
      const step = decimal('0.00001');
      const fee = decimal('0.001');
      return {
        symbol,
        base,
        quote,
        priceStep: decimal('0.01'),
        quantityStep: step,
        minQuantity: step,
        minNotional: decimal('5'),
        takerFee: fee,
        makerFee: fee,
      };
    },
    async serverTime() {
      return epochMillis(0);
    },
    async candles({ since, limit }) {
      market.asked += 1;
      if (market.problem) throw market.problem;
      return since === undefined
        ? candles.slice(-limit)
        : candles.filter(({ openTime }) => openTime >= since).slice(0, limit);
    },
    async close() {},
  };
  return market;
}

/** Bars that rise and fall by turns, the first at `from`. */
export function waveBars(count: number, from = 1_640_995_200_000): Candle[] {
  return Array.from({ length: count }, (_, i) => {
    const open = 40_000 + 500 * Math.sin(i / 9);
    const close = 40_000 + 500 * Math.sin((i + 1) / 9);
    return {
      openTime: epochMillis(from + i * 60_000),
      open: round(open),
      high: round(Math.max(open, close) + 20),
      low: round(Math.min(open, close) - 20),
      close: round(close),
      volume: 10 + (i % 7),
    };
  });
}

const round = (value: number): number => Math.round(value * 100) / 100;
