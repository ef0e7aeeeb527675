import type { Side } from '../ports/exchange.ts';
import { ZERO } from '../trading/money.ts';
import type { DecisionMark } from './decision-mark.ts';
import type { SlotHistory } from './slot-history.ts';
import type { Trade } from './trade.ts';

/** A trade as text, money in quote currency. */
export interface TradeRow {
  readonly clientOrderId: string;
  /** Market time of the first fill. */
  readonly at: number;
  readonly side: Side;
  readonly quantity: string;
  readonly averagePrice: string;
  readonly notional: string;
  readonly fees: string;
  /** After fees; `null` for a buy, which realises nothing. */
  readonly realisedPnl: string | null;
  /** The model that decided and what it predicted; `null` for a decision that is too long ago to be at hand. */
  readonly runId: string | null;
  readonly probability: number | null;
}

function tradeRow(trade: Trade, decision: DecisionMark | undefined): TradeRow {
  const { clientOrderId, at, side, quantity, notional, fees, realisedPnl } = trade;
  return {
    clientOrderId,
    at,
    side,
    quantity: quantity.toFixed(),
    averagePrice: (quantity.gt(0) ? notional.div(quantity).round(8) : ZERO).toFixed(),
    notional: notional.toFixed(),
    fees: fees.toFixed(),
    realisedPnl: side === 'buy' ? null : realisedPnl.round(8).toFixed(),
    runId: decision?.runId ?? null,
    probability: decision?.probability ?? null,
  };
}

/** The newest trades, oldest first. */
export function tradeRows({ books, marks }: Pick<SlotHistory, 'books' | 'marks'>, limit: number): readonly TradeRow[] {
  const decisions = new Map(marks.map((mark) => [mark.clientOrderId, mark]));
  return [...books.trades.values()].slice(-limit).map((trade) => tradeRow(trade, decisions.get(trade.clientOrderId)));
}
