import type { Price, Quantity } from '../trading/money.ts';
import type { Side } from '../trading/side.ts';

/**
 * `market`: takes what the book offers. `limit`: never beyond its price, rests with what is left unless its time in force says otherwise.
 * `post_only`: a limit that is refused where it would take. `stop`: rests until the market trades at its stop price or beyond, then a market order.
 */
export type OrderType = 'market' | 'limit' | 'post_only' | 'stop';

/** Good till cancelled; immediate or cancel (what does not fill at once expires); fill or kill (all at once or nothing). */
export type TimeInForce = 'gtc' | 'ioc' | 'fok';

/** An order as the strategy wants it, before risk has seen it. */
export interface ProposedOrder {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Quantity;
  /** What the decision was made on; the notional and the collar are computed with it. */
  readonly referencePrice: Price;
  /** Of `limit` and `post_only`. */
  readonly limitPrice?: Price;
  /** Of `stop`. */
  readonly stopPrice?: Price;
  /** Of `limit`; `gtc` where absent. */
  readonly timeInForce?: TimeInForce;
}

declare const approved: unique symbol;

/** An order the risk engine has let through: the only kind an exchange takes. */
export type ApprovedOrder = ProposedOrder & { readonly [approved]: true };

/** Two resting sales of one position, of which the exchange cancels the other when one trades (one cancels the other). */
export interface ApprovedPair {
  /** Of the pair itself, beside those of its orders. */
  readonly listClientOrderId: string;
  /** `post_only`, above the market. */
  readonly takeProfit: ApprovedOrder;
  /** `stop`, below the market. */
  readonly stopLoss: ApprovedOrder;
}
