import * as z from 'zod';
import { epochMillis } from '../../core/ports/clock.ts';
import type { Fill, OrderReport, StreamMessage } from '../../core/ports/exchange.ts';
import { decimal, price, quantity, ZERO } from '../../core/trading/money.ts';
import { placedName } from './cancel-name.ts';
import { type Frame, isAmount, isNumber, isText, wrongFrame } from './frame-fields.ts';
import { side, status, statusOf, venueId } from './order-shapes.ts';

const amount = z.string().refine(isAmount, 'must be a decimal as text');

/** What Binance documents; read only to say what is wrong with an event that the checks by hand have not taken. */
const executionReport = z.object({
  s: z.string(),
  i: venueId,
  /** Client order id; of the cancel when this reports one. */
  c: z.string(),
  /** The client order id of the order that a cancel names, otherwise empty. */
  C: z.string().nullish(),
  S: side,
  X: status,
  x: z.string(),
  q: amount,
  z: amount,
  T: z.number(),
  t: z.union([z.number(), z.string()]),
  l: amount,
  L: amount,
  n: amount.nullish(),
  N: z.string().nullish(),
});

const balanceUpdate = z.object({ a: z.string(), d: z.string().transform(decimal), T: z.number() });

const event = z.looseObject({ e: z.string() });

type SymbolOf = (marketId: string) => string | undefined;

/**
 * One event of the account as messages: an order's fill first, so that whoever sees an order filled has seen all its fills.
 *
 * Balances after a trade (`outboundAccountPosition`) and pairs (`listStatus`) say nothing that the orders' own events do not.
 *
 * @param raw what Binance wraps as `{ subscriptionId, event }`
 * @param symbolOf the symbol of the exchange's own market id
 * @throws ZodError when the event is not what Binance documents
 */
export function accountMessages(raw: unknown, symbolOf: SymbolOf, receivedAt: number): readonly StreamMessage[] {
  const kind = typeof raw === 'object' && raw !== null ? (raw as Frame).e : undefined;
  if (kind === 'executionReport') return orderMessages(raw as Frame, symbolOf, receivedAt);
  if (!isText(kind)) throw wrongFrame(event, raw);
  if (kind !== 'balanceUpdate') return [];
  const { a, d, T } = balanceUpdate.parse(raw);
  return [{ kind: 'balance-change', asset: a, change: d, at: epochMillis(T), receivedAt }];
}

function orderMessages(raw: Frame, symbolOf: SymbolOf, receivedAt: number): readonly StreamMessage[] {
  const { s, i, c, C, S, X, x, q, z: filled, T, t, l, L, n, N } = raw;
  const state = statusOf(X);
  const ids = isId(i) && isId(t, -1) && isText(c) && isMaybe(C, isText);
  const words = isText(s) && (S === 'BUY' || S === 'SELL') && state !== undefined && isText(x) && isMaybe(N, isText);
  const amounts = isAmount(q) && isAmount(filled) && isAmount(l) && isAmount(L) && isMaybe(n, isAmount);
  if (!ids || !words || !amounts || !isNumber(T)) throw wrongFrame(executionReport, raw);
  const symbol = symbolOf(s);
  if (symbol === undefined) return [];
  const report: OrderReport = {
    symbol,
    clientOrderId: C ? C : placedName(c),
    exchangeOrderId: String(i),
    side: S === 'BUY' ? 'buy' : 'sell',
    status: state,
    quantity: quantity(q),
    filled: quantity(filled),
    updatedAt: epochMillis(T),
  };
  const order: StreamMessage = { kind: 'order', report, receivedAt };
  if (x !== 'TRADE') return [order];
  const fill: Fill = {
    symbol,
    tradeId: String(t),
    exchangeOrderId: report.exchangeOrderId,
    clientOrderId: report.clientOrderId,
    side: report.side,
    price: price(L),
    quantity: quantity(l),
    fee: n ? decimal(n) : ZERO,
    feeAsset: N ?? '',
    executedAt: report.updatedAt,
  };
  return [{ kind: 'fill', fill, receivedAt }, order];
}

/** A whole number, or one as text where it is too long for a number. */
const isId = (value: unknown, least = 0): value is number | string =>
  isNumber(value) ? Number.isSafeInteger(value) && value >= least : isText(value) && /^\d+$/.test(value);

function isMaybe<T>(value: unknown, is: (value: unknown) => value is T): value is T | null | undefined {
  return value === undefined || value === null || is(value);
}
