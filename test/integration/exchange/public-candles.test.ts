import { describe, expect, it } from 'vitest';
import { createCcxtPublicCandles } from '../../../src/adapters/exchange/public-candles.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../../src/adapters/local/system-random.ts';
import type { Candle } from '../../../src/core/market-data/candle.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { type ScriptedServer, startScriptedServer } from './scripted-server.ts';

const MINUTE = 60_000;
const START = 27_000_000 * MINUTE;
/** Bars 2,000 to 2,009 are missing, as they are where an exchange stood still. */
const BARS = Array.from({ length: 2_500 }, (_, i) => i).filter((i) => i < 2_000 || i >= 2_010);
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function serveBars(server: ScriptedServer, marketTime: number): void {
  server.http = (_, path, query) => {
    if (path === '/api/v3/ticker/24hr')
      return { body: { symbol: 'BTCUSDT', lastPrice: '1', closeTime: START + marketTime } };
    if (path !== '/api/v3/klines') return undefined;
    const since = Number(query.get('startTime'));
    const found = BARS.filter((bar) => START + bar * MINUTE >= since).slice(0, Number(query.get('limit')));
    return {
      body: found.map((bar) => [
        START + bar * MINUTE,
        '1',
        '2',
        '0.5',
        '1.5',
        '10',
        START + (bar + 1) * MINUTE - 1,
        '15',
        3,
        '1',
        '1',
        '0',
      ]),
    };
  };
}

async function fetchAll(
  server: ScriptedServer,
  request: { exchange?: string; symbol?: string; frame?: string; since?: number; until?: number },
) {
  const { timers, monotonic } = systemClocks;
  const source = createCcxtPublicCandles({
    urls: { binance: server.url },
    timers,
    monotonic,
    random: systemRandom(),
    log: silent,
  });
  const pages: (readonly Candle[])[] = [];
  const { exchange = 'binance', symbol = 'BTC/USDT', frame = '1m', since = 0, until = 9_000 * MINUTE } = request;
  await source.fetch(
    {
      exchange,
      symbol,
      timeframe: timeframe(frame),
      since: epochMillis(START + since),
      until: epochMillis(START + until),
    },
    async (page) => void pages.push(page),
  );
  return pages;
}

const openBars = (pages: readonly (readonly Candle[])[]) =>
  pages.flat().map((candle) => (candle.openTime - START) / MINUTE);

describe('public candles', () => {
  it('come page by page, closed ones only, over gaps, each once', async () => {
    await using server = await startScriptedServer();
    serveBars(server, 2_499 * MINUTE + 30_000);
    const pages = await fetchAll(server, {});
    expect(pages.length).toBeGreaterThan(2);
    expect(openBars(pages)).toEqual(BARS.slice(0, -1));
    expect(pages[0]?.[0]).toEqual({ openTime: START, open: 1, high: 2, low: 0.5, close: 1.5, volume: 10 });
  });

  it('begin and end where asked, so that an interrupted fetch is resumed where it stopped', async () => {
    await using server = await startScriptedServer();
    serveBars(server, 2_500 * MINUTE);
    expect(openBars(await fetchAll(server, { since: 100 * MINUTE, until: 103 * MINUTE }))).toEqual([100, 101, 102]);
    expect(await fetchAll(server, { since: 2_500 * MINUTE })).toEqual([]);
  });

  it('name the exchanges an unknown one may have meant', async () => {
    await using server = await startScriptedServer();
    await expect(fetchAll(server, { exchange: 'binanse' })).rejects.toMatchObject({
      code: 'EXCHANGE_UNKNOWN',
      message: expect.stringContaining('was "binanse"; similar names: binance') as string,
    });
    await expect(fetchAll(server, { exchange: 'Exchange' })).rejects.toMatchObject({ code: 'EXCHANGE_UNKNOWN' });
    await expect(fetchAll(server, { exchange: 'zzzzzzzzzzzz' })).rejects.toThrow(
      'the names are those of the ccxt library',
    );
  });

  it('refuse a symbol and a timeframe the exchange does not have, naming what it has', async () => {
    await using server = await startScriptedServer();
    await expect(fetchAll(server, { symbol: 'BTC/USDC' })).rejects.toMatchObject({
      code: 'EXCHANGE_REFUSED',
      message: expect.stringContaining('similar ones: BTC/USDT') as string,
    });
    await expect(fetchAll(server, { frame: '7m' })).rejects.toThrow(/must be one of 1s, 1m, 3m.*was "7m"/);
  });

  it('survive an exchange that is overloaded for a while', async () => {
    await using server = await startScriptedServer();
    serveBars(server, 2_500 * MINUTE);
    const served = server.http;
    let failures = 2;
    server.http = (method, path, query) => {
      if (path !== '/api/v3/klines' || failures === 0) return served(method, path, query);
      failures -= 1;
      return { status: 503, body: 'busy' };
    };
    expect(openBars(await fetchAll(server, { since: 10 * MINUTE, until: 12 * MINUTE }))).toEqual([10, 11]);
  });
});
