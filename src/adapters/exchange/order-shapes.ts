import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import type { Fill, OrderReport, OrderStatus, Side } from '../../core/ports/exchange.ts';
import type { ApprovedPair } from '../../core/risk/approved-order.ts';
import { decimal, price, quantity } from '../../core/trading/money.ts';
import { placedName } from './cancel-name.ts';

/** Ids are whole numbers; ccxt gives those too long for one as text. */
export const venueId = z.union([z.number().int(), z.string().regex(/^\d+$/)]).transform(String);
export const side = z.enum(['BUY', 'SELL']).transform((text) => text.toLowerCase() as Side);
export const amountText = z.string().transform(decimal);

const STATUS = {
  NEW: 'new',
  PENDING_NEW: 'new',
  PARTIALLY_FILLED: 'partially_filled',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  PENDING_CANCEL: 'new',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
} as const satisfies Record<string, OrderStatus>;

export const statusOf = (text: unknown): OrderStatus | undefined =>
  typeof text === 'string' && Object.hasOwn(STATUS, text) ? STATUS[text as keyof typeof STATUS] : undefined;

export const status = z
  .enum(Object.keys(STATUS) as [keyof typeof STATUS])
  .transform((text): OrderStatus => STATUS[text]);

const orderFields = z.object({
  orderId: venueId,
  clientOrderId: z.string(),
  /** Of the pair it is one of; −1 for an order of its own. A pair's orders go by one name after their cancellation, which then says nothing of either. */
  orderListId: z.number().default(-1),
  /** Only in the answer to a cancel, where `clientOrderId` is the cancel's own. */
  origClientOrderId: z.string().optional(),
  side,
  status,
  origQty: amountText,
  executedQty: amountText,
  time: z.number().optional(),
  updateTime: z.number().optional(),
  transactTime: z.number().optional(),
});

/** An order as answers of the REST and WebSocket API hold it. @throws ZodError */
export function orderReport(symbol: string, raw: unknown): OrderReport {
  const order = orderFields.parse(raw);
  return {
    symbol,
    clientOrderId: order.origClientOrderId ?? nameOf(order),
    exchangeOrderId: order.orderId,
    side: order.side,
    status: order.status,
    quantity: quantity(order.origQty),
    filled: quantity(order.executedQty),
    updatedAt: epochMillis(z.number().parse(order.updateTime ?? order.transactTime)),
  };
}

const nameOf = ({ status: state, orderListId, clientOrderId }: z.infer<typeof orderFields>): string =>
  state === 'cancelled' && orderListId === -1 ? placedName(clientOrderId) : clientOrderId;

const reportList = z.object({ orderReports: z.array(z.unknown()) });

/** The order with this id in the answer to its cancel, which is that of the whole pair when it was one of two. @throws ZodError */
export function cancelledReport(symbol: string, raw: unknown, clientOrderId: string): OrderReport {
  const list = reportList.safeParse(raw);
  return list.success ? reportNamed(symbol, list.data.orderReports, clientOrderId) : orderReport(symbol, raw);
}

/** Both orders of a pair in the answer to it. @throws ZodError, AresError */
export function pairReports({ takeProfit, stopLoss }: ApprovedPair, raw: unknown) {
  const { orderReports } = reportList.parse(raw);
  const of = ({ symbol, clientOrderId }: ApprovedPair['stopLoss']) => reportNamed(symbol, orderReports, clientOrderId);
  return { takeProfit: of(takeProfit), stopLoss: of(stopLoss) };
}

function reportNamed(symbol: string, raws: readonly unknown[], clientOrderId: string): OrderReport {
  const reports = raws.map((raw) => orderReport(symbol, raw));
  const found = reports.find((report) => report.clientOrderId === clientOrderId);
  if (found) return found;
  const names = reports.map((report) => report.clientOrderId).join(', ');
  throw new AresError('EXCHANGE_ANSWER', `the answer must hold order ${clientOrderId}, held ${names || 'none'}`);
}

/** When the order was created, in an answer of `allOrders`. @throws ZodError */
export const orderCreatedAt = (raw: unknown): number => z.object({ time: z.number() }).parse(raw).time;

const ownTrade = z.object({
  id: venueId,
  orderId: venueId,
  isBuyer: z.boolean(),
  price: amountText,
  qty: amountText,
  commission: amountText,
  commissionAsset: z.string(),
  time: z.number(),
});

/** A trade of `myTrades`. @throws ZodError */
export function fillOfTrade(symbol: string, raw: unknown): Fill {
  const trade = ownTrade.parse(raw);
  return {
    symbol,
    tradeId: trade.id,
    exchangeOrderId: trade.orderId,
    side: trade.isBuyer ? 'buy' : 'sell',
    price: price(trade.price),
    quantity: quantity(trade.qty),
    fee: trade.commission,
    feeAsset: trade.commissionAsset,
    executedAt: epochMillis(trade.time),
  };
}

const answerFills = z.object({
  transactTime: z.number(),
  fills: z
    .array(
      z.object({
        tradeId: venueId,
        price: amountText,
        qty: amountText,
        commission: amountText,
        commissionAsset: z.string(),
      }),
    )
    .default([]),
});

/** The fills that the FULL answer to an order carries. @throws ZodError */
export function fillsOfAnswer(report: OrderReport, raw: unknown): readonly Fill[] {
  const { transactTime, fills } = answerFills.parse(raw);
  return fills.map((fill) => ({
    symbol: report.symbol,
    tradeId: fill.tradeId,
    exchangeOrderId: report.exchangeOrderId,
    clientOrderId: report.clientOrderId,
    side: report.side,
    price: price(fill.price),
    quantity: quantity(fill.qty),
    fee: fill.commission,
    feeAsset: fill.commissionAsset,
    executedAt: epochMillis(transactTime),
  }));
}
