import { createAccount } from '../../../src/core/simulation/account.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { createSimulatedMarkets } from '../../../src/core/simulation/simulated-exchange.ts';
import { createVenue, emptyVenue } from '../../../src/core/simulation/venue.ts';
import { decimal, price } from '../../../src/core/trading/money.ts';
import { contractCandles, LIVE_FROM, otherCandles, SYMBOLS } from './contract-candles.ts';
import type { MarketHarness } from './exchange-harness.ts';

const BAR = 60_000;

/** The exchange inside the process that backtests trade on, with the candles that the paper exchange plays. */
export async function simulatedExchangeHarness(): Promise<MarketHarness> {
  const series = [await contractCandles(), await otherCandles()];
  const account = createAccount({ USDT: { free: '10000', locked: '0' } });
  const venues = SYMBOLS.map((symbol) => createVenue(simulatedMarketRules(symbol), emptyVenue(), { account }));
  const start = series[0]?.findIndex((candle) => candle.openTime >= LIVE_FROM) ?? 0;
  const exchange = createSimulatedMarkets(
    venues.map((venue, index) => ({ venue, history: series[index]?.slice(0, start - 1) ?? [] })),
    BAR,
    { echo: true },
  );
  let next = start - 1;
  const step = async (bars: number) => {
    for (let i = 0; i < bars; i += 1, next += 1) {
      exchange.playAll(new Map(SYMBOLS.map((symbol, index) => [symbol, series[index]?.[next] as never])));
    }
  };
  // A market has a price only after its first bar.
  await step(1);
  const ids = async (symbol: string) => await exchange.ordersSince(symbol, 0 as never);
  return {
    exchange,
    symbol: SYMBOLS[0],
    otherSymbol: SYMBOLS[1],
    step,
    upcoming: async (bars) => series[0]?.slice(next, next + bars) ?? [],
    async top(symbol) {
      const venue = venues[SYMBOLS.indexOf(symbol as never)];
      const best = (side: 'bid' | 'ask') => price(venue?.book(side)[0]?.price ?? decimal('0'));
      return { bid: best('bid'), ask: best('ask') };
    },
    orderIds: async () =>
      (await Promise.all(SYMBOLS.map(ids)))
        .flat()
        .toSorted((a, b) => Number(a.exchangeOrderId) - Number(b.exchangeOrderId))
        .map((order) => order.clientOrderId),
    async transfer(asset, amount) {
      exchange.transfer(asset, decimal(amount));
    },
    marketTime: async () => exchange.now,
    async [Symbol.asyncDispose]() {
      await exchange.close();
    },
  };
}
