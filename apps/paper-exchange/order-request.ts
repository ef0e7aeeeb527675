import { randomBytes } from 'node:crypto';
import type {
  OrderDraft,
  Refusal,
  RefusalReason,
  TimeInForce,
  VenueOrderType,
} from '../../src/core/simulation/venue-order.ts';
import { hasLimit, hasTrigger } from '../../src/core/simulation/venue-order.ts';
import { type ApiError, badRequest } from './api-error.ts';
import { optionalDecimal, type Parameters, requiredDecimal, requiredText } from './parameters.ts';

/** In Binance's own spelling. */
export const ORDER_TYPES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const;

/** An id for what came without one. */
export const newClientId = (): string => randomBytes(11).toString('hex');

/** The client id under this name, or a new one. @throws ApiError -1100 */
export function clientIdOf(parameters: Parameters, name: string): string {
  const given = parameters[name];
  if (given === undefined || given === '') return newClientId();
  if (/^[.A-Z:/a-z0-9_-]{1,36}$/.test(given)) return given;
  const range = '^[\\.A-Z\\:/a-z0-9_-]{1,36}$';
  throw badRequest(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`);
}

function timeInForce(parameters: Parameters, type: VenueOrderType): TimeInForce {
  const needed = hasLimit(type) && type !== 'limit_maker';
  if (!needed) {
    if (parameters.timeInForce) throw badRequest(-1106, "Parameter 'timeInForce' sent when not required.");
    return 'gtc';
  }
  const value = requiredText(parameters, 'timeInForce');
  if (value === 'GTC' || value === 'IOC' || value === 'FOK') return value.toLowerCase() as TimeInForce;
  throw badRequest(-1115, 'Invalid timeInForce.');
}

function rejectSurplus(parameters: Parameters, names: readonly string[]): void {
  const surplus = names.find((name) => parameters[name]);
  if (surplus !== undefined) throw badRequest(-1106, `Parameter '${surplus}' sent when not required.`);
}

/**
 * An order as its parameters describe it.
 *
 * @throws ApiError -1100, -1102, -1106, -1111, -1115, -1116, -1117
 */
export function orderDraft(parameters: Parameters): OrderDraft {
  const side = requiredText(parameters, 'side');
  if (side !== 'BUY' && side !== 'SELL') throw badRequest(-1117, 'Invalid side.');
  const typeText = requiredText(parameters, 'type');
  if (!ORDER_TYPES.some((known) => known === typeText)) throw badRequest(-1116, 'Invalid orderType.');
  const type = typeText.toLowerCase() as VenueOrderType;
  const limited = hasLimit(type);
  const waits = hasTrigger(type);
  const byQuote = type === 'market' ? optionalDecimal(parameters, 'quoteOrderQty') : undefined;
  rejectSurplus(parameters, [
    ...(limited ? [] : ['price']),
    ...(waits ? [] : ['stopPrice']),
    ...(type === 'market' ? [] : ['quoteOrderQty']),
    ...(byQuote ? ['quantity'] : []),
  ]);
  return {
    clientOrderId: clientIdOf(parameters, 'newClientOrderId'),
    side: side === 'BUY' ? 'buy' : 'sell',
    type,
    timeInForce: timeInForce(parameters, type),
    ...(byQuote ? { quoteQuantity: byQuote } : { quantity: requiredDecimal(parameters, 'quantity') }),
    ...(limited ? { price: requiredDecimal(parameters, 'price') } : {}),
    ...(waits ? { stopPrice: requiredDecimal(parameters, 'stopPrice') } : {}),
  };
}

const REFUSALS: Partial<Record<RefusalReason, readonly [number, string]>> = {
  NO_MARKET: [-2010, 'Market is closed.'],
  DUPLICATE_CLIENT_ORDER_ID: [-2010, 'Duplicate order sent.'],
  WOULD_TAKE: [-2010, 'Order would immediately match and take.'],
  WOULD_TRIGGER: [-2010, 'Stop price would trigger immediately.'],
  PAIR_TYPES: [-1158, 'Order type not supported in OCO.'],
  PAIR_PRICES: [-2010, 'The relationship of the prices for the orders is not correct.'],
  INSUFFICIENT_BALANCE: [-2010, 'Account has insufficient balance for requested action.'],
};

/** The venue's refusal in Binance's words. */
export function refusalError({ reason }: Refusal): ApiError {
  const [code, message] = REFUSALS[reason] ?? [-1013, `Filter failure: ${reason}`];
  return badRequest(code, message);
}
