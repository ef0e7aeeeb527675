import type { OrderStatus } from '../../src/core/ports/exchange.ts';
import type { VenueOrder, VenueTrade } from '../../src/core/simulation/venue-order.ts';
import type { Decimal } from '../../src/core/trading/money.ts';

/** Binance writes every amount with eight decimals. */
export const amountText = (amount: Decimal): string => amount.toFixed(8);

const STATUS: Readonly<Record<OrderStatus, string>> = {
  new: 'NEW',
  partially_filled: 'PARTIALLY_FILLED',
  filled: 'FILLED',
  cancelled: 'CANCELED',
  expired: 'EXPIRED',
  rejected: 'REJECTED',
};

export const statusText = (status: OrderStatus): string => STATUS[status];

const common = (order: VenueOrder, symbolId: string) => ({
  symbol: symbolId,
  orderId: order.id,
  orderListId: order.listId ?? -1,
  clientOrderId: order.clientOrderId,
});

const amounts = (order: VenueOrder) => ({
  price: amountText(order.price),
  origQty: amountText(order.quantity),
  executedQty: amountText(order.filled),
  origQuoteOrderQty: amountText(order.quoteQuantity),
  cummulativeQuoteQty: amountText(order.cost),
  status: statusText(order.status),
  timeInForce: order.timeInForce.toUpperCase(),
  type: order.type.toUpperCase(),
  side: order.side.toUpperCase(),
});

const trigger = (order: VenueOrder) => (order.stopPrice.gt(0) ? { stopPrice: amountText(order.stopPrice) } : {});

/** The order as queries answer it. */
export const orderAnswer = (order: VenueOrder, symbolId: string) => ({
  ...common(order, symbolId),
  ...amounts(order),
  stopPrice: amountText(order.stopPrice),
  icebergQty: '0.00000000',
  time: order.createdAt,
  updateTime: order.updatedAt,
  isWorking: order.workingAt !== null,
  workingTime: order.workingAt ?? -1,
  selfTradePreventionMode: 'NONE',
});

/** The answer to a new order, in the detail it asked for. */
export function placedAnswer(
  order: VenueOrder,
  trades: readonly VenueTrade[],
  symbolId: string,
  detail: 'ACK' | 'RESULT' | 'FULL',
) {
  const acknowledged = { ...common(order, symbolId), transactTime: order.updatedAt };
  if (detail === 'ACK') return acknowledged;
  const result = {
    ...acknowledged,
    ...amounts(order),
    ...trigger(order),
    workingTime: order.workingAt ?? -1,
    selfTradePreventionMode: 'NONE',
  };
  if (detail === 'RESULT') return result;
  const fills = trades.map((trade) => ({
    price: amountText(trade.price),
    qty: amountText(trade.quantity),
    commission: amountText(trade.fee),
    commissionAsset: trade.feeAsset,
    tradeId: trade.id,
  }));
  return { ...result, fills };
}

/** The answer to a cancellation: the cancellation has a client id of its own. */
export const cancelledAnswer = (order: VenueOrder, symbolId: string, cancelId: string) => ({
  ...common(order, symbolId),
  origClientOrderId: order.clientOrderId,
  clientOrderId: cancelId,
  transactTime: order.updatedAt,
  ...amounts(order),
  ...trigger(order),
  selfTradePreventionMode: 'NONE',
});

export const tradeAnswer = (trade: VenueTrade, symbolId: string) => ({
  symbol: symbolId,
  id: trade.id,
  orderId: trade.orderId,
  orderListId: -1,
  price: amountText(trade.price),
  qty: amountText(trade.quantity),
  quoteQty: amountText(trade.cost),
  commission: amountText(trade.fee),
  commissionAsset: trade.feeAsset,
  time: trade.at,
  isBuyer: trade.side === 'buy',
  isMaker: trade.maker,
  isBestMatch: true,
});
