import type { Price, Quantity } from '../trading/money.ts';
import type { Side } from '../trading/side.ts';

/** An order as the strategy wants it, before risk has seen it. */
export interface ProposedOrder {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: 'market';
  readonly quantity: Quantity;
  /** What the decision was made on; the notional and the collar are computed with it. */
  readonly referencePrice: Price;
}

declare const approved: unique symbol;

/** An order the risk engine has let through: the only kind an exchange takes. */
export type ApprovedOrder = ProposedOrder & { readonly [approved]: true };
