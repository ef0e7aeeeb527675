import { onTestFinished } from 'vitest';
import { type PaperExchange, startPaperExchange } from '../../../apps/paper-exchange/start-paper-exchange.ts';

const CANDLES = new URL('../../../apps/paper-exchange/market/BTC-USDT-1m-202201.csv.gz', import.meta.url).pathname;
/** 2022-01-03T00:00Z: two days of bars lie before. */
const LIVE_FROM = 1_641_168_000_000;

/** A paper exchange with real candles, until the running test ends. */
export async function startPaperMarket(): Promise<PaperExchange> {
  const exchange = await startPaperExchange({
    port: 0,
    data: CANDLES,
    symbol: 'BTC/USDT',
    liveFrom: LIVE_FROM,
    speed: 60,
    lockstep: true,
    quoteBalance: '10000',
    ackTimeout: 10_000,
    weightLimit: 100_000,
    apiKey: 'market-key',
    secret: 'market-secret',
  });
  onTestFinished(() => exchange.close());
  return exchange;
}
