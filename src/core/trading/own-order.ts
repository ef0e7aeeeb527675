import * as z from 'zod';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Fill, OrderReport, Side } from '../ports/exchange.ts';
import type { JsonObject } from '../ports/ledger.ts';
import type { OrderType } from '../risk/approved-order.ts';
import { type Leg, legOfClientOrderId, legs } from './client-order-id.ts';
import { type Decimal, type Price, type Quantity, price as toPrice, quantity as toQuantity, ZERO } from './money.ts';
import { isFinal, isUnheard, type OrderState, orderTransitions, stateOfStatus } from './order-lifecycle.ts';

/** An order this slot sent or was about to send. */
export interface OwnOrder {
  readonly clientOrderId: string;
  readonly exchangeOrderId: string | null;
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg;
  readonly type: OrderType;
  readonly quantity: Quantity;
  /** Of `limit` and `post_only`. */
  readonly limitPrice: Price | null;
  /** Of `stop`. */
  readonly stopPrice: Price | null;
  /** The list id of the pair it is one of. */
  readonly pairId: string | null;
  readonly barClose: EpochMillis;
  /** The model that decided; `null` when the process died before it could say so. */
  readonly modelHash: string | null;
  readonly state: OrderState;
  /** Filled quantity according to the exchange's reports; the fills below may lag behind it. */
  readonly filled: Quantity;
  /** By trade id: a fill that is heard of twice is one fill. */
  readonly fills: ReadonlyMap<string, Fill>;
  readonly updatedAt: EpochMillis;
  readonly reason: string | null;
}

export function filledByFills(order: Pick<OwnOrder, 'fills'>): Decimal {
  let sum: Decimal | undefined;
  for (const { quantity } of order.fills.values()) sum = sum ? sum.plus(quantity) : quantity;
  return sum ?? ZERO;
}

/** True when the order has ended and every fill the exchange counted is here. */
export function isSettled(order: OwnOrder): boolean {
  return isFinal(order.state) && filledByFills(order).gte(order.filled);
}

/** The order after a report. Reports may come late and out of order: one that is behind what is known changes nothing. */
export function applyReport(order: OwnOrder, report: OrderReport): OwnOrder {
  const reported = stateOfStatus(report.status);
  const legal = reported === order.state || orderTransitions[order.state].includes(reported);
  const state = legal ? reported : order.state;
  const filled = report.filled.gt(order.filled) ? report.filled : order.filled;
  const updatedAt = epochMillis(Math.max(order.updatedAt, report.updatedAt));
  const isNews =
    state !== order.state ||
    filled !== order.filled ||
    updatedAt !== order.updatedAt ||
    report.exchangeOrderId !== order.exchangeOrderId;
  return isNews ? { ...order, exchangeOrderId: report.exchangeOrderId, state, filled, updatedAt } : order;
}

/** The order after fills, known ones ignored. */
export function applyFills(order: OwnOrder, fills: readonly Fill[]): OwnOrder {
  if (fills.length === 0) return order;
  const unknown = fills.filter((fill) => !order.fills.has(fill.tradeId));
  if (unknown.length === 0) return order;
  // Copying an empty map takes several times as long as making one.
  const merged = order.fills.size === 0 ? new Map<string, Fill>() : new Map(order.fills);
  for (const fill of unknown) merged.set(fill.tradeId, fill);
  const sum = filledByFills({ fills: merged });
  const first = unknown[0] as Fill;
  const started = isUnheard(order.state) || order.state === 'acknowledged';
  return {
    ...order,
    fills: merged,
    exchangeOrderId: order.exchangeOrderId ?? first.exchangeOrderId,
    state: started ? 'partially_filled' : order.state,
    filled: sum.gt(order.filled) ? toQuantity(sum) : order.filled,
    updatedAt: epochMillis(Math.max(order.updatedAt, ...unknown.map((fill) => fill.executedAt))),
  };
}

/** Quantity-weighted price of the fills, at most 12 decimals; `undefined` without fills. */
export function averagePrice(order: OwnOrder): Decimal | undefined {
  let notional = ZERO;
  for (const fill of order.fills.values()) notional = notional.plus(fill.price.times(fill.quantity));
  const sum = filledByFills(order);
  return sum.gt(0) ? notional.div(sum).round(12) : undefined;
}

const storedSchema = z.object({
  clientOrderId: z.string(),
  exchangeOrderId: z.string().nullable(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  leg: z.enum(legs).optional(),
  type: z.enum(['market', 'limit', 'post_only', 'stop']).default('market'),
  quantity: z.string(),
  limitPrice: z.string().nullable().default(null),
  stopPrice: z.string().nullable().default(null),
  pairId: z.string().nullable().default(null),
  barClose: z.number(),
  modelHash: z.string().nullable(),
  state: z.enum(Object.keys(orderTransitions) as [OrderState, ...OrderState[]]),
  filled: z.string(),
  updatedAt: z.number(),
  reason: z.string().nullable(),
});

/** A stored order, without its fills, which are kept apart. Those stored before there were legs and types were market orders. @throws ZodError */
export function parseOwnOrder(value: JsonObject): OwnOrder {
  const stored = storedSchema.parse(value);
  return {
    ...stored,
    leg: stored.leg ?? legOfClientOrderId(stored.clientOrderId) ?? (stored.side === 'buy' ? 'entry' : 'exit'),
    limitPrice: stored.limitPrice === null ? null : toPrice(stored.limitPrice),
    stopPrice: stored.stopPrice === null ? null : toPrice(stored.stopPrice),
    quantity: toQuantity(stored.quantity),
    filled: toQuantity(stored.filled),
    barClose: epochMillis(stored.barClose),
    updatedAt: epochMillis(stored.updatedAt),
    fills: new Map(),
  };
}

export function ownOrderToJson(order: OwnOrder): JsonObject {
  const { fills: _kept, ...rest } = order;
  return {
    ...rest,
    quantity: order.quantity.toFixed(),
    limitPrice: order.limitPrice?.toFixed() ?? null,
    stopPrice: order.stopPrice?.toFixed() ?? null,
    filled: order.filled.toFixed(),
  };
}
