import { fileURLToPath } from 'node:url';

/** Minutes of January 2022, which come with Ares. */
export const BUNDLED_CANDLES = fileURLToPath(
  new URL('../../paper-exchange/market/BTC-USDT-1m-202201.csv.gz', import.meta.url),
);
