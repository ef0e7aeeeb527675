import { AresError } from '../../../src/core/ares-error.ts';
import type { Candle, Timeframe } from '../../../src/core/market-data/candle.ts';
import { timeframeMillis } from '../../../src/core/market-data/timeframe.ts';
import { type EpochMillis, epochMillis } from '../../../src/core/ports/clock.ts';
import type { PublicCandles } from '../../../src/core/ports/public-candles.ts';
import { continueFile } from './continued-file.ts';

export interface FetchRequest {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: EpochMillis;
  readonly to: EpochMillis;
  readonly out: string;
  readonly onProgress: (done: number, of: number) => void;
}

export interface FetchResult {
  /** Whether the file was there with candles in it. */
  readonly continued: boolean;
  readonly fetched: number;
  /** How many the file holds now. */
  readonly held: number;
}

/**
 * Fetches closed candles into a file, or goes on after the file's last one; what was written stays when a later page fails.
 *
 * A file that is continued must be of the same market: its last candle is asked for again and must be as it stands there.
 *
 * @throws AresError as `PublicCandles.fetch` and `continueFile` do; `FILE_MISMATCH`
 */
export async function fetchCandles(request: FetchRequest, publicCandles: PublicCandles): Promise<FetchResult> {
  const { out, timeframe, to, onProgress } = request;
  const bar = timeframeMillis(timeframe);
  const file = await continueFile(out, timeframe);
  const last = file.candles.at(-1);
  const since = last?.openTime ?? epochMillis(Math.ceil(request.from / bar) * bar);
  const expected = Math.max(0, Math.ceil((to - since) / bar) - (last ? 1 : 0));
  let fetched = 0;
  let newest = last;
  try {
    if (expected > 0) {
      await publicCandles.fetch({ ...request, since, until: to }, async (page) => {
        const again = page.find(({ openTime }) => openTime === last?.openTime);
        if (last && again && !sameBar(last, again)) throw mismatch(request, last, again);
        const added = page.filter(({ openTime }) => newest === undefined || openTime > newest.openTime);
        if (added.length === 0) return;
        await file.append(added);
        newest = added.at(-1);
        fetched += added.length;
        onProgress(Math.min(expected, ((newest?.openTime ?? since) - since) / bar), expected);
      });
    }
  } catch (error) {
    if (!(error instanceof AresError) || error.code === 'FILE_MISMATCH' || fetched === 0) throw error;
    const message = `${error.message}. ${fetched} candles were written to ${out}: the same command goes on after them`;
    throw new AresError(error.code, message, { ...error.data, fetched }, error);
  } finally {
    await file.close();
  }
  return { continued: last !== undefined, fetched, held: file.candles.length + fetched };
}

const sameBar = (a: Candle, b: Candle): boolean =>
  a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close;

function mismatch({ out, exchange, symbol, timeframe }: FetchRequest, was: Candle, is: Candle): AresError {
  const prices = ({ open, high, low, close }: Candle) => `${open}, ${high}, ${low}, ${close}`;
  return new AresError(
    'FILE_MISMATCH',
    `${out} must hold ${timeframe} candles of ${symbol} from ${exchange} to be continued with them: its last one (${prices(was)}) is there ${prices(is)}. Choose another --out.`,
    { out, openTime: was.openTime },
  );
}
