import type { Candle } from '../../../src/core/market-data/candle.ts';
import type { Exchange, Side } from '../../../src/core/ports/exchange.ts';
import type { Price } from '../../../src/core/trading/money.ts';

/** How an exchange under contract misbehaves when told to. `orders` and `reads` are requests of that kind. */
export type ScriptedFault =
  /** Answers so, and executes nothing. */
  | {
      readonly kind: 'status';
      readonly of: 'orders' | 'reads' | 'cancels';
      readonly status: number;
      readonly retryAfterSeconds?: number;
      readonly times?: number;
    }
  /** Executes, and never answers. */
  | { readonly kind: 'no-answer'; readonly of: 'orders' | 'cancels'; readonly hangUp: boolean }
  /** Never answers, and executes so much later. */
  | { readonly kind: 'late'; readonly of: 'orders'; readonly ms: number }
  /** Neither executes nor answers. */
  | { readonly kind: 'silence'; readonly of: 'orders' | 'reads'; readonly hangUp: boolean; readonly times?: number }
  /** The next list lacks its newest row. */
  | { readonly kind: 'partial-page'; readonly times: number }
  | { readonly kind: 'drop-sockets'; readonly which: 'market' | 'account' | 'all' }
  | { readonly kind: 'clock-skew'; readonly ms: number }
  | { readonly kind: 'clear' };

/** Best prices of a market. */
export interface Top {
  readonly bid: Price;
  readonly ask: Price;
}

/** One exchange, seen from inside and from outside. The account begins with 10,000 USDT and nothing else. */
export interface MarketHarness extends AsyncDisposable {
  readonly exchange: Exchange;
  /** A market that exists, with candles of one minute, at least 1,500 of them past. */
  readonly symbol: string;
  /** Another, of the same quote currency. */
  readonly otherSymbol: string;
  /** Plays so many bars of every market, each to its end. */
  step(bars: number): Promise<void>;
  /** The bars of the first market that will be played next. */
  upcoming(bars: number): Promise<readonly Candle[]>;
  top(symbol: string): Promise<Top>;
  /** Client ids of all orders in the exchange's own books, oldest first. */
  orderIds(): Promise<readonly string[]>;
  /** Money comes (above 0) or goes (below 0) other than by trading. */
  transfer(asset: string, amount: string): Promise<void>;
  /** The exchange's own time of the market. */
  marketTime(): Promise<number>;
  /** The same exchange with orders sent by the other transport, where it has two. */
  overRest?(): Exchange;
}

/** An exchange behind a network, with everything that goes wrong there. */
export interface ExchangeHarness extends MarketHarness {
  fault(fault: ScriptedFault): Promise<void>;
  /** Frames of the market streams sent so far. */
  sent(): Promise<{ readonly candles: number; readonly trades: number; readonly bookTops: number }>;
  /** Puts an order into the book by another way than the exchange under test. */
  placeLimit(order: {
    readonly clientOrderId: string;
    readonly side: Side;
    readonly price: string;
    readonly quantity: string;
  }): Promise<void>;
  /** The same exchange with a key it does not know. */
  withWrongKey(): Exchange;
  overRest(): Exchange;
}
