import { readCandleFile } from '../../adapters/local/candle-file.ts';

/** Candles from files of the user, on the machine of the command line. */
export const candleFile = { read: readCandleFile };
