import { AresError } from '../../core/ares-error.ts';
import type { ApprovedOrder, ApprovedPair, OrderType } from '../../core/risk/approved-order.ts';
import type { Decimal } from '../../core/trading/money.ts';
import { cancelName } from './cancel-name.ts';
import { type RequestShape, type RequestValues, requestShape } from './request-signer.ts';

/** One kind of request about an order, by the names that both APIs give it. */
export interface OrderOperation {
  readonly method: string;
  readonly verb: 'POST' | 'DELETE';
  readonly path: string;
}

export const PLACE: OrderOperation = { method: 'order.place', verb: 'POST', path: 'order' };
export const PLACE_PAIR: OrderOperation = { method: 'orderList.place.oco', verb: 'POST', path: 'orderList/oco' };
export const REPLACE: OrderOperation = { method: 'order.cancelReplace', verb: 'POST', path: 'order/cancelReplace' };
export const CANCEL: OrderOperation = { method: 'order.cancel', verb: 'DELETE', path: 'order' };

/** What one request says, before it is signed. */
export interface OrderRequest {
  readonly shape: RequestShape;
  readonly values: RequestValues;
}

const COMMON = ['newClientOrderId', 'newOrderRespType', 'quantity', 'side', 'symbol', 'type'] as const;
const OWN: Readonly<Record<OrderType, readonly string[]>> = {
  market: [],
  limit: ['price', 'timeInForce'],
  post_only: ['price'],
  stop: ['stopPrice'],
};
const CANCELLED = ['cancelReplaceMode', 'cancelOrigClientOrderId'];

const shapes = (...more: readonly string[]): Readonly<Record<OrderType, RequestShape>> => ({
  market: requestShape(...COMMON, ...OWN.market, ...more),
  limit: requestShape(...COMMON, ...OWN.limit, ...more),
  post_only: requestShape(...COMMON, ...OWN.post_only, ...more),
  stop: requestShape(...COMMON, ...OWN.stop, ...more),
});

const PLACE_SHAPES = shapes();
const REPLACE_SHAPES = shapes(...CANCELLED);
const NAMED_REPLACE_SHAPES = shapes(...CANCELLED, 'cancelNewClientOrderId');
const CANCEL_SHAPE = requestShape('origClientOrderId', 'symbol');
const NAMED_CANCEL_SHAPE = requestShape('newClientOrderId', 'origClientOrderId', 'symbol');
const PAIR = ['listClientOrderId', 'newOrderRespType', 'quantity', 'side', 'symbol'];
const LEGS = ['aboveClientOrderId', 'aboveType', 'belowClientOrderId', 'belowType'];
const SELL_PAIR_SHAPE = requestShape(...PAIR, ...LEGS, 'abovePrice', 'belowStopPrice');
const BUY_PAIR_SHAPE = requestShape(...PAIR, ...LEGS, 'aboveStopPrice', 'belowPrice');

const TYPES = { market: 'MARKET', limit: 'LIMIT', post_only: 'LIMIT_MAKER', stop: 'STOP_LOSS' } as const;
const TIMES = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK' } as const;

/** @throws AresError `ORDER_INVALID` for an order without the price its type needs */
export function placeRequest(order: ApprovedOrder, marketId: string): OrderRequest {
  return { shape: PLACE_SHAPES[order.type], values: placeValues(order, marketId) };
}

function placeValues(order: ApprovedOrder, marketId: string): Record<string, string> {
  const { type } = order;
  const values: Record<string, string> = {
    newClientOrderId: order.clientOrderId,
    newOrderRespType: 'FULL',
    quantity: order.quantity.toFixed(),
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    symbol: marketId,
    type: TYPES[type],
  };
  if (type === 'limit' || type === 'post_only') values.price = priced(order, 'limitPrice', order.limitPrice);
  if (type === 'limit') values.timeInForce = TIMES[order.timeInForce ?? 'gtc'];
  if (type === 'stop') values.stopPrice = priced(order, 'stopPrice', order.stopPrice);
  return values;
}

/** The old order goes first; the new one is not tried when it could not be cancelled. */
export function replaceRequest(cancelClientOrderId: string, order: ApprovedOrder, marketId: string): OrderRequest {
  const values = placeValues(order, marketId);
  values.cancelReplaceMode = 'STOP_ON_FAILURE';
  values.cancelOrigClientOrderId = cancelClientOrderId;
  const name = cancelName(cancelClientOrderId);
  if (name === undefined) return { shape: REPLACE_SHAPES[order.type], values };
  values.cancelNewClientOrderId = name;
  return { shape: NAMED_REPLACE_SHAPES[order.type], values };
}

export function cancelRequest(clientOrderId: string, marketId: string): OrderRequest {
  const values = { origClientOrderId: clientOrderId, symbol: marketId };
  const name = cancelName(clientOrderId);
  if (name === undefined) return { shape: CANCEL_SHAPE, values };
  return { shape: NAMED_CANCEL_SHAPE, values: { ...values, newClientOrderId: name } };
}

/** @throws AresError `ORDER_INVALID` for orders that are no pair */
export function pairRequest({ listClientOrderId, takeProfit, stopLoss }: ApprovedPair, marketId: string): OrderRequest {
  const { side, symbol, quantity } = stopLoss;
  const fits = takeProfit.type === 'post_only' && stopLoss.type === 'stop';
  const equal = takeProfit.side === side && takeProfit.symbol === symbol && takeProfit.quantity.eq(quantity);
  if (!fits || !equal) {
    const was = [takeProfit, stopLoss].map(
      (order) => `${order.type} ${order.side} ${order.quantity.toFixed()} ${order.symbol}`,
    );
    throw new AresError(
      'ORDER_INVALID',
      `a pair must be a post_only and a stop of one side, symbol and quantity, was ${was.join(' and ')}`,
    );
  }
  const common = {
    listClientOrderId,
    newOrderRespType: 'RESULT',
    quantity: quantity.toFixed(),
    side: side === 'buy' ? 'BUY' : 'SELL',
    symbol: marketId,
  };
  const profit = { id: takeProfit.clientOrderId, price: priced(takeProfit, 'limitPrice', takeProfit.limitPrice) };
  const loss = { id: stopLoss.clientOrderId, price: priced(stopLoss, 'stopPrice', stopLoss.stopPrice) };
  if (side === 'sell') {
    const above = { aboveClientOrderId: profit.id, aboveType: TYPES.post_only, abovePrice: profit.price };
    const below = { belowClientOrderId: loss.id, belowType: TYPES.stop, belowStopPrice: loss.price };
    return { shape: SELL_PAIR_SHAPE, values: { ...common, ...above, ...below } };
  }
  const above = { aboveClientOrderId: loss.id, aboveType: TYPES.stop, aboveStopPrice: loss.price };
  const below = { belowClientOrderId: profit.id, belowType: TYPES.post_only, belowPrice: profit.price };
  return { shape: BUY_PAIR_SHAPE, values: { ...common, ...above, ...below } };
}

function priced({ type, clientOrderId }: ApprovedOrder, name: string, value: Decimal | undefined): string {
  if (value !== undefined) return value.toFixed();
  throw new AresError('ORDER_INVALID', `a ${type} order must have a ${name}, ${clientOrderId} had none`);
}
