import type { Side } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder, ApprovedPair, ProposedOrder } from '../../../src/core/risk/approved-order.ts';
import { type Decimal, price, quantity } from '../../../src/core/trading/money.ts';

/** An order as if risk had let it through: the contract is the exchange's, not the risk engine's. A market order unless told. */
export const approve = (
  symbol: string,
  clientOrderId: string,
  side: Side,
  amount: string | Decimal,
  more: Partial<ProposedOrder> = {},
): ApprovedOrder =>
  ({
    symbol,
    clientOrderId,
    side,
    type: 'market',
    quantity: quantity(amount),
    referencePrice: price('47000'),
    ...more,
  }) as ApprovedOrder;

/** Two sales of one quantity, of which one is to cancel the other. Their ids begin with that of the pair. */
export const approvePair = (
  symbol: string,
  id: string,
  amount: string | Decimal,
  prices: { readonly profit: Decimal; readonly loss: Decimal },
): ApprovedPair => ({
  listClientOrderId: id,
  takeProfit: approve(symbol, `${id}-profit`, 'sell', amount, { type: 'post_only', limitPrice: price(prices.profit) }),
  stopLoss: approve(symbol, `${id}-loss`, 'sell', amount, { type: 'stop', stopPrice: price(prices.loss) }),
});
