/** As a bundle: says as JSON how many candles of the symbol named first the exchange gives, or the code of its error. */
import { marketData } from '#port/market-data';
import { AresError } from '../../../src/core/ares-error.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';

const market = marketData();
try {
  const candles = await market.candles({ symbol: process.argv[2] ?? '', timeframe: timeframe('1m'), limit: 50 });
  console.log(JSON.stringify({ candles: candles.length, newest: candles.at(-1)?.openTime }));
} catch (error) {
  console.log(JSON.stringify({ code: error instanceof AresError ? error.code : String(error) }));
}
await market.close();
