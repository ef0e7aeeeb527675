import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Fill, MarketRules } from '../ports/exchange.ts';
import type { RiskLimits } from '../risk/risk-limits.ts';
import { type Decimal, ZERO } from './money.ts';
import { filledByFills, type OwnOrder } from './own-order.ts';
import { bookFills, type Holding, type SlotAccount } from './slot-account.ts';
import { sellable } from './strategy.ts';

export interface BookingTerms {
  readonly rules: MarketRules;
  readonly barMillis: number;
  readonly limits: Pick<RiskLimits, 'maxConsecutiveLosses' | 'coolDownMinutes'>;
}

const MILLIS_PER_MINUTE = 60_000;

/**
 * The account after an order, whatever order its fills were heard in: position, cash, the holding, and the round trip it may have ended.
 *
 * A round trip ends when what is left cannot be sold.
 */
export function bookOrder(
  account: SlotAccount,
  order: OwnOrder,
  terms: BookingTerms,
): { readonly account: SlotAccount; readonly realisedPnl: Decimal } {
  if (order.fills.size === 0) return { account, realisedPnl: ZERO };
  const fills = inOrderOfTrade(order.fills.values());
  const last = fills.at(-1) as Fill;
  const isHeld = (of: SlotAccount): boolean => sellable(of.position.quantity, last.price, terms.rules).gt(ZERO);
  const wasHeld = isHeld(account);
  const before =
    order.side === 'buy' && !wasHeld && !account.tripPnl.eq(ZERO) ? endTrip(account, last, terms) : account;
  const booked = bookFills(before, fills, terms.rules);
  const after = { ...booked.account, tripPnl: before.tripPnl.plus(booked.realisedPnl) };
  if (order.side === 'buy') {
    const holding = isHeld(after) ? holdingOf(wasHeld ? account.holding : null, order, fills, terms.barMillis) : null;
    return { account: { ...after, holding }, realisedPnl: booked.realisedPnl };
  }
  return { account: isHeld(after) ? after : endTrip(after, last, terms), realisedPnl: booked.realisedPnl };
}

/** The account with what open orders have filled so far: what is decided with. Their trades count when they have ended. */
export function effectiveAccount(account: SlotAccount, open: Iterable<OwnOrder>, terms: BookingTerms): SlotAccount {
  let effective = account;
  for (const order of open) effective = bookOrder(effective, order, terms).account;
  return effective === account ? account : { ...effective, trades: account.trades };
}

function endTrip(account: SlotAccount, last: Fill, { limits }: BookingTerms): SlotAccount {
  const consecutiveLosses = account.tripPnl.lt(ZERO) ? account.consecutiveLosses + 1 : 0;
  const coolsDown = limits.maxConsecutiveLosses > 0 && consecutiveLosses >= limits.maxConsecutiveLosses;
  return {
    ...account,
    holding: null,
    tripPnl: ZERO,
    consecutiveLosses,
    coolDownUntil: coolsDown ? last.executedAt + limits.coolDownMinutes * MILLIS_PER_MINUTE : account.coolDownUntil,
  };
}

function holdingOf(held: Holding | null, order: OwnOrder, fills: readonly Fill[], barMillis: number): Holding {
  let highest = held?.highest ?? ZERO;
  for (const fill of fills) if (fill.price.gt(highest)) highest = fill.price;
  return { since: held?.since ?? heldFrom(order, fills, barMillis), highest };
}

/** A market order is held from its own bar's close on; one that rested, from the first bar that opened after its fills. */
function heldFrom(order: OwnOrder, fills: readonly Fill[], barMillis: number): EpochMillis {
  if (order.type === 'market') return order.barClose;
  const last = fills.at(-1) as Fill;
  return epochMillis(Math.max(order.barClose, Math.ceil(last.executedAt / barMillis) * barMillis));
}

/** By time, then by trade id, numbers as numbers: the same for every order of arrival. */
function inOrderOfTrade(fills: Iterable<Fill>): readonly Fill[] {
  const all = [...fills];
  if (all.length < 2) return all;
  return all.sort(
    (a, b) => a.executedAt - b.executedAt || a.tradeId.length - b.tradeId.length || (a.tradeId < b.tradeId ? -1 : 1),
  );
}

/** Still to be filled, as far as is known. */
export const remainingOf = (order: OwnOrder): Decimal => {
  const byFills = filledByFills(order);
  return order.quantity.minus(order.filled.gt(byFills) ? order.filled : byFills);
};
