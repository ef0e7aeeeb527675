import type { MarketRules } from '../ports/exchange.ts';
import { type Decimal, ZERO } from '../trading/money.ts';
import { applyFill, FLAT, type Position } from '../trading/position.ts';
import type { StoredFill } from './stored-fill.ts';
import { type Trade, withFill } from './trade.ts';

/** What a slot's fills add up to. */
export interface Books {
  readonly position: Position;
  /** Sum of all changes of the quote balance. */
  readonly quoteFlow: Decimal;
  /** Everything paid to the exchange, in quote currency. */
  readonly fees: Decimal;
  /** Orders that sold something, and those of them that earned. */
  readonly exits: number;
  readonly wins: number;
  /** The newest trades by client order id, oldest first. */
  readonly trades: ReadonlyMap<string, Trade>;
}

export const EMPTY_BOOKS: Books = {
  position: FLAT,
  quoteFlow: ZERO,
  fees: ZERO,
  exits: 0,
  wins: 0,
  trades: new Map(),
};

/** A fee in quote currency; one in a third asset counts as nothing, since nothing here knows its price. */
function feeInQuote(
  { fee, feeAsset, price }: StoredFill,
  { base, quote }: Pick<MarketRules, 'base' | 'quote'>,
): Decimal {
  if (feeAsset === quote) return fee;
  return feeAsset === base ? fee.times(price) : ZERO;
}

const won = (trade: Trade | undefined): number => (trade?.side === 'sell' && trade.realisedPnl.gt(0) ? 1 : 0);

/**
 * The books after one more fill.
 *
 * @param keep so many trades are remembered; the sums are over all
 */
export function bookFill(
  books: Books,
  fill: StoredFill,
  rules: Pick<MarketRules, 'base' | 'quote'>,
  keep: number,
): Books {
  const effect = applyFill(books.position, fill, rules);
  const fee = feeInQuote(fill, rules);
  const before = books.trades.get(fill.clientOrderId);
  const trade = withFill(before, fill, fee, effect.realisedPnl);
  const trades = new Map(books.trades).set(fill.clientOrderId, trade);
  const oldest = trades.keys().next().value;
  if (trades.size > keep && oldest !== undefined) trades.delete(oldest);
  return {
    position: effect.position,
    quoteFlow: books.quoteFlow.plus(effect.quoteChange),
    fees: books.fees.plus(fee),
    exits: books.exits + (before === undefined && fill.side === 'sell' ? 1 : 0),
    wins: books.wins + won(trade) - won(before),
    trades,
  };
}
