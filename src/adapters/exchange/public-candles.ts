import ccxt, { type Exchange } from 'ccxt';
import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import type { Candle } from '../../core/market-data/candle.ts';
import { timeframeMillis } from '../../core/market-data/timeframe.ts';
import { createCircuitBreaker } from '../../core/network/circuit-breaker.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import type { PublicCandles } from '../../core/ports/public-candles.ts';
import { nearNames } from './near-names.ts';
import { createReadGuard, type ReadGuard, type ReadPorts } from './read-guard.ts';
import { moveUrls } from './venue-urls.ts';

export interface PublicCandlesOptions extends ReadPorts {
  /** Origins of other servers, by exchange id. */
  readonly urls?: Readonly<Record<string, string>>;
}

const PAGE = 1_000;
const READ_POLICY = { baseMs: 500, capMs: 10_000, maxAttempts: 8, maxTotalMs: 120_000, attemptMs: 30_000 };

const candleRows = z.array(
  z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number().nullish()], z.unknown()).transform(
    ([openTime, open, high, low, close, volume]): Candle => ({
      openTime: epochMillis(openTime),
      open,
      high,
      low,
      close,
      volume: volume ?? 0,
    }),
  ),
);

/** Candles over ccxt, from any of the exchanges it knows. */
export function createCcxtPublicCandles(options: PublicCandlesOptions): PublicCandles {
  return {
    async fetch({ exchange: id, symbol, timeframe, since, until }, onPage) {
      const exchange = exchangeOf(id, options.urls?.[id]);
      const breaker = createCircuitBreaker(
        { failuresToOpen: READ_POLICY.maxAttempts, openMs: 1_000 },
        options.monotonic,
      );
      const read = refusingReads(id, createReadGuard(READ_POLICY, breaker, options));
      if (!exchange.has.fetchOHLCV) throw refused(`${id} gives no candles`);
      const markets = await read('markets', () => exchange.loadMarkets());
      if (!(symbol in markets)) {
        const near = nearNames(symbol, Object.keys(markets));
        throw refused(
          `${id} must trade the symbol, was "${symbol}"${near.length > 0 ? `; similar ones: ${near.join(', ')}` : ''}`,
        );
      }
      if (!(timeframe in exchange.timeframes)) {
        throw refused(
          `timeframe of ${id} must be one of ${Object.keys(exchange.timeframes).join(', ')}, was "${timeframe}"`,
        );
      }
      const barMillis = timeframeMillis(timeframe);
      // Read before the first page, so that no bar that was open when it was read passes as closed.
      const ticker = exchange.has.fetchTicker
        ? await read('market time', () => exchange.fetchTicker(symbol))
        : undefined;
      const marketTime = ticker?.timestamp ?? exchange.milliseconds();
      const end = Math.min(until, marketTime - barMillis + 1);
      let cursor: number = since;
      while (cursor < end) {
        const rows = await read('candles', async () =>
          candleRows.parse(await exchange.fetchOHLCV(symbol, timeframe, cursor, PAGE)),
        );
        const page = rows
          .filter(({ openTime }) => openTime >= cursor && openTime < end)
          .sort((a, b) => a.openTime - b.openTime);
        const last = page.at(-1);
        // Some exchanges answer for the window that a page spans: an empty one may lie in a gap, not at the end.
        cursor = last === undefined ? cursor + PAGE * barMillis : last.openTime + barMillis;
        if (last !== undefined) await onPage(page.filter((candle, i) => candle.openTime !== page[i - 1]?.openTime));
      }
    },
  };
}

const refused = (message: string): AresError => new AresError('EXCHANGE_REFUSED', message);

function exchangeOf(id: string, url: string | undefined): Exchange {
  const classes: Readonly<Record<string, unknown>> = ccxt;
  const Class = ccxt.exchanges.includes(id) ? classes[id] : undefined;
  if (typeof Class !== 'function') {
    const near = nearNames(id, ccxt.exchanges);
    const hint =
      near.length > 0
        ? `similar names: ${near.join(', ')}`
        : 'the names are those of the ccxt library, like "binance" or "kraken"';
    throw new AresError(
      'EXCHANGE_UNKNOWN',
      `exchange must be one of the ${ccxt.exchanges.length} that ccxt knows, was "${id}"; ${hint}`,
      { near },
    );
  }
  const isBinance = id.startsWith('binance');
  const exchange = new (Class as new (config: object) => Exchange)({
    enableRateLimit: true,
    timeout: READ_POLICY.attemptMs,
    ...(isBinance ? { options: { fetchMarkets: { types: ['spot'] }, fetchCurrencies: false } } : {}),
  });
  if (url !== undefined) exchange.urls = { ...exchange.urls, api: moveUrls(Object(exchange.urls.api), url) };
  return exchange;
}

/** ccxt's own classes say what an exchange other than ours refused. */
function refusingReads(id: string, read: ReadGuard): ReadGuard {
  return (what, call) =>
    read(`${id}: ${what}`, async () => {
      try {
        return await call();
      } catch (failure) {
        if (!(failure instanceof ccxt.BaseError) || failure instanceof ccxt.NetworkError) throw failure;
        throw new AresError('EXCHANGE_REFUSED', `${id}: ${what}: ${failure.message}`, {}, failure);
      }
    });
}
