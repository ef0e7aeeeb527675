import Big from 'big.js';
import type { EpochMillis } from '../ports/clock.ts';
import type { Balance, MarketRules } from '../ports/exchange.ts';
import { type Decimal, ZERO } from '../trading/money.ts';
import { type BalanceTexts, createAccount } from './account.ts';
import type { MarketPoint } from './candle-path.ts';
import { type BookModel, type BookSide, DEFAULT_BOOK, type Level } from './order-book.ts';
import { checkOrder } from './order-checks.ts';
import { checkPlacement } from './placement-checks.ts';
import { createVenueBook, oppositeOf, type Taken } from './venue-book.ts';
import type { OrderDraft, Refusal, VenueEvent, VenueOrder, VenueTrade } from './venue-order.ts';
import { hasLimit, hasTrigger, refusal } from './venue-order.ts';
import {
  isReached,
  lockedBy,
  orderFromTexts,
  orderTexts,
  type VenueOrderTexts,
  type WorkingOrder,
  workingOrder,
} from './working-order.ts';

/** Assets are kept to eight decimals, as Binance does; fees are rounded down to them. */
const ASSET_DECIMALS = 8;

/** Everything a venue is made of, as JSON. */
export interface VenueSnapshot {
  readonly balances: BalanceTexts;
  readonly open: readonly VenueOrderTexts[];
  readonly nextOrderId: number;
  readonly nextTradeId: number;
  readonly point: MarketPoint | null;
  readonly taken: Taken;
}

type PlaceOutcome =
  | { readonly outcome: 'accepted'; readonly order: VenueOrder; readonly events: readonly VenueEvent[] }
  | Refusal;

/**
 * A spot market with one account: matches its orders against a book modelled around the market's price.
 *
 * It has no clock and no randomness: the same calls give the same results. Buys receive base and sells receive quote, each less its fee.
 */
export interface Venue {
  readonly rules: MarketRules;
  place(draft: OrderDraft, at: EpochMillis): PlaceOutcome;
  /** `undefined` when no open order has this id. */
  cancel(orderId: number, at: EpochMillis): VenueEvent | undefined;
  /**
   * Moves the market. Triggers reached on the way execute at their own price, stops before take-profits, then resting limits fill as makers;
   * on a jump triggers execute at the price jumped to.
   */
  moveTo(point: MarketPoint): readonly VenueEvent[];
  openOrders(): readonly VenueOrder[];
  balance(asset: string): Balance;
  assets(): readonly string[];
  /** Levels still offered at this moment, best first; at most `limit`. */
  book(side: BookSide, limit?: number): readonly { readonly price: Decimal; readonly quantity: Decimal }[];
  /** Hands out ids for trades of others, so that all of a market's trades share one sequence; returns the first. */
  takeTradeIds(count: number): number;
  snapshot(): VenueSnapshot;
}

const NOTHING: readonly VenueEvent[] = [];

/** A snapshot of a venue that has seen nothing yet. */
export function emptyVenue(balances: Readonly<Record<string, string>>): VenueSnapshot {
  const entries = Object.entries(balances).map(([asset, free]) => [asset, { free, locked: '0' }] as const);
  return {
    balances: Object.fromEntries(entries),
    open: [],
    nextOrderId: 1,
    nextTradeId: 1,
    point: null,
    taken: { bid: 0, ask: 0 },
  };
}

