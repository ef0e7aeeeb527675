import type { Side } from '../ports/exchange.ts';
import { type Decimal, ZERO } from '../trading/money.ts';
import type { StoredFill } from './stored-fill.ts';

/** One order's fills together. */
export interface Trade {
  readonly clientOrderId: string;
  readonly side: Side;
  readonly quantity: Decimal;
  /** In quote currency, before fees. */
  readonly notional: Decimal;
  /** In quote currency; what was paid in base currency at the price of its fill. */
  readonly fees: Decimal;
  /** In quote currency, after fees; zero for a buy. */
  readonly realisedPnl: Decimal;
  /** Market time of the first fill. */
  readonly at: number;
}

/** The trade with one more fill, which is its first when there is no trade yet. */
export function withFill(trade: Trade | undefined, fill: StoredFill, fee: Decimal, realisedPnl: Decimal): Trade {
  const { clientOrderId, side, executedAt } = fill;
  const before = trade ?? { quantity: ZERO, notional: ZERO, fees: ZERO, realisedPnl: ZERO, at: executedAt };
  return {
    clientOrderId,
    side,
    quantity: before.quantity.plus(fill.quantity),
    notional: before.notional.plus(fill.price.times(fill.quantity)),
    fees: before.fees.plus(fee),
    realisedPnl: before.realisedPnl.plus(realisedPnl),
    at: Math.min(before.at, executedAt),
  };
}
