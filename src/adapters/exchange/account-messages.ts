import * as z from 'zod';
import { epochMillis } from '../../core/ports/clock.ts';
import type { Fill, OrderReport, StreamMessage } from '../../core/ports/exchange.ts';
import { price, quantity, ZERO } from '../../core/trading/money.ts';
import { amountText, side, status, venueId } from './order-shapes.ts';

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
  q: amountText,
  z: amountText,
  T: z.number(),
  t: z.union([z.number(), z.string()]),
  l: amountText,
  L: amountText,
  n: amountText.nullish(),
  N: z.string().nullish(),
});

/**
 * One order event of the account as messages: its fill first, so that whoever sees an order filled has seen all its fills.
 *
 * @param event what Binance wraps as `{ subscriptionId, event }`
 * @param symbolOf the symbol of the exchange's own market id
 * @throws ZodError when the event is not what Binance documents
 */
export function accountMessages(
  event: unknown,
  symbolOf: (marketId: string) => string | undefined,
  receivedAt: number,
): readonly StreamMessage[] {
  const raw = executionReport.parse(event);
  const symbol = symbolOf(raw.s);
  if (symbol === undefined) return [];
  const report: OrderReport = {
    symbol,
    clientOrderId: raw.C ? raw.C : raw.c,
    exchangeOrderId: raw.i,
    side: raw.S,
    status: raw.X,
    quantity: quantity(raw.q),
    filled: quantity(raw.z),
    updatedAt: epochMillis(raw.T),
  };
  const order: StreamMessage = { kind: 'order', report, receivedAt };
  if (raw.x !== 'TRADE') return [order];
  const fill: Fill = {
    symbol,
    tradeId: String(raw.t),
    exchangeOrderId: report.exchangeOrderId,
    clientOrderId: report.clientOrderId,
    side: report.side,
    price: price(raw.L),
    quantity: quantity(raw.l),
    fee: raw.n ?? ZERO,
    feeAsset: raw.N ?? '',
    executedAt: report.updatedAt,
  };
  return [{ kind: 'fill', fill, receivedAt }, order];
}
