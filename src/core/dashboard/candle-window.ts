import { messageOf } from '../ares-error.ts';
import type { Candle } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import { epochMillis, type Monotonic } from '../ports/clock.ts';
import type { MarketData } from '../ports/exchange.ts';

export interface CandleWindow {
  /** Closed bars, oldest first. */
  readonly candles: readonly Candle[];
  /** Why there are none, or none newer; `null` when the market answered. */
  readonly problem: string | null;
}

export interface CandleWindowReader {
  /** What is known now; never waits for the market. */
  current(): CandleWindow;
  /** Asks the market for what closed since, unless it was just asked and nothing can have closed. `marketTime` is what is known of it, if anything. */
  refresh(marketTime: number | null): Promise<void>;
}

/** Without a sign that a bar has closed the market is asked this often. */
const ASK_AGAIN_MS = 5_000;

/** The newest bars of a slot's market, read once and then only what is new. */
export function createCandleWindow(
  slot: SlotId,
  size: number,
  { marketData, monotonic }: { readonly marketData: MarketData; readonly monotonic: Monotonic },
): CandleWindowReader {
  const { symbols, timeframe } = parseSlotId(slot);
  const symbol = symbols[0] as string;
  const barMillis = timeframeMillis(timeframe);
  let window: CandleWindow = { candles: [], problem: null };
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const read = async (): Promise<readonly Candle[]> => {
    const last = window.candles.at(-1);
    if (last) {
      const since = epochMillis(last.openTime + barMillis);
      const fresh = await marketData.candles({ symbol, timeframe, since, limit: size });
      // A full answer may end before the newest bar: then the newest are read instead.
      if (fresh.length < size) return [...window.candles, ...fresh].slice(-size);
    }
    return marketData.candles({ symbol, timeframe, limit: size });
  };
  const ask = async (): Promise<void> => {
    try {
      window = { candles: await read(), problem: null };
    } catch (error) {
      window = { ...window, problem: messageOf(error) };
    } finally {
      askedAt = monotonic.now();
      asking = undefined;
    }
  };

  return {
    current: () => window,
    refresh(marketTime) {
      const last = window.candles.at(-1);
      const closed = marketTime !== null && (!last || marketTime >= last.openTime + 2 * barMillis);
      const patience = closed && window.problem === null ? 0 : ASK_AGAIN_MS;
      if (!asking && monotonic.now() - askedAt >= patience) asking = ask();
      return asking ?? Promise.resolve();
    },
  };
}
