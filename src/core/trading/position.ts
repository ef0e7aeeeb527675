import type { Fill, MarketRules } from '../ports/exchange.ts';
import { type Decimal, divide, ZERO } from './money.ts';

/** What is held of the base currency and what it cost, fees included. */
export interface Position {
  readonly quantity: Decimal;
  /** In quote currency. */
  readonly cost: Decimal;
}

/** What a part of a position has cost is rounded here; what is left has the rest, so that nothing is lost. */
const COST_DECIMALS = 12;

export const FLAT: Position = { quantity: ZERO, cost: ZERO };

export interface FillEffect {
  readonly position: Position;
  /** In quote currency, after fees, by average cost; zero for a buy. */
  readonly realisedPnl: Decimal;
  /** Change of the quote balance. */
  readonly quoteChange: Decimal;
}

/**
 * What one fill does to a position, with fees taken where the exchange takes them: a fee in base currency shrinks what a buy brings.
 *
 * A sale of more than is held closes the position and books the rest at its price against zero cost, so that nothing is lost from the sums.
 */
export function applyFill(position: Position, fill: Fill, rules: Pick<MarketRules, 'base' | 'quote'>): FillEffect {
  const gross = fill.price.times(fill.quantity);
  const baseFee = fill.feeAsset === rules.base ? fill.fee : ZERO;
  const quoteFee = fill.feeAsset === rules.quote ? fill.fee : ZERO;
  if (fill.side === 'buy') {
    const quoteChange = gross.plus(quoteFee).neg();
    return {
      position: {
        quantity: position.quantity.plus(fill.quantity).minus(baseFee),
        cost: position.cost.minus(quoteChange),
      },
      realisedPnl: ZERO,
      quoteChange,
    };
  }
  const quoteChange = gross.minus(quoteFee);
  const quantity = position.quantity.minus(fill.quantity).minus(baseFee);
  const costOfSold = quantity.lte(ZERO)
    ? position.cost
    : divide(position.cost.times(position.quantity.minus(quantity)), position.quantity, COST_DECIMALS);
  return {
    position: { quantity, cost: position.cost.minus(costOfSold) },
    realisedPnl: quoteChange.minus(costOfSold),
    quoteChange,
  };
}
