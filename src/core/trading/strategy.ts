import type { MarketRules } from '../ports/exchange.ts';
import type { Leg } from './client-order-id.ts';
import { type Decimal, floorToStep, type Quantity, quantity } from './money.ts';

/** How predictions become positions; part of the live configuration. */
export interface StrategyConfig {
  /** Go long when the probability is at least this. */
  readonly entryThreshold: number;
  /** Go flat when it is at most this; below `entryThreshold`, so that between the two nothing is traded. */
  readonly exitThreshold: number;
  /** Share of the slot's equity put into a position. */
  readonly budgetFraction: Decimal;
  /** The slot's budget in quote currency. */
  readonly quoteBudget: Decimal;
}

export type Signal = 'long' | 'flat' | 'hold';

/** Spot, long or flat. */
export function signalOf(probability: number, config: StrategyConfig): Signal {
  if (probability >= config.entryThreshold) return 'long';
  if (probability <= config.exitThreshold) return 'flat';
  return 'hold';
}

export interface Intent {
  readonly leg: Leg;
  readonly quantity: Quantity;
}

/**
 * The order that takes the position to where the signal wants it, or `undefined` when it is there already or the step would be below what the exchange takes.
 *
 * What cannot be sold because of lot size or minimum notional counts as flat.
 *
 * @param held base currency owned by the slot
 * @param mark price that sizes the order
 * @param equity of the slot, in quote currency
 */
export function intentOf(
  signal: Signal,
  held: Decimal,
  mark: Decimal,
  equity: Decimal,
  config: StrategyConfig,
  rules: MarketRules,
): Intent | undefined {
  const sellable = floorToStep(held, rules.quantityStep);
  const holding = isTradable(sellable, mark, rules);
  if (signal === 'long' && !holding) {
    const size = floorToStep(equity.times(config.budgetFraction).div(mark), rules.quantityStep);
    return isTradable(size, mark, rules) ? { leg: 'entry', quantity: quantity(size) } : undefined;
  }
  if (signal === 'flat' && holding) return { leg: 'exit', quantity: quantity(sellable) };
  return undefined;
}

function isTradable(size: Decimal, mark: Decimal, rules: MarketRules): boolean {
  return size.gte(rules.minQuantity) && size.times(mark).gte(rules.minNotional) && size.gt(0);
}