/** Builds a venue that goes on from a snapshot. */
export function createVenue(rules: MarketRules, snapshot: VenueSnapshot, model: BookModel = DEFAULT_BOOK): Venue {
  const account = createAccount(snapshot.balances);
  const book = createVenueBook(rules, model, snapshot.point, snapshot.taken);
  /** Orders that rest or wait: exactly those that hold something locked. */
  const open = new Map<number, WorkingOrder>();
  for (const texts of snapshot.open) open.set(texts.id, workingOrder(orderFromTexts(texts), book.scale));
  let { nextOrderId, nextTradeId } = snapshot;

  function settle(working: WorkingOrder, price: Decimal, steps: number, maker: boolean, at: EpochMillis): VenueEvent {
    const { order } = working;
    const quantity = book.quantity(steps);
    const cost = price.times(quantity);
    const [received, feeAsset] = order.side === 'buy' ? [quantity, rules.base] : [cost, rules.quote];
    const fee = received.times(maker ? rules.makerFee : rules.takerFee).round(ASSET_DECIMALS, Big.roundDown);
    const filled = order.filled.plus(quantity);
    const status = filled.eq(order.quantity) ? 'filled' : 'partially_filled';
    working.order = { ...order, filled, cost: order.cost.plus(cost), status, updatedAt: at };
    if (open.has(order.id)) {
      const before = lockedBy(order, rules);
      account.unlock(before.asset, before.amount.minus(lockedBy(working.order, rules).amount));
    }
    if (order.side === 'buy') account.debit(rules.quote, cost);
    else account.debit(rules.base, quantity);
    account.credit(feeAsset, received.minus(fee));
    book.take(oppositeOf(order), steps);
    if (status === 'filled') open.delete(order.id);
    const { id: orderId, clientOrderId, side } = order;
    const trade: VenueTrade = {
      id: nextTradeId++,
      orderId,
      clientOrderId,
      side,
      price,
      quantity,
      cost,
      fee,
      feeAsset,
      maker,
      at,
    };
    return { kind: 'trade', order: working.order, trade };
  }

  function release(order: VenueOrder): void {
    if (!open.delete(order.id)) return;
    const { asset, amount } = lockedBy(order, rules);
    account.unlock(asset, amount);
  }

  function rest(working: WorkingOrder): void {
    const { asset, amount } = lockedBy(working.order, rules);
    account.lock(asset, amount);
    open.set(working.order.id, working);
  }

  function end(working: WorkingOrder, kind: 'cancelled' | 'expired', at: EpochMillis): VenueEvent {
    release(working.order);
    working.order = { ...working.order, status: kind, updatedAt: at };
    return { kind, order: working.order };
  }

  /** Fills an order that has nothing locked as taker, then rests or ends what is left of it. */
  function take(working: WorkingOrder, fills: readonly Level[], at: EpochMillis): VenueEvent[] {
    const events = fills.map(({ ticks, steps }) => settle(working, book.price(ticks), steps, false, at));
    if (working.order.status === 'filled') return events;
    if (working.limitTicks !== undefined && working.order.timeInForce === 'gtc') rest(working);
    else events.push(end(working, 'expired', at));
    return events;
  }

  /** Cuts the fills to what the free balance pays for: a triggered market buy may find less than it needs. */
  function affordable(order: VenueOrder, fills: readonly Level[]): readonly Level[] {
    if (order.side === 'sell') return fills;
    let left = account.balance(rules.quote).free;
    const paid: Level[] = [];
    for (const { ticks, steps } of fills) {
      const price = book.price(ticks);
      const bought = Math.min(steps, book.steps(left.div(price)));
      if (bought <= 0) break;
      paid.push({ ticks, steps: bought });
      left = left.minus(price.times(book.quantity(bought)));
    }
    return paid;
  }

  function trigger(working: WorkingOrder, at: EpochMillis, ticks: number): VenueEvent[] {
    release(working.order);
    working.stopTicks = undefined;
    working.order = { ...working.order, workingAt: at, updatedAt: at };
    const triggered: VenueEvent = { kind: 'triggered', order: working.order };
    return [triggered, ...take(working, affordable(working.order, book.fillsFor(working, ticks)), at)];
  }

  function triggerReached(point: MarketPoint, kind: 'stop_loss' | 'take_profit', events: VenueEvent[]): void {
    const ticks = book.lastTicks(point);
    const reached = [...open.values()].filter(
      (working) => working.order.type.startsWith(kind) && isReached(working, ticks),
    );
    // In the order the price passes them: a falling one meets the highest first. One move cannot both fall and rise.
    reached.sort((a, b) => ((b.stopTicks ?? 0) - (a.stopTicks ?? 0)) * (a.below ? 1 : -1) || a.order.id - b.order.id);
    for (const working of reached) {
      events.push(...trigger(working, point.at, point.continuous ? (working.stopTicks ?? ticks) : ticks));
    }
  }

  function fillResting(at: EpochMillis, side: BookSide, events: VenueEvent[]): void {
    const best = book.bestTicks(side);
    if (best === undefined) return;
    const isCrossed = (limitTicks: number): boolean => (side === 'ask' ? best <= limitTicks : best >= limitTicks);
    const crossed = [...open.values()].filter(
      ({ order, limitTicks, stopTicks }) =>
        oppositeOf(order) === side && stopTicks === undefined && limitTicks !== undefined && isCrossed(limitTicks),
    );
    // Price first, then time.
    crossed.sort(
      (a, b) => ((b.limitTicks ?? 0) - (a.limitTicks ?? 0)) * (side === 'ask' ? 1 : -1) || a.order.id - b.order.id,
    );
    for (const working of crossed) {
      const steps = book.fillsFor(working).reduce((sum, level) => sum + level.steps, 0);
      if (steps > 0) events.push(settle(working, working.order.price, steps, true, at));
    }
  }

  function newOrder(draft: OrderDraft, at: EpochMillis): VenueOrder {
    const limited = hasLimit(draft.type);
    const waits = hasTrigger(draft.type);
    return {
      id: nextOrderId,
      clientOrderId: draft.clientOrderId,
      side: draft.side,
      type: draft.type,
      timeInForce: draft.timeInForce,
      status: 'new',
      price: (limited ? draft.price : undefined) ?? ZERO,
      stopPrice: (waits ? draft.stopPrice : undefined) ?? ZERO,
      quantity: draft.quoteQuantity
        ? book.quantityForQuote(oppositeOf(draft), draft.quoteQuantity)
        : (draft.quantity ?? ZERO),
      quoteQuantity: draft.quoteQuantity ?? ZERO,
      filled: ZERO,
      cost: ZERO,
      createdAt: at,
      updatedAt: at,
      workingAt: waits ? null : at,
    };
  }

  const openOrders = (): readonly VenueOrder[] => [...open.values()].map(({ order }) => order);

  return {
    rules,
    openOrders,
    place(draft, at) {
      const point = book.point();
      if (!point) return refusal('NO_MARKET', 'the market must have a price before orders are taken, had none');
      const ticks = book.lastTicks(point);
      const broken = checkOrder(draft, rules, book.price(ticks), openOrders());
      if (broken) return broken;
      const working = workingOrder(newOrder(draft, at), book.scale);
      const waits = working.stopTicks !== undefined;
      const fills = waits ? [] : book.fillsFor(working);
      const refused = checkPlacement(working, fills, { rules, book, account, ticks });
      if (refused) return refused;
      nextOrderId += 1;
      const events: VenueEvent[] = [{ kind: 'new', order: working.order }];
      if (waits) rest(working);
      else events.push(...take(working, fills, at));
      return { outcome: 'accepted', order: working.order, events };
    },
    cancel(orderId, at) {
      const working = open.get(orderId);
      return working && end(working, 'cancelled', at);
    },
    moveTo(point) {
      book.renew(point);
      if (open.size === 0) return NOTHING;
      const events: VenueEvent[] = [];
      triggerReached(point, 'stop_loss', events);
      triggerReached(point, 'take_profit', events);
      fillResting(point.at, 'ask', events);
      fillResting(point.at, 'bid', events);
      return events;
    },
    balance: (asset) => account.balance(asset),
    assets: () => account.assets(),
    book: (side, limit = Number.POSITIVE_INFINITY) => {
      const offered = book.offered(side).slice(0, limit);
      return offered.map(({ ticks, steps }) => ({ price: book.price(ticks), quantity: book.quantity(steps) }));
    },
    takeTradeIds(count) {
      const first = nextTradeId;
      nextTradeId += count;
      return first;
    },
    snapshot: () => ({
      balances: account.snapshot(),
      open: openOrders().map(orderTexts),
      nextOrderId,
      nextTradeId,
      point: book.point(),
      taken: book.taken(),
    }),
  };
}
