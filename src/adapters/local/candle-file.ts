import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { AresError, messageOf } from '../../core/ares-error.ts';
import { type CandleSeries, parseCandleCsv } from '../../core/market-data/candle-csv.ts';

function decompress(path: string, bytes: Buffer): string {
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch (error) {
    const message = `${path} must be a complete gzip file, was damaged or cut off (${messageOf(error)})`;
    throw new AresError('CANDLES_INVALID', message, { path }, error);
  }
}

/**
 * Reads candles from a `.csv` or `.csv.gz` file.
 *
 * @throws AresError `CANDLES_INVALID`, its message starting with the path; `FILE_UNREADABLE`
 */
export async function readCandleFile(path: string): Promise<CandleSeries> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new AresError(
      'FILE_UNREADABLE',
      `${path} must be a file that can be read (${messageOf(error)})`,
      { path },
      error,
    );
  }
  const text = path.endsWith('.gz') ? decompress(path, bytes) : bytes.toString('utf8');
  try {
    return parseCandleCsv(text);
  } catch (error) {
    if (!(error instanceof AresError)) throw error;
    throw new AresError(error.code, `${path}: ${error.message}`, { ...error.data, path }, error);
  }
}
