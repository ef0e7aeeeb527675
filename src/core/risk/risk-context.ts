import type { EpochMillis } from '../ports/clock.ts';
import type { MarketRules } from '../ports/exchange.ts';
import type { Leg } from '../trading/client-order-id.ts';
import type { Decimal, Price } from '../trading/money.ts';

/** `REDUCING`: only orders that shrink the position; `HALTED`: only cancels. */
export type TradingMode = 'ACTIVE' | 'REDUCING' | 'HALTED';

/** What the line looks like at the moment an order is proposed. Money in quote currency, ages in milliseconds of monotonic time. */
export interface RiskContext {
  readonly mode: TradingMode;
  /** What the order is for. */
  readonly leg: Leg;
  /** Close of the bar the order was decided at, as its id says it. */
  readonly barClose: EpochMillis;
  /** Market time now. */
  readonly marketTime: EpochMillis;
  readonly rules: Pick<MarketRules, 'priceStep' | 'quantityStep' | 'minQuantity' | 'maxQuantity' | 'minNotional'>;
  /** Base currency held, with the fills of open orders. */
  readonly held: Decimal;
  /**
   * Base currency that rests for sale already: what is unfilled of the open sales. The two of a pair count once, the larger; an order that this one
   * replaces, or forms a pair with, does not count.
   */
  readonly restingSales: Decimal;
  /** What the unfilled part of open entries may still cost, at their prices; an entry that this order replaces does not count. */
  readonly openEntries: Decimal;
  /** Positions and open entries of all other lines of the account. */
  readonly grossOfOthers: Decimal;
  readonly equity: Decimal;
  readonly dayStartEquity: Decimal;
  readonly peakEquity: Decimal;
  /** Round trips that lost, without one between them that did not. */
  readonly consecutiveLosses: number;
  /** Market time until which nothing is entered; 0: none. */
  readonly coolDownUntil: number;
  /** `undefined` when none was seen since the connection came up. */
  readonly book: { readonly bid: Price; readonly ask: Price } | undefined;
  /** Age of that book. */
  readonly bookAgeMs: number;
  /** Age of the newest market data of this market, whatever its kind. */
  readonly dataAgeMs: number;
  /** The exchange's wall clock less ours, as last measured. */
  readonly clockSkewMs: number;
  /** Orders of this line sent in the last second of monotonic time, whatever their leg. */
  readonly ordersLastSecond: number;
  /** Orders of this line that let the position grow, sent in the last minute. */
  readonly ordersLastMinute: number;
  /** Whether an order with this client id was sent before, also before a restart. */
  readonly alreadySent: boolean;
  /** Orders that have not ended; not the one that this order replaces. */
  readonly openOrders: readonly {
    readonly clientOrderId: string;
    readonly leg: Leg;
    readonly barClose: EpochMillis;
  }[];
}
