import type { MarketRules } from '../ports/exchange.ts';
import { type Decimal, timesStep, wholeSteps } from '../trading/money.ts';
import type { MarketPoint } from './candle-path.ts';
import {
  type BookModel,
  type BookScale,
  type BookSide,
  type Level,
  syntheticLevel,
  topLevels,
  toTicks,
  walk,
} from './order-book.ts';
import type { WorkingOrder } from './working-order.ts';

/** Quantity steps already taken from the two sides since the market last moved. */
export interface Taken {
  readonly bid: number;
  readonly ask: number;
}

/** The book an account's orders meet: renewed when the market moves, thinner with everything taken from it. */
export interface VenueBook {
  readonly scale: BookScale;
  point(): MarketPoint | null;
  taken(): Taken;
  renew(point: MarketPoint): void;
  take(side: BookSide, steps: number): void;
  /** The last price in price steps; needs a point. */
  lastTicks(point: MarketPoint): number;
  /** What is still offered, best first, at most `limit` levels. */
  offered(side: BookSide, limit?: number): readonly Level[];
  /** The first of what is still offered. */
  best(side: BookSide): Level | undefined;
  /** What the order gets now, or where the price stood at `midTicks` on its way; nothing for a fill-or-kill that would stay incomplete. */
  fillsFor(working: WorkingOrder, midTicks?: number): Level[];
  /** The best price of a side, taken or not. */
  bestTicks(side: BookSide): number | undefined;
  /** Quantity steps of others at a price of a side: nothing before the best price, behind the last level what stands there. */
  stepsAt(side: BookSide, ticks: number): number;
  /** How much base currency the quote amount buys or is got for. */
  quantityForQuote(side: BookSide, quote: Decimal): Decimal;
  price(ticks: number): Decimal;
  quantity(steps: number): Decimal;
  steps(quantity: Decimal): number;
}

/** The side of the book an order takes from. */
export const oppositeOf = (order: { readonly side: 'buy' | 'sell' }): BookSide =>
  order.side === 'buy' ? 'ask' : 'bid';

/** One over the step, exact where the step divides one. */
function perUnit(step: Decimal): number {
  const exact = 1 / Number(step);
  const whole = Math.round(exact);
  return whole > 0 && Math.abs(exact - whole) < 1e-9 * whole ? whole : exact;
}

export function createVenueBook(
  rules: MarketRules,
  model: BookModel,
  start: MarketPoint | null,
  startTaken: Taken,
): VenueBook {
  const scale = { ticksPerUnit: perUnit(rules.priceStep), stepsPerUnit: perUnit(rules.quantityStep) };
  let current = start;
  const taken = { bid: startTaken.bid, ask: startTaken.ask };

  const price = (ticks: number): Decimal => timesStep(ticks, rules.priceStep);
  const quantity = (steps: number): Decimal => timesStep(steps, rules.quantityStep);
  const steps = (amount: Decimal): number => wholeSteps(amount, rules.quantityStep);
  const lastTicks = (point: MarketPoint): number => toTicks(scale, point.price);

  /** The level at a place of a side, 0 the best. */
  function level(side: BookSide, place: number, midTicks?: number): Level | undefined {
    if (!current) return undefined;
    if (current.top) return topLevels(scale, side, current.top)[place];
    if (place >= model.levels) return undefined;
    return syntheticLevel(model, scale, side, midTicks ?? lastTicks(current), current.volume, place);
  }

  function offered(side: BookSide, limit = Number.POSITIVE_INFINITY): readonly Level[] {
    const levels: Level[] = [];
    let skip = taken[side];
    for (let place = 0; levels.length < limit; place++) {
      const each = level(side, place);
      if (!each) break;
      if (skip >= each.steps) skip -= each.steps;
      else {
        levels.push(skip === 0 ? each : { ticks: each.ticks, steps: each.steps - skip });
        skip = 0;
      }
    }
    return levels;
  }

  return {
    scale,
    price,
    quantity,
    steps,
    lastTicks,
    offered,
    best: (side) => (taken[side] === 0 ? level(side, 0) : offered(side, 1)[0]),
    point: () => current,
    taken: () => ({ ...taken }),
    renew(point) {
      current = point;
      taken.bid = 0;
      taken.ask = 0;
    },
    take(side, amount) {
      taken[side] += amount;
    },
    fillsFor({ order, limitTicks }, midTicks) {
      const side = oppositeOf(order);
      const wanted = steps(order.quantity.minus(order.filled));
      const fills = walk((place) => level(side, place, midTicks), side, taken[side], wanted, limitTicks);
      if (order.timeInForce !== 'fok') return fills;
      const got = fills.reduce((sum, each) => sum + each.steps, 0);
      return got < wanted ? [] : fills;
    },
    bestTicks: (side) => level(side, 0)?.ticks,
    stepsAt(side, ticks) {
      const isBehind = (each: Level): boolean => (side === 'bid' ? each.ticks < ticks : each.ticks > ticks);
      let last: Level | undefined;
      for (let place = 0; ; place++) {
        const each = level(side, place);
        if (!each || isBehind(each)) return last?.steps ?? 0;
        last = each;
      }
    },
    quantityForQuote(side, quote) {
      let left = quote;
      let total = 0;
      for (const each of offered(side)) {
        const wanted = Math.min(each.steps, steps(left.div(price(each.ticks))));
        total += wanted;
        left = left.minus(price(each.ticks).times(quantity(wanted)));
        if (wanted < each.steps) break;
      }
      return quantity(total);
    },
  };
}
