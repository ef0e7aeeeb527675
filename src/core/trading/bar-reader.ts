import { AresError, messageOf } from '../ares-error.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { EngineCounters } from './engine-counters.ts';
import type { EnginePorts } from './engine-options.ts';

const MOST_BARS = 1_000;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;

/** Reads bars that did not come over the socket; the market may also simply have paused. */
export interface BarReader {
  /**
   * @param missing how many there should be; `undefined`: all there are, as far as one reading goes
   * @throws what the exchange's last answer was, after several
   */
  read(since: EpochMillis, missing: number | undefined): Promise<readonly Candle[]>;
}

export function createBarReader(
  feed: { readonly symbol: string; readonly timeframe: Timeframe },
  ports: Pick<EnginePorts, 'exchange' | 'timers' | 'log'>,
  counters: Pick<EngineCounters, 'errors'>,
): BarReader {
  return {
    async read(since, missing) {
      const request = { ...feed, since, limit: Math.min(missing ?? MOST_BARS, MOST_BARS) };
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await ports.exchange.candles(request);
        } catch (error) {
          if (attempt === ATTEMPTS) throw error;
          counters.errors += 1;
          ports.log.warn('missed bars could not be read yet', { attempt, error: messageOf(error) });
          const wanted = error instanceof AresError ? error.data.retryAfterMs : 0;
          await ports.timers.sleep(Math.max(Number(wanted ?? 0), FIRST_PAUSE_MS * 2 ** (attempt - 1)));
        }
      }
    },
  };
}
