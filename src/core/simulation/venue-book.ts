import Big from 'big.js';
import type { MarketRules } from '../ports/exchange.ts';
import type { Decimal } from '../trading/money.ts';
import type { MarketPoint } from './candle-path.ts';
import {
  type BookModel,
  type BookScale,
  type BookSide,
  type Level,
  syntheticLevels,
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
  /** What is still offered, best first. */
  offered(side: BookSide): readonly Level[];
  /** What the order gets now, or where the price stood at `midTicks` on its way; nothing for a fill-or-kill that would stay incomplete. */
  fillsFor(working: WorkingOrder, midTicks?: number): Level[];
  /** The best price of a side, taken or not. */
  bestTicks(side: BookSide): number | undefined;
  /** How much base currency the quote amount buys or is got for. */
  quantityForQuote(side: BookSide, quote: Decimal): Decimal;
  price(ticks: number): Decimal;
  quantity(steps: number): Decimal;
  steps(quantity: Decimal): number;
}

/** The side of the book an order takes from. */
export const oppositeOf = (order: { readonly side: 'buy' | 'sell' }): BookSide =>
  order.side === 'buy' ? 'ask' : 'bid';

export function createVenueBook(
  rules: MarketRules,
  model: BookModel,
  start: MarketPoint | null,
  startTaken: Taken,
): VenueBook {
  const scale = {
    ticksPerUnit: Math.round(1 / Number(rules.priceStep)),
    stepsPerUnit: Math.round(1 / Number(rules.quantityStep)),
  };
  let current = start;
  const taken = { bid: startTaken.bid, ask: startTaken.ask };

  const price = (ticks: number): Decimal => rules.priceStep.times(ticks);
  const quantity = (steps: number): Decimal => rules.quantityStep.times(steps);
  const steps = (amount: Decimal): number => Number(amount.div(rules.quantityStep).round(0, Big.roundDown));
  const lastTicks = (point: MarketPoint): number => toTicks(scale, point.price);

  function levels(side: BookSide, midTicks?: number): readonly Level[] {
    if (!current) return [];
    if (current.top) return topLevels(scale, side, current.top);
    return syntheticLevels(model, scale, side, midTicks ?? lastTicks(current), current.volume);
  }

  const offered = (side: BookSide): readonly Level[] => walk(levels(side), side, taken[side], Number.MAX_SAFE_INTEGER);

  return {
    scale,
    price,
    quantity,
    steps,
    lastTicks,
    offered,
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
      const fills = walk(levels(side, midTicks), side, taken[side], wanted, limitTicks);
      const got = fills.reduce((sum, level) => sum + level.steps, 0);
      return order.timeInForce === 'fok' && got < wanted ? [] : fills;
    },
    bestTicks: (side) => levels(side)[0]?.ticks,
    quantityForQuote(side, quote) {
      let left = quote;
      let total = 0;
      for (const level of offered(side)) {
        const wanted = Math.min(level.steps, steps(left.div(price(level.ticks))));
        total += wanted;
        left = left.minus(price(level.ticks).times(quantity(wanted)));
        if (wanted < level.steps) break;
      }
      return quantity(total);
    },
  };
}
