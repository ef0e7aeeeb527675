import type { MarketRules } from '../../src/core/ports/exchange.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import type { VenueEvent } from '../../src/core/simulation/venue-order.ts';
import { amountText, statusText } from './order-answers.ts';

const EXECUTION: Readonly<Record<VenueEvent['kind'], string>> = {
  new: 'NEW',
  triggered: 'NEW',
  trade: 'TRADE',
  cancelled: 'CANCELED',
  expired: 'EXPIRED',
};

/** An `executionReport` of the user data stream. `cancelId` is the client id the cancellation itself had. */
export function executionReport(event: VenueEvent, symbolId: string, cancelId?: string) {
  const { order } = event;
  const trade = event.kind === 'trade' ? event.trade : undefined;
  return {
    e: 'executionReport',
    E: order.updatedAt,
    s: symbolId,
    c: cancelId ?? order.clientOrderId,
    S: order.side.toUpperCase(),
    o: order.type.toUpperCase(),
    f: order.timeInForce.toUpperCase(),
    q: amountText(order.quantity),
    p: amountText(order.price),
    P: amountText(order.stopPrice),
    F: '0.00000000',
    g: -1,
    C: cancelId === undefined ? '' : order.clientOrderId,
    x: EXECUTION[event.kind],
    X: statusText(order.status),
    r: 'NONE',
    i: order.id,
    l: trade ? amountText(trade.quantity) : '0.00000000',
    z: amountText(order.filled),
    L: trade ? amountText(trade.price) : '0.00000000',
    n: trade ? amountText(trade.fee) : '0',
    N: trade ? trade.feeAsset : null,
    T: order.updatedAt,
    t: trade ? trade.id : -1,
    I: trade ? trade.id : 0,
    w: order.workingAt !== null && (order.status === 'new' || order.status === 'partially_filled'),
    m: trade?.maker ?? false,
    M: false,
    O: order.createdAt,
    Z: amountText(order.cost),
    Y: trade ? amountText(trade.cost) : '0.00000000',
    Q: amountText(order.quoteQuantity),
    W: order.workingAt ?? undefined,
    V: 'NONE',
  };
}

export const balanceRows = (venue: Venue, assets: readonly string[]) =>
  assets.map((asset) => {
    const { free, locked } = venue.balance(asset);
    return { asset, free: amountText(free), locked: amountText(locked) };
  });

/** An `outboundAccountPosition` of the user data stream. */
export function accountPosition(venue: Venue, rules: MarketRules, at: number) {
  const rows = balanceRows(venue, [rules.base, rules.quote]);
  return {
    e: 'outboundAccountPosition',
    E: at,
    u: at,
    B: rows.map(({ asset, free, locked }) => ({ a: asset, f: free, l: locked })),
  };
}
