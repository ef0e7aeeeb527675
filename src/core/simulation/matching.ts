import Big from 'big.js';
import type { EpochMillis } from '../ports/clock.ts';
import type { MarketRules } from '../ports/exchange.ts';
import { type Decimal, ZERO } from '../trading/money.ts';
import type { Account } from './account.ts';
import type { MarketPoint } from './candle-path.ts';
import type { OpenOrders } from './open-orders.ts';
import type { BookSide, Level } from './order-book.ts';
import { oppositeOf, type VenueBook } from './venue-book.ts';
import type { VenueEvent, VenueOrder, VenueTrade } from './venue-order.ts';
import { isReached, type WorkingOrder } from './working-order.ts';

/** Assets are kept to eight decimals, as Binance does; fees are rounded down to them. */
const ASSET_DECIMALS = 8;

/**
 * When a resting limit order fills.
 *
 * `none`: when the best price of the other side reaches its price, up to what the book offers there. `volume`: besides that, when the market trades at its price
 * and what stood there before it has traded first: on arrival that is what the modelled book holds at its price, each point of the market takes its traded volume from that,
 * and what goes beyond it fills the order. A trade beyond its price means that everything before it has gone.
 */
export type QueueModel = 'none' | 'volume';

interface MatchingParts {
  readonly rules: MarketRules;
  readonly account: Account;
  readonly book: VenueBook;
  readonly open: OpenOrders;
  readonly queue: QueueModel;
  readonly nextTradeId: () => number;
}

/** What happens to the orders of one market when they come, when they end, and when the market moves. Each call adds what happened to `events`. */
export interface Matching {
  /** Lets an order rest that takes nothing. */
  rest(working: WorkingOrder): void;
  /** Where it stands among others at its price, when it comes to rest there. */
  join(working: WorkingOrder): void;
  /** Fills an order that has nothing locked as taker, then rests or ends what is left of it. */
  take(working: WorkingOrder, fills: readonly Level[], at: EpochMillis, events: VenueEvent[]): void;
  /** Ends an order and, of a pair, the other half with it. */
  cancel(working: WorkingOrder, at: EpochMillis, events: VenueEvent[]): void;
  move(point: MarketPoint, events: VenueEvent[]): void;
}

