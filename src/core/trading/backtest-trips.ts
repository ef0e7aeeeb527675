import type { EpochMillis } from '../ports/clock.ts';
import type { Fill, MarketRules } from '../ports/exchange.ts';
import type { Leg } from './client-order-id.ts';
import { type Decimal, ZERO } from './money.ts';
import type { OwnOrder } from './own-order.ts';
import { applyFill, FLAT, type Position } from './position.ts';

/** From flat to flat: everything bought in between, and everything sold. Money is decimal text in quote currency. */
export interface RoundTrip {
  readonly from: EpochMillis;
  /** `null` where the position was still held at the end. */
  readonly to: EpochMillis | null;
  /** Base currency bought. */
  readonly quantity: string;
  /** Averages over the fills, weighted by quantity. */
  readonly entryPrice: string;
  readonly exitPrice: string | null;
  readonly fees: string;
  /** Realised, fees included. */
  readonly pnl: string;
  /** Of what the position had cost; `null` where nothing was sold. */
  readonly pnlFraction: number | null;
  /** What the order that closed it was for. */
  readonly closedBy: Leg | null;
}

/** One fill in the order of time, with what it did to the books. */
export interface BookedFill {
  readonly order: OwnOrder;
  readonly fill: Fill;
  /** After the fill. */
  readonly position: Position;
  readonly realisedPnl: Decimal;
  /** In quote currency, at the price of the fill. */
  readonly fee: Decimal;
}

/** The fills of all orders in the order of time, booked one after the other. */
export function bookInOrder(
  orders: readonly OwnOrder[],
  rules: Pick<MarketRules, 'base' | 'quote'>,
): readonly BookedFill[] {
  const fills = orders.flatMap((order) => [...order.fills.values()].map((fill) => ({ order, fill })));
  fills.sort((a, b) => a.fill.executedAt - b.fill.executedAt);
  let position = FLAT;
  return fills.map(({ order, fill }) => {
    const effect = applyFill(position, fill, rules);
    position = effect.position;
    const fee = fill.feeAsset === rules.base ? fill.fee.times(fill.price) : fill.fee;
    return { order, fill, position, realisedPnl: effect.realisedPnl, fee };
  });
}

interface OpenTrip {
  readonly from: EpochMillis;
  bought: Decimal;
  paid: Decimal;
  sold: Decimal;
  received: Decimal;
  fees: Decimal;
  pnl: Decimal;
  costOfSold: Decimal;
}

/** Groups fills into round trips; a remainder below one quantity step, which cannot be sold, counts as flat. */
export function roundTrips(
  booked: readonly BookedFill[],
  rules: Pick<MarketRules, 'quantityStep'>,
): readonly RoundTrip[] {
  const trips: RoundTrip[] = [];
  let open: OpenTrip | undefined;
  for (const { order, fill, position, realisedPnl, fee } of booked) {
    open ??= begin(fill.executedAt);
    const amount = fill.price.times(fill.quantity);
    open.fees = open.fees.plus(fee);
    if (fill.side === 'buy') {
      open.bought = open.bought.plus(fill.quantity);
      open.paid = open.paid.plus(amount);
      continue;
    }
    open.sold = open.sold.plus(fill.quantity);
    open.received = open.received.plus(amount);
    open.pnl = open.pnl.plus(realisedPnl);
    const income = fill.feeAsset === order.symbol.split('/')[0] ? amount : amount.minus(fill.fee);
    open.costOfSold = open.costOfSold.plus(income.minus(realisedPnl));
    if (position.quantity.gte(rules.quantityStep)) continue;
    trips.push(ended(open, fill.executedAt, order.leg));
    open = undefined;
  }
  return open ? [...trips, ended(open, null, null)] : trips;
}

const begin = (from: EpochMillis): OpenTrip => ({
  from,
  bought: ZERO,
  paid: ZERO,
  sold: ZERO,
  received: ZERO,
  fees: ZERO,
  pnl: ZERO,
  costOfSold: ZERO,
});

function ended(trip: OpenTrip, to: EpochMillis | null, closedBy: Leg | null): RoundTrip {
  const average = (amount: Decimal, quantity: Decimal) =>
    quantity.gt(0) ? amount.div(quantity).round(8).toFixed() : null;
  return {
    from: trip.from,
    to,
    quantity: trip.bought.toFixed(),
    entryPrice: average(trip.paid, trip.bought) ?? '0',
    exitPrice: average(trip.received, trip.sold),
    fees: trip.fees.round(8).toFixed(),
    pnl: trip.pnl.round(8).toFixed(),
    pnlFraction: trip.costOfSold.gt(0) ? trip.pnl.div(trip.costOfSold).toNumber() : null,
    closedBy,
  };
}
