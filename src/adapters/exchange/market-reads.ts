import * as z from 'zod';
import { epochMillis } from '../../core/ports/clock.ts';
import type { MarketData } from '../../core/ports/exchange.ts';
import { candleRow } from './candle-row.ts';
import { closedCandles } from './closed-candles.ts';
import { marketRules } from './market-rules.ts';
import type { Venue } from './venue.ts';

const timeAnswer = z.object({ serverTime: z.number() });
const tickerAnswer = z.object({ closeTime: z.number() });
const candleRows = z.array(candleRow);

/** The reads that need no keys. */
export function marketReads(venue: Venue): Omit<MarketData, 'close'> {
  const { client, read } = venue;
  return {
    async rules(symbol) {
      await venue.marketId(symbol);
      return marketRules(client.markets?.[symbol]);
    },
    async serverTime() {
      const answer = await read('server time', async () => timeAnswer.parse(await client.publicGetTime()));
      return epochMillis(answer.serverTime);
    },
    async candles({ symbol, timeframe, since, limit }) {
      const market = await venue.marketId(symbol);
      // Read first: see closedCandles. The ticker's end is the market's own time, also in a replay.
      const { closeTime: marketTime } = await read(`market time of ${symbol}`, async () =>
        tickerAnswer.parse(await client.publicGetTicker24hr({ symbol: market })),
      );
      return closedCandles(
        (page) =>
          read(`candles of ${symbol}`, async () =>
            candleRows.parse(await client.publicGetKlines({ symbol: market, interval: timeframe, ...page })),
          ),
        marketTime,
        { limit, ...(since === undefined ? {} : { since }) },
      );
    },
  };
}
