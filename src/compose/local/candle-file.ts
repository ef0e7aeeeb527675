import { readCandleFile } from '../../adapters/local/candle-file.ts';

/** Candles from files of the user. */
export const candleFile = { read: readCandleFile };
