import type { Transfer } from '../../src/core/ports/exchange.ts';
import type { Account } from '../../src/core/simulation/account.ts';
import type { VenueEvent, VenuePair } from '../../src/core/simulation/venue-order.ts';
import { amountText, statusText } from './order-answers.ts';

type OrderEvent = Exclude<VenueEvent, { kind: 'pair_started' | 'pair_done' }>;

const EXECUTION: Readonly<Record<OrderEvent['kind'], string>> = {
  new: 'NEW',
  triggered: 'NEW',
  trade: 'TRADE',
  cancelled: 'CANCELED',
  expired: 'EXPIRED',
};

/** An `executionReport` of the user data stream. `cancelId` is the client id the cancellation itself had. */
export function executionReport(event: OrderEvent, symbolId: string, cancelId?: string) {
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
    g: order.listId ?? -1,
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

/** A `listStatus` of the user data stream. */
export const listStatus = (pair: VenuePair, symbolId: string) => ({
  e: 'listStatus',
  E: pair.updatedAt,
  s: symbolId,
  g: pair.listId,
  c: 'OCO',
  l: pair.status === 'done' ? 'ALL_DONE' : 'EXEC_STARTED',
  L: pair.status === 'done' ? 'ALL_DONE' : 'EXECUTING',
  r: 'NONE',
  C: pair.listClientOrderId,
  T: pair.updatedAt,
  O: pair.orders.map(({ id, clientOrderId }) => ({ s: symbolId, i: id, c: clientOrderId })),
});

/** A `balanceUpdate` of the user data stream: money that came or went other than by trading. */
export const balanceUpdate = ({ asset, amount, at }: Transfer) => ({
  e: 'balanceUpdate',
  E: at,
  a: asset,
  d: amountText(amount),
  T: at,
});

export const balanceRows = (account: Pick<Account, 'balance'>, assets: readonly string[]) =>
  assets.map((asset) => {
    const { free, locked } = account.balance(asset);
    return { asset, free: amountText(free), locked: amountText(locked) };
  });

/** An `outboundAccountPosition` of the user data stream, of the assets that may have changed. */
export function accountPosition(account: Pick<Account, 'balance'>, assets: readonly string[], at: number) {
  return {
    e: 'outboundAccountPosition',
    E: at,
    u: at,
    B: balanceRows(account, assets).map(({ asset, free, locked }) => ({ a: asset, f: free, l: locked })),
  };
}
