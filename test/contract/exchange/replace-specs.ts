import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange } from '../../../src/core/ports/exchange.ts';
import { price } from '../../../src/core/trading/money.ts';
import { approve } from './approve.ts';
import type { MarketHarness } from './exchange-harness.ts';
import { awayFromTop } from './market-moves.ts';
import { acknowledged, replaced } from './outcomes.ts';

const BEGINNING = epochMillis(0);

/** Cancel one order and place another in one request. */
export function replaceSpecs(
  open: () => Promise<MarketHarness>,
  transports: readonly (readonly [string, (harness: MarketHarness) => Exchange])[],
): void {
  describe.each(transports)('replacing %s', (_, transport) => {
    const bid = async (harness: MarketHarness, id: string, fraction: number, amount = '0.01') =>
      approve(harness.symbol, id, 'buy', amount, {
        type: 'post_only',
        limitPrice: await awayFromTop(harness, fraction),
      });

    it('O40 cancels the one and places the other', async () => {
      await using harness = await open();
      const { symbol } = harness;
      const exchange = transport(harness);
      acknowledged(await exchange.submit(await bid(harness, 'old', -0.1)));
      const next = await bid(harness, 'new', -0.05);
      const { cancelled, report, fills } = replaced(await exchange.replace('old', next));
      expect(cancelled).toMatchObject({ clientOrderId: 'old', status: 'cancelled' });
      expect(report).toMatchObject({ clientOrderId: 'new', status: 'new' });
      expect(fills).toEqual([]);
      expect(await exchange.openOrders(symbol)).toMatchObject([{ clientOrderId: 'new' }]);
      expect(await exchange.order(symbol, 'old')).toMatchObject({ clientOrderId: 'old', status: 'cancelled' });
      expect((await exchange.balances()).get('USDT')?.locked.toFixed()).toBe(
        (next.limitPrice ?? price('0')).times('0.01').toFixed(),
      );
    });

    it('O41 says how much of the old order was filled before', async () => {
      await using harness = await open();
      const { symbol } = harness;
      const exchange = transport(harness);
      const { ask } = await harness.top(symbol);
      const old = approve(symbol, 'old', 'buy', '0.2', { type: 'limit', limitPrice: ask });
      const { report } = acknowledged(await exchange.submit(old));
      const { cancelled } = replaced(await exchange.replace('old', await bid(harness, 'new', -0.05)));
      expect(cancelled.filled.toFixed()).toBe(report.filled.toFixed());
      expect(cancelled.filled.gt(0)).toBe(true);
    });

    it('O42 places nothing when the old order is not open', async () => {
      await using harness = await open();
      const { symbol } = harness;
      const exchange = transport(harness);
      acknowledged(await exchange.submit(approve(symbol, 'done', 'buy', '0.01')));
      expect(await exchange.replace('done', await bid(harness, 'new', -0.05))).toMatchObject({ outcome: 'kept' });
      expect(await exchange.replace('never', await bid(harness, 'new', -0.05))).toMatchObject({ outcome: 'kept' });
      expect(await harness.orderIds()).toEqual(['done']);
    });

    it('O43 has only cancelled when the market refuses the new order', async () => {
      await using harness = await open();
      const { symbol } = harness;
      const exchange = transport(harness);
      acknowledged(await exchange.submit(await bid(harness, 'old', -0.1)));
      expect(await exchange.replace('old', await bid(harness, 'new', 0.001))).toMatchObject({
        outcome: 'cancelled_only',
        cancelled: { clientOrderId: 'old', status: 'cancelled' },
      });
      expect(await exchange.openOrders(symbol)).toEqual([]);
      expect(await harness.orderIds()).toEqual(['old']);
    });

    it('O44 keeps the old order when the new one breaks the rules of the market', async () => {
      await using harness = await open();
      const { symbol } = harness;
      const exchange = transport(harness);
      acknowledged(await exchange.submit(await bid(harness, 'old', -0.1)));
      const outcome = await exchange.replace('old', await bid(harness, 'new', -0.05, '0.0000123'));
      expect(outcome).toMatchObject({ outcome: 'kept' });
      expect(await exchange.openOrders(symbol)).toMatchObject([{ clientOrderId: 'old', status: 'new' }]);
    });

    it('O45 frees what the old order locked for the new one', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      // Two of these are more than the account holds.
      acknowledged(await exchange.submit(await bid(harness, 'old', -0.1, '0.2')));
      replaced(await exchange.replace('old', await bid(harness, 'new', -0.09, '0.2')));
      expect(
        (await exchange.ordersSince(harness.symbol, BEGINNING)).map((order) => [order.clientOrderId, order.status]),
      ).toEqual([
        ['old', 'cancelled'],
        ['new', 'new'],
      ]);
    });
  });
}
