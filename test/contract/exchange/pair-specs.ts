import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange } from '../../../src/core/ports/exchange.ts';
import { approve, approvePair } from './approve.ts';
import type { MarketHarness } from './exchange-harness.ts';
import { awayFromTop, playUntil } from './market-moves.ts';
import { acknowledged, resting } from './outcomes.ts';

const BEGINNING = epochMillis(0);

/** One cancels the other. */
export function pairSpecs(
  open: () => Promise<MarketHarness>,
  transports: readonly (readonly [string, (harness: MarketHarness) => Exchange])[],
): void {
  describe.each(transports)('pairs %s', (_, transport) => {
    /** An account that holds 0.019 BTC and a little more. */
    async function holding(harness: MarketHarness): Promise<Exchange> {
      const exchange = transport(harness);
      acknowledged(await exchange.submit(approve(harness.symbol, 'buy', 'buy', '0.02')));
      return exchange;
    }
    const wide = async (harness: MarketHarness) => ({
      profit: await awayFromTop(harness, 0.05),
      loss: await awayFromTop(harness, -0.05),
    });
    const open2 = ['pair-loss', 'pair-profit'];
    const openIds = async (exchange: Exchange, symbol: string) =>
      (await exchange.openOrders(symbol)).map((order) => order.clientOrderId).toSorted();

    it('O30 both orders of a pair rest under their own ids, and lock one quantity, not two', async () => {
      await using harness = await open();
      const exchange = await holding(harness);
      const pair = approvePair(harness.symbol, 'pair', '0.019', await wide(harness));
      const { takeProfit, stopLoss } = resting(await exchange.submitPair(pair));
      expect(takeProfit).toMatchObject({ clientOrderId: 'pair-profit', status: 'new', side: 'sell' });
      expect(stopLoss).toMatchObject({ clientOrderId: 'pair-loss', status: 'new', side: 'sell' });
      expect(await openIds(exchange, harness.symbol)).toEqual(open2);
      expect((await exchange.balances()).get('BTC')?.locked.toFixed()).toBe('0.019');
      expect(await exchange.order(harness.symbol, 'pair-loss')).toMatchObject({ status: 'new' });
    });

    it.each([
      ['O31 when the market falls to the stop', 'fall', 'pair-loss', 'pair-profit'],
      ['O32 when the market rises to the profit', 'rise', 'pair-profit', 'pair-loss'],
    ] as const)('%s that order sells and the other ends, unfilled', async (_, direction, trades, ends) => {
      await using harness = await open();
      const { symbol } = harness;
      const { reached, avoided, bars } = await playUntil(harness, direction, 0.003);
      const exchange = await holding(harness);
      const prices = direction === 'fall' ? { profit: avoided, loss: reached } : { profit: reached, loss: avoided };
      resting(await exchange.submitPair(approvePair(symbol, 'pair', '0.001', prices)));
      await harness.step(bars);
      expect(await exchange.order(symbol, trades)).toMatchObject({ status: 'filled' });
      const other = await exchange.order(symbol, ends);
      expect(['expired', 'cancelled']).toContain(other?.status);
      expect(other?.filled.toFixed()).toBe('0');
      expect(await exchange.openOrders(symbol)).toEqual([]);
      expect((await exchange.balances()).get('BTC')?.locked.toFixed()).toBe('0');
    });

    it.each([
      ['O33 a pair with the profit below the market', -0.01, -0.05],
      ['O33 a pair with the stop above the market', 0.05, 0.01],
    ])('%s is certainly rejected, and neither rests', async (_, profit, loss) => {
      await using harness = await open();
      const exchange = await holding(harness);
      const prices = { profit: await awayFromTop(harness, profit), loss: await awayFromTop(harness, loss) };
      const outcome = await exchange.submitPair(approvePair(harness.symbol, 'pair', '0.019', prices));
      expect(outcome).toMatchObject({ outcome: 'rejected' });
      expect(await harness.orderIds()).toEqual(['buy']);
      expect((await exchange.balances()).get('BTC')?.locked.toFixed()).toBe('0');
    });

    it('O34 a cancel of one order ends both', async () => {
      await using harness = await open();
      const { symbol } = harness;
      const exchange = await holding(harness);
      resting(await exchange.submitPair(approvePair(symbol, 'pair', '0.019', await wide(harness))));
      expect(await exchange.cancel(symbol, 'pair-loss')).toMatchObject({
        outcome: 'cancelled',
        report: { clientOrderId: 'pair-loss', status: 'cancelled' },
      });
      expect(await exchange.openOrders(symbol)).toEqual([]);
      expect(await exchange.cancel(symbol, 'pair-profit')).toEqual({ outcome: 'not_open' });
      expect((await exchange.balances()).get('BTC')?.locked.toFixed()).toBe('0');
      expect(await exchange.fillsSince(symbol, BEGINNING)).toSatisfy((fills: readonly { side: string }[]) =>
        fills.every((fill) => fill.side === 'buy'),
      );
    });

    it('O37 after the cancel of one order the other is still found, by the id the exchange gave it', async () => {
      await using harness = await open();
      const { symbol } = harness;
      const exchange = await holding(harness);
      const pair = resting(await exchange.submitPair(approvePair(symbol, 'pair', '0.019', await wide(harness))));
      await exchange.cancel(symbol, 'pair-loss');
      for (const { clientOrderId, exchangeOrderId } of [pair.stopLoss, pair.takeProfit]) {
        expect(await exchange.order(symbol, clientOrderId, exchangeOrderId)).toMatchObject({
          clientOrderId,
          exchangeOrderId,
          status: 'cancelled',
        });
      }
    });

    it('O35 a pair that the account does not cover is certainly rejected', async () => {
      await using harness = await open();
      const exchange = await holding(harness);
      const outcome = await exchange.submitPair(approvePair(harness.symbol, 'pair', '1', await wide(harness)));
      expect(outcome).toMatchObject({ outcome: 'rejected' });
      expect(await harness.orderIds()).toEqual(['buy']);
    });

    it('O36 an id of an open order is not taken for one of a pair', async () => {
      await using harness = await open();
      const exchange = await holding(harness);
      const pair = approvePair(harness.symbol, 'pair', '0.009', await wide(harness));
      resting(await exchange.submitPair(pair));
      expect((await exchange.submitPair({ ...pair, listClientOrderId: 'again' })).outcome).not.toBe('acknowledged');
      expect(await openIds(exchange, harness.symbol)).toEqual(open2);
      expect((await harness.orderIds()).toSorted()).toEqual(['buy', ...open2]);
    });
  });
}
