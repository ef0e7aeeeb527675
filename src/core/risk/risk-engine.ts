import type { ApprovedOrder, ProposedOrder } from './approved-order.ts';
import { checkEntryMarket } from './check-entry-market.ts';
import { checkGrowth } from './check-growth.ts';
import { checkSaleMarket } from './check-sale-market.ts';
import { checkShape } from './check-shape.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { RiskContext, TradingMode } from './risk-context.ts';
import type { RiskLimits } from './risk-limits.ts';

export type { RiskContext, RiskLimits, TradingMode };

export type RiskDecision = { readonly outcome: 'approved'; readonly order: ApprovedOrder } | Refusal;

/**
 * The one path to an order: every check, in one place, on every order.
 *
 * An order that shrinks the position is let through where a limit exists to stop growth, because leaving a position must stay possible; only what makes
 * the sale itself wrong stops it. `docs/risk.md` has the table of rules and legs, with the reason of each. A limit itself is allowed; a loss limit that is reached is not.
 */
export function checkRisk(order: ProposedOrder, limits: RiskLimits, context: RiskContext): RiskDecision {
  const grows = order.side === 'buy';
  const refusal =
    checkMode(context, grows) ??
    checkShape(order, context) ??
    checkRepetition(order, grows, context) ??
    checkBurst(limits, context) ??
    (grows
      ? (checkEntryMarket(order, limits, context) ?? checkGrowth(order, limits, context))
      : (checkOversell(order, context) ?? checkSaleMarket(order, limits, context)));
  return refusal ?? { outcome: 'approved', order: order as ApprovedOrder };
}

function checkMode({ mode }: RiskContext, grows: boolean): Refusal | undefined {
  if (mode === 'HALTED') return refuse('halted', 'trading is HALTED: only cancels are sent');
  if (mode === 'REDUCING' && grows) {
    return refuse('reducing', 'trading is REDUCING: only orders that shrink the position are sent');
  }
  return undefined;
}

/** An id is sent once. Of the same intent only an entry is refused: how much sales may sell together, {@link checkOversell} knows, and a stop must be able to follow an entry that fills in parts. */
function checkRepetition(
  { clientOrderId }: ProposedOrder,
  grows: boolean,
  { alreadySent, barClose, leg, openOrders }: RiskContext,
): Refusal | undefined {
  if (alreadySent) return refuse('duplicate', `order ${clientOrderId} was sent before`);
  for (const open of openOrders) {
    if (open.clientOrderId === clientOrderId) return refuse('duplicate', `order ${clientOrderId} is open already`);
    if (grows && open.leg === leg && open.barClose === barClose) {
      return refuse('duplicate', `${open.clientOrderId} is open already as ${leg} of the same bar`);
    }
  }
  return undefined;
}

/** Of every leg: orders that follow each other faster are a loop that went wrong, and would cost the access to the exchange, also for sales. A sale waits a second at most. */
function checkBurst({ maxOrdersPerSecond }: RiskLimits, { ordersLastSecond }: RiskContext): Refusal | undefined {
  if (ordersLastSecond < maxOrdersPerSecond) return undefined;
  return refuse('order-burst', `orders a second must be at most ${maxOrdersPerSecond}, were ${ordersLastSecond}`);
}

/** What rests for sale is promised already: two sales of the same units would sell what other slots hold. */
function checkOversell({ quantity }: ProposedOrder, { held, restingSales }: RiskContext): Refusal | undefined {
  const free = held.minus(restingSales);
  if (quantity.lte(free)) return undefined;
  const [most, all, resting, was] = [free, held, restingSales, quantity].map((amount) => amount.toFixed());
  return refuse('oversell', `sale must be at most ${most} (${all} held, ${resting} rest for sale), was ${was}`);
}
