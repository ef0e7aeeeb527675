import type { Exchange, Side } from '../../../src/core/ports/exchange.ts';

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
  /** Neither executes nor answers. */
  | { readonly kind: 'silence'; readonly of: 'orders' | 'reads'; readonly hangUp: boolean; readonly times?: number }
  | { readonly kind: 'drop-sockets'; readonly which: 'market' | 'account' | 'all' }
  | { readonly kind: 'clock-skew'; readonly ms: number }
  | { readonly kind: 'clear' };

/** One exchange, seen from inside and from outside. */
export interface ExchangeHarness extends AsyncDisposable {
  readonly exchange: Exchange;
  /** A market that exists, with candles of one minute, at least 1,500 of them past. */
  readonly symbol: string;
  /** Plays so many bars, each to its end. */
  step(bars: number): Promise<void>;
  fault(fault: ScriptedFault): Promise<void>;
  /** Client ids of all orders in the exchange's own books, oldest first. */
  orderIds(): Promise<readonly string[]>;
  /** The exchange's own time of the market. */
  marketTime(): Promise<number>;
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
  /** The same exchange with orders sent by the other transport, when it has two. */
  overRest(): Exchange;
}
