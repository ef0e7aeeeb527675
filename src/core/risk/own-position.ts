import type { SlotId } from '../models/slot.ts';
import { epochMillis } from '../ports/clock.ts';
import type { Exchange, Fill, MarketRules, OrderReport } from '../ports/exchange.ts';
import { parseClientOrderId } from '../trading/client-order-id.ts';
import { type Decimal, ZERO } from '../trading/money.ts';

/** What a line holds by the exchange's own history of its orders. */
export type OwnPosition =
  | { readonly known: true; readonly held: Decimal; readonly orders: readonly OrderReport[] }
  /** The history does not add up, so a sum of it would be a guess. */
  | { readonly known: false; readonly reason: string; readonly orders: readonly OrderReport[] };

/**
 * What a line bought and has not sold, told by the exchange alone: the fills of every order that carries the line's tag, fees in the base asset taken off.
 *
 * @throws what reading the exchange throws
 */
export async function readOwnPosition(
  line: SlotId,
  rules: MarketRules,
  exchange: Pick<Exchange, 'ordersSince' | 'fillsSince'>,
): Promise<OwnPosition> {
  const all = await exchange.ordersSince(rules.symbol, epochMillis(0));
  const fills = await exchange.fillsSince(rules.symbol, epochMillis(0));
  const orders = all.filter(({ clientOrderId }) => parseClientOrderId(line, clientOrderId));
  const unknown = (reason: string): OwnPosition => ({ known: false, reason, orders });

  const known = new Set(all.map(({ exchangeOrderId }) => exchangeOrderId));
  const stray = fills.find((fill) => fill.clientOrderId === undefined && !known.has(fill.exchangeOrderId));
  if (stray) {
    return unknown(
      `trade ${stray.tradeId} belongs to an order that the exchange no longer lists, which may be this slot's`,
    );
  }
  const own = new Set(orders.map(({ exchangeOrderId }) => exchangeOrderId));
  const ownFills = fills.filter(
    ({ clientOrderId, exchangeOrderId }) =>
      own.has(exchangeOrderId) || (clientOrderId !== undefined && parseClientOrderId(line, clientOrderId)),
  );
  for (const order of orders) {
    const listed = sum(ownFills.filter((fill) => fill.exchangeOrderId === order.exchangeOrderId).map(bought));
    if (!listed.abs().eq(order.filled)) {
      const was = listed.abs().toFixed();
      return unknown(
        `order ${order.clientOrderId} traded ${order.filled.toFixed()}, the exchange lists trades of ${was}`,
      );
    }
  }
  const fees = ownFills.filter(({ feeAsset }) => feeAsset === rules.base).map(({ fee }) => fee);
  const held = sum(ownFills.map(bought)).minus(sum(fees));
  if (held.lt(0)) return unknown(`by its trades it sold ${held.abs().toFixed()} ${rules.base} more than it bought`);
  return { known: true, held, orders };
}

/** Base currency that came, or went where it was sold. */
const bought = ({ quantity, side }: Fill): Decimal => (side === 'buy' ? quantity : quantity.neg());

const sum = (amounts: readonly Decimal[]): Decimal => amounts.reduce((total, amount) => total.plus(amount), ZERO);
