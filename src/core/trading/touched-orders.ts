import type { Candle } from '../market-data/candle.ts';
import type { OrderDesk } from './order-desk.ts';

/** Orders that rest at a price a bar went through, and of which no news has come: what is held is not known before it has. */
export function touchedOrders(desk: OrderDesk, { high, low }: Candle): readonly string[] {
  const ids: string[] = [];
  for (const order of desk.open.values()) {
    if (!desk.isAtRest(order)) continue;
    const { limitPrice, stopPrice, side } = order;
    const isTouched =
      stopPrice?.gte(low) === true ||
      (limitPrice !== null && (side === 'buy' ? limitPrice.gte(low) : limitPrice.lte(high)));
    if (isTouched) ids.push(order.clientOrderId);
  }
  return ids;
}