export function createMatching({ rules, account, book, open, queue, nextTradeId }: MatchingParts): Matching {
  function settle(working: WorkingOrder, price: Decimal, steps: number, maker: boolean, at: EpochMillis): VenueEvent {
    const { order } = working;
    const { id: orderId, clientOrderId, side } = order;
    const quantity = book.quantity(steps);
    const cost = price.times(quantity);
    const isBuy = side === 'buy';
    const [received, feeAsset] = isBuy ? [quantity, rules.base] : [cost, rules.quote];
    const fee = received.times(maker ? rules.makerFee : rules.takerFee).round(ASSET_DECIMALS, Big.roundDown);
    const isFirst = order.filled === ZERO;
    const filled = isFirst ? quantity : order.filled.plus(quantity);
    const status = filled.eq(order.quantity) ? 'filled' : 'partially_filled';
    working.order = { ...order, filled, cost: isFirst ? cost : order.cost.plus(cost), status, updatedAt: at };
    if (open.has(orderId)) open.relock(working);
    account.debit(isBuy ? rules.quote : rules.base, isBuy ? cost : quantity);
    account.credit(feeAsset, received.minus(fee));
    if (status === 'filled') open.remove(working);
    const id = nextTradeId();
    const trade: VenueTrade = {
      id,
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

  const otherHalf = (working: WorkingOrder): WorkingOrder | undefined =>
    working.pair?.legs.find((leg) => leg !== working && open.has(leg.order.id));

  function end(working: WorkingOrder, kind: 'cancelled' | 'expired', at: EpochMillis): VenueEvent {
    open.remove(working);
    working.order = { ...working.order, status: kind, updatedAt: at };
    return { kind, order: working.order };
  }

  /** Ends the other half of a pair before this one trades or works. */
  function endOther(working: WorkingOrder, at: EpochMillis, events: VenueEvent[]): void {
    const other = otherHalf(working);
    if (other) events.push(end(other, 'expired', at));
  }

  /** Tells that a pair is done, once nothing of it is open. */
  function endPair(working: WorkingOrder, at: EpochMillis, events: VenueEvent[]): void {
    const { pair: joined, order } = working;
    if (!joined || joined.pair.status === 'done' || joined.legs.some((leg) => open.has(leg.order.id))) return;
    joined.pair = { ...joined.pair, status: 'done', updatedAt: at };
    events.push({ kind: 'pair_done', order, pair: joined.pair });
  }

  function join(working: WorkingOrder): void {
    if (queue === 'none' || working.limitTicks === undefined) return;
    working.ahead = book.stepsAt(working.order.side === 'buy' ? 'bid' : 'ask', working.limitTicks);
  }

  function rest(working: WorkingOrder): void {
    join(working);
    open.rest(working);
  }

  function take(working: WorkingOrder, fills: readonly Level[], at: EpochMillis, events: VenueEvent[]): void {
    const side = oppositeOf(working.order);
    for (const { ticks, steps } of fills) {
      book.take(side, steps);
      events.push(settle(working, book.price(ticks), steps, false, at));
    }
    if (working.order.status === 'filled') return;
    if (working.limitTicks !== undefined && working.order.timeInForce === 'gtc') rest(working);
    else events.push(end(working, 'expired', at));
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

  function trigger(working: WorkingOrder, at: EpochMillis, ticks: number, events: VenueEvent[]): void {
    endOther(working, at, events);
    open.remove(working);
    working.stopTicks = undefined;
    working.order = { ...working.order, workingAt: at, updatedAt: at };
    events.push({ kind: 'triggered', order: working.order });
    take(working, affordable(working.order, book.fillsFor(working, ticks)), at, events);
    endPair(working, at, events);
  }

  function triggerReached(point: MarketPoint, kind: 'stop_loss' | 'take_profit', events: VenueEvent[]): void {
    const ticks = book.lastTicks(point);
    const reached: WorkingOrder[] = [];
    for (const working of open.all()) {
      if (isReached(working, ticks) && working.order.type.startsWith(kind)) reached.push(working);
    }
    // In the order the price passes them: a falling one meets the highest first. One move cannot both fall and rise.
    reached.sort((a, b) => ((b.stopTicks ?? 0) - (a.stopTicks ?? 0)) * (a.below ? 1 : -1) || a.order.id - b.order.id);
    for (const working of reached) {
      if (!open.has(working.order.id)) continue;
      trigger(working, point.at, point.continuous ? (working.stopTicks ?? ticks) : ticks, events);
    }
  }

  function fillMaker(working: WorkingOrder, steps: number, at: EpochMillis, events: VenueEvent[]): void {
    endOther(working, at, events);
    events.push(settle(working, working.order.price, steps, true, at));
    endPair(working, at, events);
  }

  /** Resting limits that meet the other side of the book fill with what it offers: the price went through them. */
  function fillCrossed(point: MarketPoint, side: BookSide, events: VenueEvent[]): void {
    const best = book.bestTicks(side);
    if (best === undefined) return;
    const crossed: WorkingOrder[] = [];
    for (const working of open.all()) {
      const { order, limitTicks, stopTicks } = working;
      if (stopTicks !== undefined || limitTicks === undefined || oppositeOf(order) !== side) continue;
      if (side === 'ask' ? best <= limitTicks : best >= limitTicks) crossed.push(working);
    }
    // Price first, then time.
    crossed.sort(
      (a, b) => ((b.limitTicks ?? 0) - (a.limitTicks ?? 0)) * (side === 'ask' ? 1 : -1) || a.order.id - b.order.id,
    );
    for (const working of crossed) {
      if (!open.has(working.order.id)) continue;
      working.ahead = 0;
      let steps = 0;
      for (const level of book.fillsFor(working)) steps += level.steps;
      if (steps === 0) continue;
      book.take(side, steps);
      fillMaker(working, steps, point.at, events);
    }
  }

  /** Resting limits at whose price the market traded: its volume goes to those before them first, and to each of them once. */
  function fillQueued(point: MarketPoint, events: VenueEvent[]): void {
    const ticks = book.lastTicks(point);
    const traded = Math.floor((point.traded ?? 0) * book.scale.stepsPerUnit + 1e-6);
    if (traded === 0) return;
    const queued: WorkingOrder[] = [];
    for (const working of open.all()) {
      const { order, limitTicks, stopTicks } = working;
      if (stopTicks !== undefined || limitTicks === undefined) continue;
      if (order.side === 'buy' ? ticks <= limitTicks : ticks >= limitTicks) queued.push(working);
    }
    let left = traded;
    for (const working of queued) {
      if (!open.has(working.order.id)) continue;
      if (working.limitTicks !== ticks) working.ahead = 0;
      const reached = traded - working.ahead;
      working.ahead = Math.max(0, working.ahead - traded);
      const steps = Math.min(reached, left, book.steps(working.order.quantity.minus(working.order.filled)));
      if (steps <= 0) continue;
      left -= steps;
      fillMaker(working, steps, point.at, events);
    }
  }

  return {
    rest,
    join,
    take,
    cancel(working, at, events) {
      const other = otherHalf(working);
      events.push(end(working, 'cancelled', at));
      if (other) events.push(end(other, 'cancelled', at));
      endPair(working, at, events);
    },
    move(point, events) {
      triggerReached(point, 'stop_loss', events);
      triggerReached(point, 'take_profit', events);
      fillCrossed(point, 'ask', events);
      fillCrossed(point, 'bid', events);
      if (queue === 'volume') fillQueued(point, events);
    },
  };
}
