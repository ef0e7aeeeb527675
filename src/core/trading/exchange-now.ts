import { parseSlotId, type SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Exchange } from '../ports/exchange.ts';

/**
 * A time of the exchange's from which on nothing of a line's market, orders or balances has happened that was not there to be read.
 *
 * An exchange that replays a market has two clocks: its own, and the market's, which its orders and transfers may carry. The older of both is never too late.
 */
export async function exchangeNow(
  line: SlotId,
  exchange: Pick<Exchange, 'serverTime' | 'candles'>,
): Promise<EpochMillis> {
  const { symbols, timeframe } = parseSlotId(line);
  const now = await exchange.serverTime();
  const [newest] = await exchange.candles({ symbol: symbols[0] as string, timeframe, limit: 1 });
  return newest ? epochMillis(Math.min(now, newest.openTime)) : now;
}
