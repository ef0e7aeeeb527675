import type { MarketRules } from '../ports/exchange.ts';
import type { Leg } from './client-order-id.ts';
import { type Decimal, divideToStep, floorToStep, isWorthAtLeast, type Quantity, quantity, ZERO } from './money.ts';

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

/** What bounds a purchase beside the strategy: the quote currency there is, and what a unit may cost, fees included. */
export interface Spend {
  readonly freeQuote: Decimal;
  readonly worstPrice: Decimal;
}

/**
 * The order that takes the position to where the signal wants it, or `undefined` when it is there already or the step would be below what the exchange takes.
 *
 * What cannot be sold because of lot size or minimum notional counts as flat. A purchase never costs more than is free.
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
  spend?: Spend,
): Intent | undefined {
  const toSell = sellable(held, mark, rules);
  if (signal === 'flat') return toSell.gt(ZERO) ? { leg: 'exit', quantity: quantity(toSell) } : undefined;
  if (signal !== 'long' || toSell.gt(ZERO) || equity.lte(ZERO)) return undefined;
  let size = divideToStep(equity.times(config.budgetFraction), mark, rules.quantityStep);
  if (spend && size.times(spend.worstPrice).gt(spend.freeQuote)) {
    if (spend.freeQuote.lte(ZERO)) return undefined;
    size = divideToStep(spend.freeQuote, spend.worstPrice, rules.quantityStep);
  }
  if (rules.maxQuantity && size.gt(rules.maxQuantity)) size = floorToStep(rules.maxQuantity, rules.quantityStep);
  return isTradable(size, mark, rules) ? { leg: 'entry', quantity: quantity(size) } : undefined;
}

/** How much of what is held the exchange takes for sale at about a price; 0 when it is too little. */
export function sellable(held: Decimal, mark: Decimal, rules: MarketRules): Decimal {
  if (held.lt(rules.minQuantity)) return ZERO;
  const whole = floorToStep(held, rules.quantityStep);
  const size = rules.maxQuantity && whole.gt(rules.maxQuantity) ? rules.maxQuantity : whole;
  return isTradable(size, mark, rules) ? size : ZERO;
}

/** Whether the exchange takes an order of this size. */
export function isTradable(size: Decimal, mark: Decimal, rules: MarketRules): boolean {
  return size.gte(rules.minQuantity) && isWorthAtLeast(size, mark, rules.minNotional) && size.gt(ZERO);
}
