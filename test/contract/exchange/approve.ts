import type { Side } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { price, quantity } from '../../../src/core/trading/money.ts';

/** An order as if risk had let it through: the contract is the exchange's, not the risk engine's. */
export const approve = (symbol: string, clientOrderId: string, side: Side, amount: string): ApprovedOrder =>
  ({
    symbol,
    clientOrderId,
    side,
    type: 'market',
    quantity: quantity(amount),
    referencePrice: price('47000'),
  }) as ApprovedOrder;
