import { expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange, OrderReport } from '../../../src/core/ports/exchange.ts';
import type { OrderNews } from '../../../src/core/trading/engine-message.ts';
import { quantity } from '../../../src/core/trading/money.ts';
import { createInquiry } from '../../../src/core/trading/order-inquiry.ts';
import type { OwnOrder } from '../../../src/core/trading/own-order.ts';
import { quiet } from '../../support/engine-harness.ts';
import { createVirtualTime } from '../../support/virtual-time.ts';

it('finds an order whose name the exchange has given away, by the id the exchange gave it', async () => {
  const { timers, monotonic, pass } = createVirtualTime();
  const report: OrderReport = {
    symbol: 'BTC/USDT',
    clientOrderId: 'profit',
    exchangeOrderId: '8',
    side: 'sell',
    status: 'cancelled',
    quantity: quantity('1'),
    filled: quantity('0'),
    updatedAt: epochMillis(1),
  };
  const order = {
    clientOrderId: 'profit',
    exchangeOrderId: '8',
    barClose: epochMillis(0),
    state: 'acknowledged',
    filled: quantity('0'),
    fills: new Map(),
  } as unknown as OwnOrder;
  // Both orders of a cancelled pair go by the name of the cancel: by its own none is known.
  const exchange: Pick<Exchange, 'order' | 'fillsSince'> = {
    order: async (_symbol, _name, exchangeOrderId) => (exchangeOrderId === '8' ? report : undefined),
    fillsSince: async () => [],
  };
  const told: OrderNews[] = [];
  const inquiry = createInquiry(
    { symbol: 'BTC/USDT', recvWindowMs: 1_000, barMillis: 60_000, counters: { errors: 0 }, orderOf: () => order },
    { exchange, timers, monotonic, log: quiet, journal: undefined as never },
    (news) => told.push(news),
  );
  inquiry.begin('profit');
  await pass(100);
  expect(told).toEqual([{ kind: 'resolved', id: 'profit', report, fills: [] }]);
  expect(inquiry.isAsking('profit')).toBe(false);
});
